/**
 * Denials in the words of IBM Cloud (ibm-cos.md, section 12): stage by stage, credential, target, network, policy, state of the object;
 * the first that failed is what is explained. It has something to say of calls by IAM tokens, by key pairs of resource keys, and of
 * whoever has policies in IBM's language.
 */
import type { ObjectStore } from '../../core/object-store.ts';
import type { DenialRecord, DenialRefiner, RefinedCause } from '../../dialects/kernel/denial-record.ts';
import { evaluateAccess } from '../../identity/evaluate-access.ts';
import type { AccessExplanation } from '../../identity/explain-decision.ts';
import { type IbmFacts, ibmCauses, type KnownPolicy } from '../../identity/ibm-causes.ts';
import { iamIdOfService, iamIdOfUser } from '../../identity/ibm-ids.ts';
import { readIbmPolicy } from '../../identity/ibm-policies.ts';
import type { IbmPolicyFacts, IbmRecords } from '../../identity/ibm-records.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import { type Principal, subjectOf } from '../../identity/principal.ts';
import { restoreQuestion } from '../../identity/stored-question.ts';
import { parseSubject, type Subject } from '../../identity/subjects.ts';
import { credentialCause, isOfIbm } from './ibm-credential-causes.ts';

export interface IbmRefinerParts {
  readonly records: Pick<IbmRecords, 'policyFacts' | 'resourceKeys'>;
  readonly identity: Pick<IdentityStore, 'policies' | 'groups' | 'findAccessKey'>;
  readonly store: Pick<ObjectStore, 'listBuckets'>;
  tokenUrl(): string;
}

/** Policies and buckets of an account that are looked through. Ours. */
const LOOKED_THROUGH_MAX = 1000;

export function createIbmRefiner(parts: IbmRefinerParts): DenialRefiner {
  return {
    async refine(record, explanation) {
      if (record.fault !== undefined) return credentialCause(record, parts.tokenUrl());
      if (record.facts?.code === 'RefusedBearer') {
        return credentialCause({ ...record, fault: record.facts }, parts.tokenUrl());
      }
      if (record.facts !== undefined) return causesOfFacts(record.facts);
      return refineAccess(record, explanation, parts);
    },
  };
}

async function refineAccess(
  record: DenialRecord,
  explanation: AccessExplanation | undefined,
  parts: IbmRefinerParts,
): Promise<readonly RefinedCause[]> {
  if (record.question === undefined) return [];
  const question = restoreQuestion(record.question);
  const { principal, resource, action } = question;
  if (!/^(?:account|bucket|object):/.test(action)) return [];
  if (explanation?.cause === 'network') return [networkBlocked(record, question)];
  if (principal.kind === 'anonymous') {
    return isOfIbm(record) ? [anonymousDenied(record)] : [];
  }
  if (principal.kind === 'role-session' || !speaksIbm(record, principal)) return [];
  if (resource.account !== undefined && resource.account !== principal.account.id) {
    return [wrongAccount(principal.account.id, record)];
  }
  const facts = await gatherFacts(record, question, principal, parts);
  return ibmCauses(facts);
}

/** By a token of IAM, or with policies of IBM's. */
function speaksIbm(
  { proof }: DenialRecord,
  principal: Principal & { readonly kind: 'user' | 'service' },
): boolean {
  const policies = principal.grants?.policies ?? [];
  return (
    proof.kind === 'iam-token' ||
    principal.kind === 'service' ||
    policies.some(({ language }) => language === 'ibm')
  );
}

function networkBlocked(record: DenialRecord, question: ReturnType<typeof restoreQuestion>): RefinedCause {
  const { firewall: _, ...resource } = question.resource;
  const isElseAllowed = evaluateAccess({ ...question, resource }).allowed;
  const alone = isElseAllowed ? ' Policies alone would have allowed the call.' : '';
  return {
    code: 'network-blocked',
    wording: `The firewall of ${record.bucket ?? 'the bucket'} keeps out ${record.source}, from where the call came.${alone}`,
    evidence: { source: record.source, allowedOtherwise: isElseAllowed },
  };
}

function anonymousDenied({ bucket = '' }: DenialRecord): RefinedCause {
  return {
    code: 'anonymous-denied',
    wording:
      `The request carried no credential, and nothing on ${bucket || 'the service'} is for everybody: no policy of the public ` +
      'access group permits it, or public access is switched off in the settings of access groups.',
  };
}

function wrongAccount(callers: string, { bucket = '', account }: DenialRecord): RefinedCause {
  return {
    code: 'wrong-account',
    wording: `The token belongs to account ${callers}, ${bucket} to another one. Make the API key inside the account that owns the bucket.`,
    evidence: { caller: callers, owner: account },
  };
}

function causesOfFacts({ code, details }: NonNullable<DenialRecord['facts']>): readonly RefinedCause[] {
  const said = details as Readonly<Record<string, unknown>>;
  switch (code) {
    case 'InstanceRefused': {
      const value = String(said['value'] ?? '');
      const kind = /^(?:iam-)?ServiceId-/.test(value)
        ? 'a service ID'
        : /^ApiKey-/.test(value)
          ? 'an API key id'
          : 'no instance of this account';
      return [
        {
          code: 'wrong-instance',
          wording: `The value sent as ibm-service-instance-id is ${kind}, expected is the instance GUID or CRN.`,
          evidence: { sent: value },
        },
      ];
    }
    case 'InstanceMissing':
      return [
        {
          code: 'missing-instance-header',
          wording: 'The header ibm-service-instance-id is missing: send the GUID or the CRN of the instance.',
        },
      ];
    case 'ObjectProtected':
      return [
        {
          code: 'object-protected',
          wording: `The object is protected by ${said['by'] === 'hold' ? 'a legal hold' : 'a retention'}: no policy changes that.`,
          evidence: said,
        },
      ];
    default:
      return [];
  }
}

async function gatherFacts(
  record: DenialRecord,
  question: ReturnType<typeof restoreQuestion>,
  principal: Principal & { readonly kind: 'user' | 'service' },
  { records, identity, store }: IbmRefinerParts,
): Promise<IbmFacts> {
  const accountId = principal.account.id;
  const self = subjectOf(principal);
  const groups = await identity.groups.listGroupsOf(accountId, self);
  const subjects = new Set<Subject>([
    self,
    'public',
    ...groups.map(({ record: { id } }) => `group:${id}` as const),
  ]);
  const { items } = await records.policyFacts.list('account', [accountId], { limit: LOOKED_THROUGH_MAX });
  const own: KnownPolicy[] = [];
  const newer: KnownPolicy[] = [];
  const others: (KnownPolicy & { readonly holder: string })[] = [];
  const had = new Set((principal.grants?.policies ?? []).map(({ id }) => id));
  for (const granted of principal.grants?.policies ?? []) {
    if (granted.language !== 'ibm') continue;
    own.push({ id: granted.id, document: readIbmPolicy(granted.document), createdAtMicros: 0 });
  }
  for (const { record: facts } of items) {
    const stored = facts.state === 'active' ? await identity.policies.get(facts.id) : undefined;
    if (stored === undefined || facts.subject === undefined) continue;
    const policy = {
      id: facts.id,
      document: readIbmPolicy(stored.record.document),
      createdAtMicros: stored.record.modifiedAtMicros,
    };
    if (subjects.has(facts.subject)) {
      if (!had.has(facts.id) || stored.record.modifiedAtMicros > record.atMicros) newer.push(policy);
    } else others.push({ ...policy, holder: holderName(facts.subject) });
  }
  const { buckets } = await store.listBuckets({
    account: accountId,
    prefix: '',
    after: '',
    limit: LOOKED_THROUGH_MAX,
  });
  const lastDeleted = newestDeleted(
    items.map((item) => item.record),
    self,
  );
  return {
    question,
    atMicros: record.atMicros,
    iamId: principal.kind === 'user' ? iamIdOfUser(principal.user.id) : iamIdOfService(principal.service.id),
    own,
    newer,
    others,
    bucketNames: buckets.map(({ name }) => name),
    isRoleless: await isRoleless(record, records),
    byPair: record.proof.kind === 'access-key',
    ...(lastDeleted === undefined ? {} : { lastDeleted }),
  };
}

function holderName(subject: Subject): string {
  const { kind, id = '' } = parseSubject(subject) ?? {};
  switch (kind) {
    case 'user':
      return iamIdOfUser(id);
    case 'service':
      return iamIdOfService(id);
    case 'group':
      return `the access group ${id}`;
    default:
      return subject;
  }
}

function newestDeleted(all: readonly IbmPolicyFacts[], subject: Subject): IbmFacts['lastDeleted'] {
  const deleted = all.filter((facts) => facts.state === 'deleted' && facts.subject === subject);
  const newest = deleted.sort((a, b) => b.modifiedAtMicros - a.modifiedAtMicros)[0];
  return newest === undefined ? undefined : { atMicros: newest.modifiedAtMicros, by: newest.modifiedBy };
}

async function isRoleless(
  { proof }: DenialRecord,
  { resourceKeys }: Pick<IbmRecords, 'resourceKeys'>,
): Promise<boolean> {
  const found =
    proof.kind === 'iam-token' && proof.apiKeyId !== undefined
      ? await resourceKeys.findBy('apiKey', [proof.apiKeyId])
      : proof.kind === 'access-key'
        ? await resourceKeys.findBy('accessKey', [proof.accessKeyId])
        : undefined;
  return found !== undefined && found.record.roleCrn === undefined;
}
