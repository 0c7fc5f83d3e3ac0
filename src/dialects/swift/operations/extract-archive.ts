/** Upload of an archive whose files become objects (nhn-openstack.md, section 13.2), to the account, a container, or below a prefix. */
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { archiveTypeOf, extractArchive as extract } from '../extract-archive.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { SwiftError } from '../swift-errors.ts';
import { chooseReportType } from '../work-report.ts';

const common = {
  summary: 'Stores the files of a tar archive as objects.',
  permissions: [{ action: 'object:write', on: 'each-object' }],
  body: { kind: 'stream' },
  mutates: true,
  decode: () => undefined,
  async run(services: SwiftServices, _input: undefined, call: SwiftCall): Promise<WireResponse> {
    const archive = archiveTypeOf(call.query.get('extract-archive') ?? '');
    if (archive === undefined) throw new SwiftError(400, 'Unsupported archive format');
    const type = chooseReportType(call.request.headers);
    const body = await extract(services, call, archive, type);
    return { status: 200, headers: ['Content-Type', type ?? 'text/plain'], body };
  },
  encode: (response: WireResponse) => response,
} as const;

const query = ['extract-archive'] as const;

export const extractArchive = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  ...common,
  name: 'ExtractArchive',
  route: { method: 'PUT', resource: 'account', query },
});

export const extractArchiveAtContainer = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  ...common,
  name: 'ExtractArchiveAtContainer',
  route: { method: 'PUT', resource: 'container', query },
});

export const extractArchiveAtPrefix = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  ...common,
  name: 'ExtractArchiveAtPrefix',
  route: { method: 'PUT', resource: 'object', query },
});
