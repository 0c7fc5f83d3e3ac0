/** Documents that answer successful calls: declaration of the flavour, S3's namespace, one root. */
import type { WireResponse } from '../kernel/wire.ts';
import type { S3Call } from './s3-call.ts';

const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** `content` is XML already. `headers`: further ones, as a flat list. */
export function resultDocument(
  call: S3Call,
  root: string,
  content: string,
  headers: readonly string[] = [],
): WireResponse {
  return {
    status: 200,
    headers: ['Content-Type', 'application/xml', ...headers],
    body: `${call.flavour.xmlDeclaration}<${root} xmlns="${S3_NAMESPACE}">${content}</${root}>`,
  };
}
