/** Many removals in one request (nhn-openstack.md, section 13.1), by POST or DELETE, to the account or to any path in it. */
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import type { ListingType } from '../listing-format.ts';
import { readNameLines } from '../name-lines.ts';
import { type NamedRemoval, removeNames, renderRemovals } from '../remove-names.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { errorDocument, SwiftError, statusLine } from '../swift-errors.ts';
import { chooseReportType, keepAlive } from '../work-report.ts';

const common = {
  summary: 'Removes the objects and containers that the body names, one to a line.',
  permissions: [
    { action: 'object:delete', on: 'each-object' },
    { action: 'bucket:delete', on: 'each-object' },
  ],
  body: { kind: 'stream' },
  mutates: true,
  decode: () => undefined,
  async run({ store }: SwiftServices, _input: undefined, call: SwiftCall): Promise<WireResponse> {
    const type = chooseReportType(call.request.headers);
    const headers = ['Content-Type', type ?? 'text/plain'];
    let names: readonly NamedRemoval[];
    try {
      names = await readNames(call, type);
    } catch (error) {
      return { status: 200, headers, body: refusal(error, type) };
    }
    const work = removeNames(store, call, names, type);
    return { status: 200, headers, body: keepAlive(work, type, { isEager: false }) };
  },
  encode: (response: WireResponse) => response,
} as const;

/** Read whole before the answer begins. Throws 406, 411, 413 and 400. */
async function readNames(
  { request: { headers, body } }: SwiftCall,
  type: ListingType | undefined,
): Promise<readonly NamedRemoval[]> {
  const sentType = headers.get('content-type') ?? '';
  if (type === undefined || (sentType !== '' && !sentType.startsWith('text/plain')))
    throw new SwiftError(406);
  if (!headers.has('content-length') && !headers.has('transfer-encoding')) throw new SwiftError(411);
  return readNameLines(body);
}

/** What is wrong with the request as a whole stands in the report. */
function refusal(error: unknown, type: ListingType | undefined): string {
  if (!(error instanceof SwiftError)) throw error;
  const body = error.text ?? errorDocument(error.status);
  const status = statusLine(error.status);
  return renderRemovals({ deleted: 0, notFound: 0, status, body, failures: [] }, type);
}

export const bulkDelete = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  ...common,
  name: 'BulkDelete',
  route: { method: 'POST', resource: 'account', query: ['bulk-delete'] },
});

export const bulkDeleteByDelete = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  ...common,
  name: 'BulkDeleteByDelete',
  route: { method: 'DELETE', resource: 'account', query: ['bulk-delete'] },
});

export const bulkDeleteAtContainer = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  ...common,
  name: 'BulkDeleteAtContainer',
  route: { method: 'POST', resource: 'container', query: ['bulk-delete'] },
});

export const bulkDeleteAtContainerByDelete = defineOperation<
  SwiftCall,
  SwiftServices,
  undefined,
  WireResponse
>({
  ...common,
  name: 'BulkDeleteAtContainerByDelete',
  route: { method: 'DELETE', resource: 'container', query: ['bulk-delete'] },
});

/** The path below the account does not matter: what is removed stands in the body only. */
export const bulkDeleteAtObject = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  ...common,
  name: 'BulkDeleteAtObject',
  route: { method: 'POST', resource: 'object', query: ['bulk-delete'] },
});

export const bulkDeleteAtObjectByDelete = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  ...common,
  name: 'BulkDeleteAtObjectByDelete',
  route: { method: 'DELETE', resource: 'object', query: ['bulk-delete'] },
});
