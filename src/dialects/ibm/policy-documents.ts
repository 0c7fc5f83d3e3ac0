/** Policies as the two forms of the API show them (ibm-cos.md, 6.1). */
import type { IbmAttribute, IbmPolicyDocument } from '../../identity/ibm-policies.ts';
import { tagOf } from './entity-tags.ts';
import type { PolicyFormat } from './read-policy.ts';
import { isoMillis } from './render-json.ts';

/** One that is stored, or one that an account's owner has by being that. */
export interface ShownPolicy {
  readonly id: string;
  readonly version: number;
  readonly document: IbmPolicyDocument;
  readonly state: 'active' | 'deleted';
  readonly createdAtMicros: number;
  readonly createdBy: string;
  readonly modifiedAtMicros: number;
  readonly modifiedBy: string;
}

export function policyTag({ version }: Pick<ShownPolicy, 'version'>): string {
  return tagOf(version);
}

/** `url`: of the control address. */
export function policyDocument(policy: ShownPolicy, format: PolicyFormat, url: string): object {
  const { document, id } = policy;
  const { type, description } = document;
  const facts = {
    href: `${url}/${format}/policies/${id}`,
    created_at: isoMillis(policy.createdAtMicros),
    created_by_id: policy.createdBy,
    last_modified_at: isoMillis(policy.modifiedAtMicros),
    last_modified_by_id: policy.modifiedBy,
    state: policy.state,
  };
  const head = { id, type, ...(description === undefined ? {} : { description }) };
  return format === 'v1'
    ? { ...head, ...partsV1(document), ...facts }
    : { ...head, ...partsV2(document), ...facts, version: 'v1.0' };
}

/** A rule cannot be said in this form. */
function partsV1({ subject, resource, tags, roles }: IbmPolicyDocument): object {
  const named = ({ key, operator, value }: IbmAttribute) => ({ name: key, value, operator });
  return {
    subjects: [{ attributes: subject.map(({ key, value }) => ({ name: key, value })) }],
    roles: roles.map(({ role_id }) => ({ role_id })),
    resources: [{ attributes: resource.map(named), ...(tags.length === 0 ? {} : { tags: tags.map(named) }) }],
  };
}

function partsV2({ subject, resource, tags, roles, pattern, rule }: IbmPolicyDocument): object {
  return {
    subject: { attributes: subject },
    resource: { attributes: resource, ...(tags.length === 0 ? {} : { tags }) },
    control: { grant: { roles: roles.map(({ role_id }) => ({ role_id })) } },
    ...(pattern === undefined ? {} : { pattern }),
    ...(rule === undefined ? {} : { rule }),
  };
}
