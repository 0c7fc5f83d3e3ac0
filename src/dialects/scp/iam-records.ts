/** Records of IAM as its API shows them (build specification scp.md, sections 5.2 to 5.4). */
import { createHash } from 'node:crypto';
import type { AccessKeyRecord } from '../../identity/access-keys.ts';
import type { PolicyRecord } from '../../identity/identity-collections.ts';
import type { RoleRecord } from '../../identity/principal.ts';
import type { CollectionPage, PageRequest, Versioned } from '../../identity/record-collection.ts';
import { iamSrn } from '../../identity/srn.ts';
import { isoMillis } from './issue-credentials.ts';
import type { SamlProviderRecord } from './saml-providers.ts';
import type { ScpCall } from './scp-call.ts';

/** Of an access key in paths: the key itself stands in none of them. */
export function idOfAccessKey(accessKey: string): string {
  return createHash('sha256').update(`access-key ${accessKey}`).digest('hex').slice(0, 32);
}

const NEVER = '9999-12-31T23:59:59Z';

/** `secretKey`: shown once, when the key is made. */
export function accessKeyDocument(key: AccessKeyRecord, secretKey = ''): object {
  const holder = key.userId ?? key.serviceId ?? '';
  return {
    access_key: key.id,
    access_key_type: 'PERMANENT',
    account_id: key.accountId,
    created_at: isoMillis(key.createdAtMicros),
    created_by: holder,
    description: '',
    expiration_timestamp: key.expiresAtMicros === undefined ? NEVER : isoMillis(key.expiresAtMicros),
    id: idOfAccessKey(key.id),
    is_enabled: key.enabled,
    modified_at: isoMillis(key.createdAtMicros),
    modified_by: holder,
    parent_access_key_id: null,
    secret_key: secretKey,
  };
}

/** Ids of policies are UUIDs here and 32 digits there. */
function shownPolicyId(id: string): string {
  return id.replaceAll('-', '');
}

export function storedPolicyId(shown: string): string {
  return shown.replace(
    /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/,
    '$1-$2-$3-$4-$5',
  );
}

export function policyDocument(offering: string, policy: PolicyRecord): object {
  const id = shownPolicyId(policy.id);
  const times = {
    created_at: isoMillis(policy.createdAtMicros),
    created_by: policy.accountId,
    modified_at: isoMillis(policy.modifiedAtMicros),
    modified_by: policy.accountId,
  };
  return {
    account_id: policy.accountId,
    ...times,
    default_version_id: id,
    description: policy.description,
    domain_name: 'default',
    id,
    policy_category: 'IDENTITY_BASED',
    policy_name: policy.name,
    policy_type: 'USER_DEFINED',
    policy_versions: [
      {
        ...times,
        id,
        policy_document: JSON.parse(policy.document),
        policy_id: id,
        policy_version_name: 'POLICY_VERSION_1',
      },
    ],
    srn: iamSrn(offering, policy.accountId, `policy/${id}`),
    state: 'ACTIVE',
  };
}

export function roleDocument(offering: string, role: RoleRecord, policies: readonly PolicyRecord[]): object {
  return {
    account_id: role.accountId,
    assume_role_policy_document: JSON.parse(role.trustPolicy),
    created_at: isoMillis(role.createdAtMicros),
    created_by: role.accountId,
    description: role.description,
    id: role.id,
    max_session_duration: role.maxSessionSeconds,
    modified_at: isoMillis(role.modifiedAtMicros),
    modified_by: role.accountId,
    name: role.name,
    policies: policies.map((policy) => policyDocument(offering, policy)),
    srn: iamSrn(offering, role.accountId, `role/${role.name}`),
    type: 'USER_DEFINED',
  };
}

export function providerDocument(offering: string, provider: SamlProviderRecord): Record<string, unknown> {
  return {
    account_id: provider.accountId,
    acs_url: provider.acsUrl,
    created_at: isoMillis(provider.createdAtMicros),
    created_by: provider.createdBy,
    description: provider.description,
    federation_type: 'SAML',
    id: provider.id,
    idp_cert_end: isoMillis(provider.certificatesEndMicros),
    idp_file_name: provider.fileName,
    idp_file_size: provider.fileSize,
    idp_issuer_url: provider.issuer,
    idp_sso_url: provider.signOnUrl ?? null,
    modified_at: isoMillis(provider.modifiedAtMicros),
    modified_by: provider.modifiedBy,
    saml_provider_name: provider.name,
    srn: iamSrn(offering, provider.accountId, `saml-provider/${provider.name}`),
  };
}

/** `file`: its metadata. */
export function providerDetail(offering: string, provider: SamlProviderRecord, file: string): object {
  return { ...providerDocument(offering, provider), idp_file_data: file };
}

/** IAM pages by `size` and `page` from zero. */
export interface IamPage {
  readonly page: number;
  readonly size: number;
}

const SIZE_DEFAULT = 20;
const SIZE_MAX = 1000;

/** What is no number is the default, as unknown parameters are ignored. */
export function readIamPage({ query }: ScpCall): IamPage {
  const number = (name: string, fallback: number, min: number, max: number) => {
    const text = query.get(name)?.[0] ?? '';
    const value = /^\d{1,9}$/.test(text) ? Number(text) : fallback;
    return Math.min(Math.max(value, min), max);
  };
  return { page: number('page', 0, 0, 1_000_000), size: number('size', SIZE_DEFAULT, 1, SIZE_MAX) };
}

/** `count` is that of all of them. */
export function iamPageDocument<R>(
  name: string,
  all: readonly R[],
  { page, size }: IamPage,
  render: (row: R) => object,
): object {
  const rows = all.slice(page * size, (page + 1) * size);
  return { count: all.length, page, [name]: rows.map(render), size, sort: [] };
}

const PAGE_RECORDS = 500;
/** More than an account is meant to have of anything. */
const RECORDS_MAX = 5000;

/** Every record of a list, as far as it is read at once. */
export async function readAll<R>(
  list: (page: PageRequest) => Promise<CollectionPage<R>>,
): Promise<readonly R[]> {
  const found: Versioned<R>[] = [];
  let after: string | undefined;
  do {
    const page = await list({ after, limit: PAGE_RECORDS });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined && found.length < RECORDS_MAX);
  return found.map(({ record }) => record);
}
