/**
 * A question about access as JSON and back, so that a denial can be explained later from what held when it happened. Policies go in
 * as their documents; of what the request says, the keys that a policy can ask for most often and those that these policies do ask for.
 */
import type { AccessQuestion, AccessResource } from './evaluate-access.ts';
import type { GrantedPolicy, Grants } from './grants.ts';
import { compilePolicy } from './policy-cache.ts';
import { SCP_REGION_KEY } from './policy-condition-keys.ts';
import { policiesOf } from './policy-layers.ts';
import type { Principal } from './principal.ts';
import type { PublicAccessSwitch } from './public-access-block.ts';

type StoredPolicy = Omit<GrantedPolicy, 'policy'>;

interface StoredGrants {
  readonly policies: readonly StoredPolicy[];
  readonly sessionPolicy?: Pick<GrantedPolicy, 'language' | 'document'>;
}

export interface StoredQuestion {
  readonly principal: Principal;
  readonly grants?: StoredGrants;
  readonly action: AccessQuestion['action'];
  readonly resource: Omit<AccessResource, 'publicAccessBlock' | 'publicGrants'>;
  readonly publicAccessBlock?: readonly PublicAccessSwitch[];
  readonly publicGrants?: StoredGrants;
  readonly request: Readonly<Record<string, string | readonly string[]>>;
}

const usualKeys = [
  'aws:sourceip',
  'aws:securetransport',
  'aws:currenttime',
  'aws:epochtime',
  'aws:useragent',
  'aws:referer',
  'aws:requestedregion',
  SCP_REGION_KEY,
  's3:prefix',
  's3:delimiter',
  's3:max-keys',
  's3:versionid',
  's3:authtype',
  's3:signatureversion',
  's3:signatureage',
  's3:x-amz-acl',
  // Of the target, for policies in IBM's language that somebody else has.
  ...['accountid', 'servicename', 'servicetype', 'serviceinstance', 'region', 'resourcetype', 'resource'].map(
    (name) => `ibm:${name}`,
  ),
  ...['ibm:path', 'ibm:prefix', 'ibm:delimiter'],
];

/** Characters of one value that are kept. */
const VALUE_LENGTH_MAX = 2048;

export function storeQuestion(question: AccessQuestion): StoredQuestion {
  const { principal, action, resource } = question;
  const { publicAccessBlock, publicGrants, ...rest } = resource;
  const { grants, ...who } = principal.kind === 'anonymous' ? { ...principal, grants: undefined } : principal;
  return {
    principal: who,
    ...(grants !== undefined && { grants: storeGrants(grants) }),
    action,
    resource: rest,
    ...(publicAccessBlock !== undefined && { publicAccessBlock: [...publicAccessBlock] }),
    ...(publicGrants !== undefined && { publicGrants: storeGrants(publicGrants) }),
    request: valuesOf(question),
  };
}

function storeGrants({ policies, sessionPolicy }: Grants): StoredGrants {
  return {
    policies: policies.map(({ policy, ...stored }) => stored),
    ...(sessionPolicy !== undefined && {
      sessionPolicy: { language: sessionPolicy.language, document: sessionPolicy.document },
    }),
  };
}

function valuesOf(question: AccessQuestion): StoredQuestion['request'] {
  const { request } = question;
  if (request === undefined) return {};
  const keys = new Set(usualKeys);
  for (const { policy } of policiesOf(question)) {
    for (const { conditions, resources } of policy.statements) {
      for (const { key, comparisons } of conditions) {
        keys.add(key);
        for (const { variables } of comparisons) for (const name of variables) keys.add(name);
      }
      for (const { variables } of resources.patterns) for (const name of variables) keys.add(name);
    }
  }
  const values: Record<string, string | readonly string[]> = {};
  for (const key of keys) {
    const value = request.get(key);
    if (value === undefined) continue;
    values[key] = typeof value === 'string' ? value.slice(0, VALUE_LENGTH_MAX) : value;
  }
  return values;
}

/** Throws `PolicyFormatError` for a document that this version cannot read. */
export function restoreQuestion(stored: StoredQuestion): AccessQuestion {
  const { principal, grants, action, resource, publicAccessBlock, publicGrants, request } = stored;
  const values = new Map(Object.entries(request));
  return {
    principal:
      grants === undefined || principal.kind === 'anonymous'
        ? principal
        : { ...principal, grants: restoreGrants(grants) },
    action,
    resource: {
      ...resource,
      ...(publicAccessBlock !== undefined && { publicAccessBlock: new Set(publicAccessBlock) }),
      ...(publicGrants !== undefined && { publicGrants: restoreGrants(publicGrants) }),
    },
    request: values,
  };
}

function restoreGrants({ policies, sessionPolicy }: StoredGrants): Grants {
  return {
    policies: policies.map((stored) => ({
      ...stored,
      policy: compilePolicy(stored.document, stored.language),
    })),
    ...(sessionPolicy !== undefined && {
      sessionPolicy: {
        ...sessionPolicy,
        policy: compilePolicy(sessionPolicy.document, sessionPolicy.language),
      },
    }),
  };
}
