/** The bodies by which somebody asks for a token, v2.0 and v3, as one value. Throws KeystoneError 400 and 401. */
import { unauthorized } from './keystone-errors.ts';
import {
  invalid,
  isObject,
  type JsonObject,
  lengths,
  memberOf,
  missing,
  objectIn,
  optionalTextIn,
  parseJson,
  textIn,
} from './read-json.ts';

export type LoginRequest = {
  /** Id or name of the tenant. */
  readonly account?: string;
  /** `own`: the user's tenant; `named`: `account`; `none`: an unscoped token. */
  readonly scope: 'own' | 'named' | 'none';
} & (
  | { readonly method: 'password'; readonly user: string; readonly password: string }
  | { readonly method: 'token'; readonly token: string }
);

type Proof =
  | { readonly method: 'password'; readonly user: string; readonly password: string }
  | { readonly method: 'token'; readonly token: string };

export function readLoginV2(body: Buffer): LoginRequest {
  const auth = objectIn(parseJson(body), 'auth', 'the body');
  const account =
    optionalTextIn(auth, 'tenantId', '"auth"', lengths.id) ||
    optionalTextIn(auth, 'tenantName', '"auth"', lengths.name) ||
    undefined;
  const scope = account === undefined ? { scope: 'none' as const } : { scope: 'named' as const, account };
  return { ...readProofV2(auth), ...scope };
}

function readProofV2(auth: JsonObject): Proof {
  if (memberOf(auth, 'token') !== undefined) {
    const token = textIn(objectIn(auth, 'token', '"auth"'), 'id', '"token"', lengths.token);
    return { method: 'token', token };
  }
  // Of Rackspace. rclone tries it with long secrets and takes a refusal for a hint to try the password form.
  if (memberOf(auth, 'RAX-KSKEY:apiKeyCredentials') !== undefined) throw unauthorized();
  if (memberOf(auth, 'passwordCredentials') === undefined) {
    throw missing('passwordCredentials" or "token', '"auth"');
  }
  const credentials = objectIn(auth, 'passwordCredentials', '"auth"');
  const where = '"passwordCredentials"';
  const user =
    optionalTextIn(credentials, 'username', where, lengths.user) ||
    optionalTextIn(credentials, 'userId', where, lengths.id);
  if (user === undefined || user === '') throw missing('username" or "userId', where);
  return {
    method: 'password',
    user,
    password: textIn(credentials, 'password', where, lengths.password),
  };
}

export function readLoginV3(body: Buffer): LoginRequest {
  const auth = objectIn(parseJson(body), 'auth', 'the body');
  return { ...readProofV3(objectIn(auth, 'identity', '"auth"')), ...readScope(memberOf(auth, 'scope')) };
}

function readProofV3(identity: JsonObject): Proof {
  const methods = memberOf(identity, 'methods');
  if (!Array.isArray(methods) || methods.length === 0) throw missing('methods', '"identity"');
  const [method] = methods;
  // Several proofs at once (and those of applications, one-time passwords …) are not offered.
  if (methods.length > 1 || (method !== 'password' && method !== 'token')) throw unauthorized();
  const proof = objectIn(identity, method, '"identity"');
  if (method === 'token') return { method, token: textIn(proof, 'id', '"token"', lengths.token) };
  const user = objectIn(proof, 'user', '"password"');
  const id = optionalTextIn(user, 'id', '"user"', lengths.id);
  if (id === undefined || id === '') checkDomain(objectIn(user, 'domain', '"user"'));
  return {
    method,
    user: id || textIn(user, 'name', '"user"', lengths.user),
    password: textIn(user, 'password', '"user"', lengths.password),
  };
}

function readScope(scope: unknown): Pick<LoginRequest, 'scope' | 'account'> {
  if (scope === undefined || scope === null) return { scope: 'own' };
  if (scope === 'unscoped') return { scope: 'none' };
  if (!isObject(scope)) throw invalid('"scope" in "auth" must be an object.');
  if (memberOf(scope, 'unscoped') !== undefined) return { scope: 'none' };
  // Of a domain, of the whole system, of a trust: nobody has a role there.
  if (memberOf(scope, 'project') === undefined) throw unauthorized();
  const project = objectIn(scope, 'project', '"scope"');
  const id = optionalTextIn(project, 'id', '"project"', lengths.id);
  if (id !== undefined && id !== '') return { scope: 'named', account: id };
  checkDomain(objectIn(project, 'domain', '"project"'));
  return { scope: 'named', account: textIn(project, 'name', '"project"', lengths.name) };
}

/** There is one, called Default. */
function checkDomain(domain: JsonObject): void {
  const id = optionalTextIn(domain, 'id', '"domain"', lengths.id);
  const name = optionalTextIn(domain, 'name', '"domain"', lengths.name);
  if (id === undefined && name === undefined) throw missing('id" or "name', '"domain"');
  if (id !== undefined ? id !== 'default' : name?.toLowerCase() !== 'default') throw unauthorized();
}
