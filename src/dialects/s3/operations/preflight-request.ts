/**
 * The CORS preflight of a browser. Unsigned by nature, and answered by a bucket's CORS configuration, which nobody can have
 * set yet: the answer is AWS's for a bucket without one (Amazon S3 User Guide, "Troubleshooting CORS"). A request that does not
 * say what it asks for is no preflight: 400.
 */
import { defineOperation, type Operation } from '../../kernel/define-operation.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

export const preflightRequests: readonly Operation<S3Call, S3Services>[] = [
  preflight('OptionsBucket', 'bucket'),
  preflight('OptionsObject', 'object'),
];

function preflight(name: string, resource: string): Operation<S3Call, S3Services> {
  return defineOperation<S3Call, S3Services, never, never>({
    name,
    summary: 'Answers the preflight request of a browser: no bucket allows other origins yet.',
    route: { method: 'OPTIONS', resource },
    permissions: 'public',
    body: { kind: 'none' },
    mutates: false,
    decode({ request: { headers } }) {
      if (!headers.has('origin')) throw new S3Error('BadRequest');
      if (!headers.has('access-control-request-method')) {
        throw new S3Error('BadRequest', {}, 'Invalid Access-Control-Request-Method: null');
      }
      throw new S3Error('AccessForbidden');
    },
    run: () => Promise.reject(new Error('decode always throws')),
    encode: () => ({ status: 403, headers: [], body: null }),
  });
}
