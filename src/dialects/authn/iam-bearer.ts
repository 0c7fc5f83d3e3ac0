/** IAM's access tokens as bearer tokens, for the control plane and for S3 (ibm-cos.md, 3.2 and 9.1). */
import type { IamService } from '../../identity/iam-service.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { BearerVerifier } from './bearer-token.ts';

export function createIamBearerVerifier(iam: Pick<IamService, 'verify'>): BearerVerifier {
  return {
    async verify(token) {
      const verdict = await iam.verify(token);
      if (verdict.kind === 'refused') {
        const { fault, expiredAtSeconds } = verdict;
        return { kind: 'refused', fault, ...(expiredAtSeconds !== undefined && { expiredAtSeconds }) };
      }
      const { jti, apiKeyId, instanceId } = verdict.token;
      const proof = { kind: 'iam-token', jti, ...(apiKeyId !== undefined && { apiKeyId }) } as const;
      return { kind: 'verified', caller: { principal: verdict.holder, proof }, instanceId };
    },
  };
}

const BEARER = /^bearer(?: +(.*))?$/is;

/** Undefined: no such header, or one of another scheme. */
export function bearerTokenIn({ headers }: Pick<WireRequest, 'headers'>): string | undefined {
  const match = BEARER.exec(headers.get('authorization') ?? '');
  return match === null ? undefined : (match[1] ?? '').trim();
}
