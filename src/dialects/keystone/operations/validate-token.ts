import { defineOperation } from '../../kernel/define-operation.ts';
import type { KeystoneCall, KeystoneServices } from '../keystone-call.ts';
import { unauthorized } from '../keystone-errors.ts';
import { jsonResponse } from '../render-json.ts';
import { accessDocument, tokenDocument } from '../token-documents.ts';

function defineV2(name: string, method: 'GET' | 'HEAD', summary: string) {
  return defineOperation({
    name,
    summary,
    route: { method, resource: '/v2.0/tokens/{token}' },
    permissions: [{ action: 'identity:read', on: 'account' }],
    body: { kind: 'none' },
    mutates: false,
    decode: ({ query }: KeystoneCall) => query.get('belongsTo'),
    run(services: KeystoneServices, tenant: string | undefined, call) {
      const { value, record } = call.subject;
      const isTheirs = record.isScoped && record.principal.account.id === tenant;
      if (tenant !== undefined && !isTheirs) throw unauthorized();
      return Promise.resolve(accessDocument({ ...record, value }, services, call));
    },
    encode: (document) => jsonResponse(200, document),
  });
}

function defineV3(name: string, method: 'GET' | 'HEAD', summary: string) {
  return defineOperation({
    name,
    summary,
    route: { method, resource: '/v3/auth/tokens' },
    permissions: [{ action: 'identity:read', on: 'account' }],
    body: { kind: 'none' },
    mutates: false,
    decode: (_call: KeystoneCall) => undefined,
    run: (services: KeystoneServices, _input: undefined, call) =>
      Promise.resolve(tokenDocument(call.subject.record, services, call)),
    encode: (document, call) => jsonResponse(200, document, ['X-Subject-Token', call.subject.value]),
  });
}

export const validateTokenV2 = defineV2('ValidateTokenV2', 'GET', 'Shows whose a token is and for what.');
export const checkTokenV2 = defineV2('CheckTokenV2', 'HEAD', 'Tells whether a token holds.');
export const validateTokenV3 = defineV3('ValidateTokenV3', 'GET', 'Shows whose a token is and for what.');
export const checkTokenV3 = defineV3('CheckTokenV3', 'HEAD', 'Tells whether a token holds.');
