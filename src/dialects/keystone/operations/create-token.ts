import { defineOperation } from '../../kernel/define-operation.ts';
import { issueTokenFor } from '../issue-token.ts';
import type { KeystoneCall, KeystoneServices } from '../keystone-call.ts';
import { BODY_BYTES_MAX } from '../read-json.ts';
import { type LoginRequest, readLoginV2, readLoginV3 } from '../read-login.ts';
import { jsonResponse } from '../render-json.ts';
import { accessDocument, tokenDocument } from '../token-documents.ts';

// Never looked at: the body takes its place.
const nobody: LoginRequest = { method: 'token', token: '', scope: 'none' };

/** Spec 3.1. */
export const createTokenV2 = defineOperation({
  name: 'CreateTokenV2',
  summary: 'Gives a token for a user name and password, or for another token.',
  route: { method: 'POST', resource: '/v2.0/tokens' },
  permissions: 'public',
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: KeystoneCall) => nobody,
  decodeBody: readLoginV2,
  async run(services: KeystoneServices, login, call) {
    return accessDocument(await issueTokenFor(services, login, call), services, call);
  },
  encode: (document) => jsonResponse(200, document),
});

/** Spec 4.1: the token itself is in a header. */
export const createTokenV3 = defineOperation({
  name: 'CreateTokenV3',
  summary:
    'Gives a token, in the header X-Subject-Token, for a user name and password, or for another token.',
  route: { method: 'POST', resource: '/v3/auth/tokens' },
  permissions: 'public',
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: KeystoneCall) => nobody,
  decodeBody: readLoginV3,
  async run(services: KeystoneServices, login, call) {
    const issued = await issueTokenFor(services, login, call);
    return { value: issued.value, document: tokenDocument(issued, services, call) };
  },
  encode: ({ value, document }) => jsonResponse(201, document, ['X-Subject-Token', value]),
});
