import type { VersionId } from '../../core/model.ts';
import type { S3Call } from './s3-call.ts';
import { invalidArgument } from './s3-errors.ts';

/** Of the query; nothing when it addresses no version. Throws InvalidArgument for an empty one. */
export function readVersionId({ query }: Pick<S3Call, 'query'>): { readonly versionId?: VersionId } {
  const versionId = query.get('versionId');
  if (versionId === undefined) return {};
  if (versionId === '')
    throw invalidArgument('versionId', versionId, 'Version id cannot be the empty string');
  return { versionId };
}
