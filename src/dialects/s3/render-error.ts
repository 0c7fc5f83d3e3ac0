/** Error documents: `<Error>` in no namespace, with the members of the flavour (nhn-openstack.md, 23.3; ibm-cos.md, 9.10). */
import { element, parent } from '../../lib/xml-writer.ts';
import type { WireResponse } from '../kernel/wire.ts';
import type { S3Error } from './s3-errors.ts';
import type { ErrorMember, S3Flavour } from './s3-flavours.ts';

/** What an error document shows of the request that failed. */
export interface FailedRequest {
  readonly flavour: S3Flavour;
  readonly requestId: string;
  readonly method: string;
  /** Path as sent. */
  readonly rawPath: string;
  readonly addressed: 'service' | 'bucket' | 'object';
  /** The bucket, when the host names it and the path does not. */
  readonly hostedBucket: string | undefined;
}

/** Answers to HEAD and 304 have no body (RFC 9110, sections 9.3.2 and 15.4.5). */
export function renderError(error: S3Error, request: FailedRequest): WireResponse {
  if (error.status === 304) return { status: 304, headers: error.headers, body: null };
  const headers = error.headers.concat('Content-Type', 'application/xml');
  if (request.method === 'HEAD') return { status: error.status, headers, body: null };
  return { status: error.status, headers, body: errorDocument(error, request) };
}

function errorDocument(error: S3Error, request: FailedRequest): string {
  const { errorCodes, errorMembers, xmlDeclaration } = request.flavour;
  let content = element('Code', errorCodes[error.code] ?? error.code) + element('Message', error.message);
  for (const member of errorMembers) content += memberXml(member, error, request);
  return xmlDeclaration + parent('Error', content);
}

function memberXml(member: ErrorMember, error: S3Error, request: FailedRequest): string {
  switch (member) {
    case 'fields':
      return error.fields.map(([name, value]) => element(name, value)).join('');
    case 'Resource':
      return resourceXml(error, request);
    case 'RequestId':
      return element('RequestId', request.requestId);
    case 'HostId':
      return element('HostId', request.requestId);
    case 'httpStatusCode':
      return element('httpStatusCode', `${error.status}`);
  }
}

/** IBM: a slash behind buckets, nothing for the service, and no element when a call on the service is malformed (ibm-cos.md, 9.10). */
function resourceXml(
  { status }: S3Error,
  { flavour, rawPath, addressed, hostedBucket }: FailedRequest,
): string {
  if (flavour.errorResource === 'path-as-sent') return element('Resource', rawPath);
  if (addressed === 'service') return status === 400 ? '' : element('Resource', '');
  const path = hostedBucket === undefined ? rawPath : `/${hostedBucket}${rawPath}`;
  return element('Resource', addressed === 'bucket' && !path.endsWith('/') ? `${path}/` : path);
}
