/**
 * The CORS preflight of a browser: unsigned by nature, and answered by the bucket's CORS configuration, which the bucket is
 * looked up for by its public name. A request that does not say what it asks for is no preflight: 400.
 */
import type { CorsQuestion } from '../../kernel/cors.ts';
import { defineOperation, type Operation } from '../../kernel/define-operation.ts';
import { answerPreflight, findNamedBucket, readPreflight } from '../cross-origin.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const preflightRequests: readonly Operation<S3Call, S3Services>[] = [
  preflight('OptionsBucket', 'bucket'),
  preflight('OptionsObject', 'object'),
];

function preflight(name: string, resource: 'bucket' | 'object'): Operation<S3Call, S3Services> {
  return defineOperation<S3Call, S3Services, CorsQuestion, string[]>({
    name,
    summary: "Answers the preflight request of a browser by the bucket's CORS configuration.",
    route: { method: 'OPTIONS', resource },
    permissions: 'public',
    body: { kind: 'none' },
    mutates: false,
    decode: ({ request }) => readPreflight(request),
    run: async ({ store }, question, call) =>
      answerPreflight(question, await findNamedBucket(store, call), resource.toUpperCase()),
    encode: (headers) => ({ status: 200, headers, body: null }),
  });
}
