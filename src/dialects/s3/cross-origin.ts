/**
 * What requests of browsers from other origins are answered with: the headers of the rule that allows them, on every answer
 * about a bucket, errors included (Amazon S3 User Guide, "Using cross-origin resource sharing (CORS)"). A request that no rule
 * allows is answered as any other, without those headers; the browser then keeps the answer from the page.
 */
import { CoreError } from '../../core/core-errors.ts';
import type { Bucket } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import {
  CORS_VARY,
  type CorsQuestion,
  corsResponseHeaders,
  corsRulesOf,
  findCorsRule,
  requestedHeaders,
} from '../kernel/cors.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { S3Call } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';

type Asking = Pick<WireRequest, 'headers' | 'method'>;

/** Undefined when no browser asks from another origin. */
function questionOf({ headers, method }: Asking): CorsQuestion | undefined {
  const origin = headers.get('origin');
  if (origin === undefined) return undefined;
  return {
    origin,
    method: headers.get('access-control-request-method') ?? method,
    headers: requestedHeaders(headers.get('access-control-request-headers')),
  };
}

/** Caches must tell answers for different origins apart, also when they are told nothing of them. */
export function pushCrossOrigin(
  headers: string[],
  request: Asking,
  { documents }: Pick<Bucket, 'documents'>,
): void {
  const rules = corsRulesOf(documents);
  if (rules.length === 0) return;
  const question = questionOf(request);
  const rule = question === undefined ? undefined : findCorsRule(rules, question);
  if (rule !== undefined && question !== undefined) headers.push(...corsResponseHeaders(rule, question));
  headers.push('Vary', CORS_VARY);
}

/** What a preflight asks. Throws BadRequest for one that does not say what it asks for. */
export function readPreflight(request: Asking): CorsQuestion {
  const question = questionOf(request);
  if (question === undefined) throw new S3Error('BadRequest');
  if (!request.headers.has('access-control-request-method')) {
    throw new S3Error('BadRequest', {}, 'Invalid Access-Control-Request-Method: null');
  }
  return question;
}

/** The answer to a preflight. `bucket` undefined: there is none. Throws AccessForbidden. */
export function answerPreflight(
  question: CorsQuestion,
  bucket: Pick<Bucket, 'documents'> | undefined,
  resourceType: string,
): string[] {
  const fields = { Method: question.method, ResourceType: resourceType };
  if (bucket === undefined) throw new S3Error('AccessForbidden', fields, 'CORSResponse: Bucket not found');
  const rules = corsRulesOf(bucket.documents);
  if (rules.length === 0) throw new S3Error('AccessForbidden', fields);
  const rule = findCorsRule(rules, question);
  if (rule !== undefined) return [...corsResponseHeaders(rule, question), 'Vary', CORS_VARY];
  throw new S3Error(
    'AccessForbidden',
    fields,
    'CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / ' +
      "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
  );
}

/** By its public name, for requests whose sender is not known. Undefined: there is none. */
export async function findNamedBucket(
  store: Pick<ObjectStore, 'findBucket'>,
  call: Pick<S3Call, 'place' | 'bucketName' | 'bucketAccount'>,
): Promise<Bucket | undefined> {
  const { place, bucketName: name, bucketAccount: account } = call;
  try {
    return await store.findBucket({
      caller: undefined,
      place,
      name,
      ...(account !== undefined && { account }),
    });
  } catch (error) {
    if (error instanceof CoreError && error.code === 'NoSuchBucket') return undefined;
    throw error;
  }
}
