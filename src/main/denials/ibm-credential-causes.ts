/** Proofs that did not hold, in the words of IBM Cloud (ibm-cos.md, 12.3, row 8): one cause with sub-codes. */
import type { DenialRecord, RefinedCause } from '../../dialects/kernel/denial-record.ts';

const CODE = 'credential-not-usable';
/** IBM's API keys have 44 characters where HMAC keys have 32 hexadecimal digits. */
const API_KEY = /^[\w-]{44}$/;

/** As HMAC keys are, and other pairs made here: whose it was, nobody knows of an id without a pair. */
const HMAC_KEY = /^[0-9a-f]{32}$/;
/** A uuid is what S3 gives as a request id where it speaks as IBM does: at its hosts, and to key pairs of resource keys. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4/;

export function isOfIbm({ id }: Pick<DenialRecord, 'id'>): boolean {
  return UUID.test(id);
}

/** `tokenUrl`: where API keys are exchanged. Key pairs of other clouds are not spoken of. */
export function credentialCause(
  record: Pick<DenialRecord, 'id' | 'fault' | 'atMicros'>,
  tokenUrl: string,
): readonly RefinedCause[] {
  const { fault, atMicros } = record;
  if (fault === undefined) return [];
  const details = fault.details as Readonly<Record<string, unknown>>;
  const said = (subCode: string, wording: string, evidence: object = {}): readonly RefinedCause[] => [
    { code: CODE, wording, evidence: { subCode, ...evidence } },
  ];
  if (fault.code === 'RefusedBearer') {
    return bearerCause(String(details['fault']), details['expiredAtSeconds'], atMicros, tokenUrl);
  }
  const claimed = fault.code === 'UnknownAccessKey' ? String(details['accessKeyId'] ?? '') : '';
  if (!isOfIbm(record) && !API_KEY.test(claimed) && !HMAC_KEY.test(claimed)) return [];
  switch (fault.code) {
    case 'UnknownAccessKey':
      return API_KEY.test(claimed)
        ? said(
            'hmac-looks-like-apikey',
            `The access key is not an HMAC key ID but looks like an IAM API key: exchange it at ${tokenUrl} and send Bearer.`,
          )
        : said(
            'hmac-unknown-key',
            'No HMAC key has this ID: its resource key was deleted, or it is misspelt.',
          );
    case 'SignatureMismatch':
      return said(
        'hmac-signature',
        'The secret is not that of the HMAC key, or the request was changed after it was signed.',
      );
    case 'RequestTimeTooSkewed':
      return said(
        'clock-skew',
        'The clock of the client differs from that of the server by more than is allowed.',
        details,
      );
    case 'RequestExpired':
      return said('presign-expired', 'The link has ended: make another one.', details);
    default:
      return [];
  }
}

function bearerCause(
  subCode: string,
  expiredAtSeconds: unknown,
  atMicros: number,
  tokenUrl: string,
): readonly RefinedCause[] {
  const wording = bearerWording(subCode, expiredAtSeconds, atMicros);
  const advice = ` Fetch a new one with the API key at ${tokenUrl}.`;
  return [{ code: CODE, wording: wording + advice, evidence: { subCode } }];
}

function bearerWording(subCode: string, expiredAtSeconds: unknown, atMicros: number): string {
  switch (subCode) {
    case 'token-expired': {
      if (typeof expiredAtSeconds !== 'number') return 'The token has ended.';
      const minutes = Math.max(0, Math.floor((atMicros / 1e6 - expiredAtSeconds) / 60));
      const time = new Date(expiredAtSeconds * 1000).toISOString();
      return `The token ended at ${time}, ${minutes} minutes before the request.`;
    }
    case 'token-placeholder':
      return 'A word such as None was sent instead of a token: the client never got one.';
    case 'token-malformed':
      return 'What was sent is no token.';
    case 'token-forged':
      return 'The signature of the token is not valid: it was made by another server, or changed.';
    case 'token-wrong-issuer':
      return 'The token was made by another issuer.';
    case 'token-not-yet-valid':
      return 'The token is not valid yet: the clocks differ.';
    case 'token-key-revoked':
      return 'The API key behind the token was deleted, disabled or has expired.';
    default:
      return 'The identity or the account of the token is not active any more.';
  }
}
