/** Removing a static large object with its segments (nhn-openstack.md, section 10.3). */
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { isTrue } from '../object-metadata.ts';
import { removeNames } from '../remove-names.ts';
import { collectSegments, removeFlatSegments } from '../segments-to-remove.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { addressedVersion } from '../version-ids.ts';
import { chooseReportType, keepAlive } from '../work-report.ts';

export const deleteSegments = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  name: 'DeleteSegments',
  summary: 'Removes a static large object and every segment that it consists of, in depth.',
  route: { method: 'DELETE', resource: 'object', query: ['multipart-manifest=delete'] },
  permissions: [{ action: 'object:delete', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, call) {
    const own = { container: call.containerName, key: call.key, ...addressedVersion(call) };
    if (isTrue(call.query.get('async'))) {
      await removeFlatSegments(store, call, own);
      return { status: 204, headers: [], body: null };
    }
    const type = chooseReportType(call.request.headers);
    const work = collectSegments(store, call, own).then((names) => removeNames(store, call, names, type));
    const headers = ['Content-Type', type ?? 'text/plain'];
    return { status: 200, headers, body: keepAlive(work, type, { isEager: false }) };
  },
  encode: (response) => response,
});
