/**
 * Proof of a browser's upload form: the policy in it, signed as it stands there (base64), with Signature Version 4 or 2. What the
 * policy allows is for the dialect to judge.
 *
 * Source: AWS, "Authenticating Requests in Browser-Based Uploads Using POST" (Version 4) and "Browser-Based Uploads Using POST"
 * (Version 2).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKeyCredential, CredentialSource } from '../../identity/credentials.ts';
import type { Caller } from '../../identity/principal.ts';
import { AuthnError } from './authn-errors.ts';
import { checkUsable } from './session-token.ts';
import { deriveSigningKey, isSignature } from './signing-keys.ts';

const ACCESS_KEY_ID_CHARACTERS_MAX = 128;

/** Fields of the form by their names in lower case. */
export type FormFields = ReadonlyMap<string, string>;

export interface PostPolicyRules {
  readonly service: string;
  region(region: string): { readonly kind: 'ok' } | { readonly kind: 'wrong'; readonly expected: string };
}

/** `missing`: the field that a signed form lacks. */
export class IncompleteForm extends Error {
  override readonly name = 'IncompleteForm';
  readonly missing: string;

  constructor(missing: string) {
    super(missing);
    this.missing = missing;
  }
}

export interface PostPolicyVerifier {
  /** Throws AuthnError and IncompleteForm. */
  verify(
    fields: FormFields,
    rulesFor: (credential: AccessKeyCredential | undefined) => PostPolicyRules,
  ): Promise<Caller>;
}

export function createPostPolicyVerifier(credentials: CredentialSource): PostPolicyVerifier {
  const find = (accessKeyId: string) =>
    accessKeyId.length > ACCESS_KEY_ID_CHARACTERS_MAX ? undefined : credentials.findAccessKey(accessKeyId);
  return {
    async verify(fields, rulesFor) {
      const policy = present(fields, 'policy');
      const isVersion4 = fields.has('x-amz-signature') || fields.has('x-amz-algorithm');
      const proof = isVersion4 ? readVersion4(fields) : readVersion2(fields);
      const { accessKeyId, signature } = proof;
      const credential = await find(accessKeyId);
      const rules = rulesFor(credential);
      if (proof.scope !== undefined) checkScope(proof.scope, rules);
      if (credential === undefined) throw new AuthnError('UnknownAccessKey', { accessKeyId });
      const isRight =
        proof.scope === undefined
          ? isVersion2Signature(signature, credential.secret, policy)
          : isSignature(signature.toLowerCase(), deriveSigningKey(credential.secret, proof.scope), policy);
      if (!isRight) {
        throw new AuthnError('SignatureMismatch', {
          part: 'request',
          accessKeyId,
          stringToSign: policy,
          canonicalRequest: undefined,
          signatureProvided: signature,
        });
      }
      checkUsable(credential, fields.get('x-amz-security-token') || undefined);
      const scheme = isVersion4 ? 'sigv4' : 'sigv2';
      return { principal: credential.principal, proof: { kind: 'access-key', accessKeyId, scheme } };
    },
  };
}

interface FormProof {
  readonly accessKeyId: string;
  readonly signature: string;
  /** Of Version 4. */
  readonly scope?: { readonly date: string; readonly region: string; readonly service: string };
}

function readVersion2(fields: FormFields): FormProof {
  return { accessKeyId: present(fields, 'awsaccesskeyid'), signature: present(fields, 'signature') };
}

function readVersion4(fields: FormFields): FormProof {
  const algorithm = present(fields, 'x-amz-algorithm');
  if (algorithm !== 'AWS4-HMAC-SHA256') {
    throw new AuthnError('UnsupportedAlgorithm', { place: 'query', algorithm });
  }
  const credential = present(fields, 'x-amz-credential');
  const timestamp = present(fields, 'x-amz-date');
  const signature = present(fields, 'x-amz-signature');
  const [accessKeyId = '', date = '', region = '', service = '', terminal, ...more] = credential.split('/');
  if (terminal === undefined || more.length > 0) {
    throw new AuthnError('MalformedCredential', { place: 'query', reason: 'parts' });
  }
  if (accessKeyId === '')
    throw new AuthnError('MalformedCredential', { place: 'query', reason: 'empty-access-key' });
  if (!/^\d{8}$/.test(date)) throw new AuthnError('MalformedScopeDate', { place: 'query', scopeDate: date });
  if (terminal !== 'aws4_request') throw new AuthnError('WrongTerminal', { place: 'query', terminal });
  if (!timestamp.startsWith(date)) {
    throw new AuthnError('WrongDate', {
      place: 'query',
      scopeDate: date,
      requestDate: timestamp.slice(0, 8),
    });
  }
  return { accessKeyId, signature, scope: { date, region, service } };
}

function checkScope({ region, service }: NonNullable<FormProof['scope']>, rules: PostPolicyRules): void {
  if (service !== rules.service) {
    throw new AuthnError('WrongService', { place: 'query', service, expected: rules.service });
  }
  const verdict = rules.region(region);
  if (verdict.kind === 'wrong') {
    throw new AuthnError('WrongRegion', { place: 'query', region, expected: verdict.expected });
  }
}

function present(fields: FormFields, name: string): string {
  const value = fields.get(name);
  if (value === undefined || value === '') throw new IncompleteForm(name);
  return value;
}

/** In constant time. */
function isVersion2Signature(provided: string, secret: string, policy: string): boolean {
  const expected = Buffer.from(createHmac('sha1', secret).update(policy).digest('base64'));
  const given = Buffer.from(provided);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
