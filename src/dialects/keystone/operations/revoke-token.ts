import { defineOperation } from '../../kernel/define-operation.ts';
import type { KeystoneCall, KeystoneServices } from '../keystone-call.ts';
import { noContent } from '../render-json.ts';

function define(name: string, resource: string) {
  return defineOperation({
    name,
    summary: 'Ends a token: it is refused from the next request on.',
    route: { method: 'DELETE', resource },
    permissions: [{ action: 'identity:write', on: 'account' }],
    body: { kind: 'none' },
    mutates: true,
    decode: (_call: KeystoneCall) => undefined,
    run: ({ identity }: KeystoneServices, _input: undefined, { subject }) =>
      identity.revokeToken(subject.value),
    encode: noContent,
  });
}

export const revokeTokenV2 = define('RevokeTokenV2', '/v2.0/tokens/{token}');
export const revokeTokenV3 = define('RevokeTokenV3', '/v3/auth/tokens');
