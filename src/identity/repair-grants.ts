/** Repairs by new grants: a policy of the caller's own, a statement in the bucket's, an entry in a list, another role. */
import { type AclPermission, aclOf, decodeGrants, encodeAcl, type Grant } from './acl.ts';
import { rightsOf } from './action-rights.ts';
import {
  grantsOf,
  type OwnStatement,
  ownStatement,
  principalNameOf,
  withBucketPolicy,
  withGrants,
} from './changed-questions.ts';
import { addStatement, applyPatch, newDocument } from './edit-aws-policy.ts';
import type { AccessQuestion } from './evaluate-access.ts';
import type { GrantedPolicy } from './grants.ts';
import { compilePolicy } from './policy-cache.ts';
import { subjectOf } from './principal.ts';
import { type Make, making } from './repair-candidates.ts';
import { saying } from './repair-sentences.ts';

export function* grantRepairs(question: AccessQuestion): Generator<Make, void> {
  const { principal, resource } = question;
  const { bucket, account } = resource;
  const statement = ownStatement(question);
  if (
    principal.kind === 'user' &&
    principal.account.id === account &&
    !question.action.startsWith('admin:')
  ) {
    const role = question.action.startsWith('identity:') ? 'admin' : 'operator';
    const raised = { ...principal, user: { ...principal.user, role } as const };
    if (role === 'admin') {
      yield () => ({
        kind: 'grant',
        ...saying({ kind: 'make-administrator' }),
        target: { what: 'user-role', subject: subjectOf(principal) },
        changed: { ...question, principal: raised },
      });
    }
  }
  if (principal.kind !== 'anonymous' && statement !== undefined) {
    const subject = subjectOf(principal);
    const document = newDocument(statement);
    const text = JSON.stringify(document);
    const grants = grantsOf(principal);
    yield making(() => ({
      kind: 'grant',
      ...saying({
        kind: 'attach-policy',
        subject,
        action: statement.Action,
        resource: statement.Resource,
      }),
      target: { what: 'attachment', subject, account: principal.account.id },
      document,
      changed: withGrants(question, {
        ...grants,
        policies: [...grants.policies, grantOf(text, subject)],
      }),
    }));
  }
  if (bucket === undefined || statement === undefined) return;
  yield* bucketPolicyGrant(question, bucket, statement);
  yield* listGrants(question, bucket);
}

function grantOf(document: string, via: GrantedPolicy['via']): GrantedPolicy {
  return { id: '', name: '', language: 'aws', via, document, policy: compilePolicy(document, 'aws') };
}

function* bucketPolicyGrant(
  question: AccessQuestion,
  bucket: string,
  statement: OwnStatement,
): Generator<Make, void> {
  const who = principalNameOf(question.principal);
  const named = { ...statement, Principal: who === '*' ? '*' : { AWS: who } };
  const target = { what: 'bucket-policy', bucket } as const;
  const said = saying({ kind: 'allow-in-bucket-policy', action: statement.Action, who });
  const { bucketPolicy } = question.resource;
  if (bucketPolicy === undefined) {
    const document = newDocument(named);
    yield making(() => ({
      kind: 'grant',
      ...said,
      target,
      document,
      changed: withBucketPolicy(question, JSON.stringify(document)),
    }));
    return;
  }
  const patch = addStatement(bucketPolicy, named);
  yield making(() => ({
    kind: 'grant',
    ...said,
    target,
    patch,
    changed: withBucketPolicy(question, applyPatch(bucketPolicy, patch)),
  }));
}

/** Lists name accounts, not users. */
function* listGrants(question: AccessQuestion, bucket: string): Generator<Make, void> {
  const { principal, resource, action } = question;
  if (principal.kind === 'anonymous') return;
  const { bucketGrant, objectGrant } = rightsOf(action);
  const { object, key } = resource;
  const account = principal.account.id;
  if (objectGrant !== undefined && object?.kind === 'present' && key !== undefined) {
    yield () => ({
      kind: 'grant',
      ...saying({ kind: 'grant-in-list', list: 'object', permission: objectGrant, account }),
      target: { what: 'object-acl', bucket, key },
      grant: { permission: objectGrant, account },
      changed: {
        ...question,
        resource: { ...resource, object: { ...object, acl: granted(object.acl, objectGrant, account) } },
      },
    });
  }
  if (bucketGrant !== undefined) {
    yield () => ({
      kind: 'grant',
      ...saying({ kind: 'grant-in-list', list: 'bucket', permission: bucketGrant, account }),
      target: { what: 'bucket-acl', bucket },
      grant: { permission: bucketGrant, account },
      changed: {
        ...question,
        resource: { ...resource, bucketAcl: granted(resource.bucketAcl, bucketGrant, account) },
      },
    });
  }
}

function granted(
  document: string | undefined,
  permission: AclPermission,
  account: string,
): string | undefined {
  const grants: readonly Grant[] = document === undefined ? [] : decodeGrants(document);
  const added: Grant = { grantee: { kind: 'account', account }, permission };
  return encodeAcl(aclOf([...grants, added]), '') ?? undefined;
}
