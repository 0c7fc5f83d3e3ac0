/** The token endpoint and its retired alias, which old samples still use (ibm-cos.md, 3.1). */
import { legacyUserNumber } from '../../../identity/iam-claims.ts';
import type { IssuedIamToken } from '../../../identity/iam-tokens.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import type { IbmCall, IbmServices } from '../ibm-call.ts';
import { demandForm, FORM_BYTES_MAX, type Form, parseForm } from '../read-form.ts';
import { jsonResponse } from '../render-json.ts';
import { clientOf } from '../token-client.ts';
import { grantToken, readTokenRequest } from '../token-grants.ts';

/** What clients without credentials of their own get in place of a refresh token. The SDK for Python sends it back. */
const NOT_SUPPORTED = 'not_supported';
const NO_FORM: Form = new Map();

function tokenOperation(name: string, resource: string) {
  return defineOperation({
    name,
    summary:
      'Gives an access token for an API key, a refresh token, or a user name and password, as IAM of IBM Cloud does.',
    route: { method: 'POST', resource },
    permissions: 'public',
    body: { kind: 'buffered', bytesMax: FORM_BYTES_MAX },
    mutates: true,
    decode(call: IbmCall) {
      demandForm(call);
      return NO_FORM;
    },
    decodeBody(body, _form, { query }) {
      const form = parseForm(body);
      const account = query.get('account');
      return form.has('account') || account === undefined ? form : new Map([...form, ['account', account]]);
    },
    async run(services: IbmServices, form, call) {
      const request = readTokenRequest(form, clientOf(call.request, services.clients));
      const issued = await grantToken(services, request, call);
      const idToken = request.client.getsIdToken ? { id_token: issued.accessToken } : {};
      return { ...tokenDocument(issued), ...idToken };
    },
    encode: (document): WireResponse => jsonResponse(200, document),
  });
}

function tokenDocument(issued: IssuedIamToken): object {
  const number = legacyUserNumber(issued.holder);
  return {
    access_token: issued.accessToken,
    refresh_token: issued.refreshToken ?? NOT_SUPPORTED,
    ...(number === undefined ? {} : { ims_user_id: number }),
    token_type: 'Bearer',
    expires_in: issued.lifetimeSeconds,
    expiration: issued.expiresAtSeconds,
    scope: issued.scope,
  };
}

export const createIamToken = tokenOperation('CreateIamToken', '/identity/token');
export const createIamTokenByOldPath = tokenOperation('CreateIamTokenByOldPath', '/oidc/token');
