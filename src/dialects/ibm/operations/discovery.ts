/** What others need to verify tokens and to find the token service (ibm-cos.md, 3.3). */
import { defineOperation } from '../../kernel/define-operation.ts';
import type { IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError } from '../ibm-errors.ts';
import { demandForm, FORM_BYTES_MAX, parseForm } from '../read-form.ts';
import { jsonResponse } from '../render-json.ts';
import { grantTypes } from '../token-grants.ts';

const KEYS_SECONDS = 300;

export const listIamKeys = defineOperation({
  name: 'ListIamKeys',
  summary: 'Shows the public keys that access tokens are signed with, as a JSON Web Key set.',
  route: { method: 'GET', resource: '/identity/keys' },
  permissions: 'public',
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  run: (services: IbmServices) => services.iam.publishedKeys(),
  encode: (keys) => jsonResponse(200, { keys }, ['Cache-Control', `max-age=${KEYS_SECONDS}`]),
});

function discovery(name: string, resource: string) {
  return defineOperation({
    name,
    summary: 'Shows where the token service has what, as an OpenID provider does.',
    route: { method: 'GET', resource },
    permissions: 'public',
    body: { kind: 'none' },
    mutates: false,
    decode: (_call: IbmCall) => undefined,
    async run({ iam, whereabouts }: IbmServices, _input: undefined, { request }) {
      const base = `${whereabouts.identityUrl(request)}/identity`;
      return {
        issuer: iam.issuer(),
        authorization_endpoint: `${base}/authorize`,
        token_endpoint: `${base}/token`,
        passcode_endpoint: `${base}/passcode`,
        userinfo_endpoint: `${base}/userinfo`,
        jwks_uri: `${base}/keys`,
        introspection_endpoint: `${base}/introspect`,
        response_types_supported: ['token'],
        grant_types_supported: grantTypes.slice(0, 3),
        subject_types_supported: ['public'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
        id_token_signing_alg_values_supported: ['RS256'],
        scopes_supported: ['openid', 'email', 'profile', 'ibm'],
        claims_supported: CLAIMS,
      };
    },
    encode: (document) => jsonResponse(200, document, ['Cache-Control', `max-age=${KEYS_SECONDS}`]),
  });
}

const CLAIMS = [
  ...['iam_id', 'id', 'realmid', 'jti', 'identifier', 'given_name', 'family_name', 'name', 'email', 'sub'],
  ...['sub_type', 'authn', 'account', 'iat', 'exp', 'iss', 'grant_type', 'scope', 'client_id', 'acr', 'amr'],
];

export const getOpenidConfiguration = discovery(
  'GetOpenidConfiguration',
  '/identity/.well-known/openid-configuration',
);
export const getOpenidConfigurationOfHost = discovery(
  'GetOpenidConfigurationOfHost',
  '/.well-known/openid-configuration',
);

export const getUserInfo = defineOperation({
  name: 'GetUserInfo',
  summary: 'Shows the claims of the token that is presented.',
  route: { method: 'GET', resource: '/identity/userinfo' },
  permissions: [{ action: 'iam:use', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: ({ request }: IbmCall) => (request.headers.get('authorization') ?? '').replace(/^bearer +/i, ''),
  async run({ iam }: IbmServices, token) {
    const verdict = await iam.verify(token);
    if (verdict.kind === 'refused') throw new IbmError('unauthenticated', 'The token has just ended.');
    return verdict.claims;
  },
  encode: (claims) => jsonResponse(200, claims),
});

export const introspectToken = defineOperation({
  name: 'IntrospectToken',
  summary: 'Says whether an access token holds now, and what it claims: for services that take tokens.',
  route: { method: 'POST', resource: '/identity/introspect' },
  permissions: 'public',
  body: { kind: 'buffered', bytesMax: FORM_BYTES_MAX },
  mutates: false,
  decode(call: IbmCall) {
    demandForm(call);
    return '';
  },
  decodeBody: (body) => parseForm(body).get('token') ?? '',
  async run({ iam }: IbmServices, token) {
    const verdict = await iam.verify(token);
    return verdict.kind === 'verified' ? { active: true, ...verdict.claims } : { active: false };
  },
  encode: (document) => jsonResponse(200, document),
});
