import type { ObjectVersion } from '../../../core/model.ts';
import type { GetObjectInput } from '../../../core/object-store.ts';
import { type Acl, decodeAcl } from '../../../identity/acl.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { shownObjectAcl } from '../../kernel/shared-grants.ts';
import { aclContent } from '../acl-xml.ts';
import { confirmAccess } from '../authorise-call.ts';
import { loadPersonsInAcl, type ShownPerson } from '../grantees.ts';
import { pushVersionId } from '../object-headers.ts';
import { hasAclsDisabled } from '../object-ownership.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { readVersionId } from '../version-id.ts';

interface Output {
  readonly version: ObjectVersion;
  readonly acl: Acl;
  readonly persons: ReadonlyMap<string, ShownPerson>;
}

type Input = Pick<GetObjectInput, 'versionId'>;

export const getObjectAcl = defineOperation<S3Call, S3Services, Input, Output>({
  name: 'GetObjectAcl',
  summary: 'Shows the access control list of an object or of one of its versions, and its owner.',
  route: { method: 'GET', resource: 'object', query: ['acl'] },
  permissions: [{ action: 'object:read-acl', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,
  decode: readVersionId,
  async run(services, input, call) {
    const { bucket, key } = call;
    const { version } = await services.store.headObject({
      bucket,
      key,
      conditions: {},
      asStored: true,
      ...input,
    });
    confirmAccess(call, 'object:read-acl', version);
    const document = hasAclsDisabled(bucket) ? undefined : version.metadata.documents['acl'];
    const acl = shownObjectAcl(decodeAcl(document, version.owner), bucket);
    return { version, acl, persons: await loadPersonsInAcl(version.owner, acl, services, call) };
  },
  encode({ version, acl, persons }, call) {
    const headers: string[] = [];
    pushVersionId(headers, version, call);
    return resultDocument(call, 'AccessControlPolicy', aclContent(version.owner, acl, persons), headers);
  },
});
