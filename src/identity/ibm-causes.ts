/**
 * Why IBM's access policies did not permit a call, in words (ibm-cos.md, section 12.3). Policies are ranked by how many of their parts do
 * not fit, and the nearest is explained; among equals the most specific, then the newest. Every cause has a stable code, and where a
 * policy would have permitted the call, the policy as it can be posted to `/v2/policies`, which the engine has been asked about.
 */
import type { AccessQuestion } from './evaluate-access.ts';
import { evaluateAccess } from './evaluate-access.ts';
import { ibmNameOf } from './ibm-actions.ts';
import { COS_SERVICE, looksLikeCrn } from './ibm-crn.ts';
import type { IbmPolicyDocument } from './ibm-policies.ts';
import { type AttributePart, type PolicyParts, partsOf } from './ibm-policy-parts.ts';
import { ibmRepair, lowestRoleFor, rolesWith } from './ibm-repairs.ts';
import { describeBucketName } from './ibm-target-mistakes.ts';
import { policyRequestOf } from './policy-layers.ts';

export interface IbmCause {
  readonly code: string;
  readonly wording: string;
  readonly evidence?: object;
  readonly repair?: object;
}

export interface KnownPolicy {
  readonly id: string;
  readonly document: IbmPolicyDocument;
  readonly createdAtMicros: number;
}

export interface IbmFacts {
  readonly question: AccessQuestion;
  readonly atMicros: number;
  /** IBM's id of the caller. */
  readonly iamId: string;
  /** What the caller had, directly and through groups. */
  readonly own: readonly KnownPolicy[];
  /** What it has now and had not then. */
  readonly newer: readonly KnownPolicy[];
  /** What others of the account have, and who: a user, a service ID or a group. */
  readonly others: readonly (KnownPolicy & { readonly holder: string })[];
  /** Names of buckets of the account. */
  readonly bucketNames: readonly string[];
  /** The newest policy of the caller that was deleted. */
  readonly lastDeleted?: { readonly atMicros: number; readonly by: string };
  /** The credential was made with no role. */
  readonly isRoleless: boolean;
  /** It is a key pair and not a token. */
  readonly byPair: boolean;
}

/** That are named. */
const HOLDERS_MAX = 5;

interface Ranked extends KnownPolicy {
  readonly parts: PolicyParts;
}

/** Those that remain equally near. */
export function ibmCauses(facts: IbmFacts): readonly IbmCause[] {
  const { question } = facts;
  const context = new CauseContext(facts);
  const now = context.permitting(facts.newer).at(-1);
  if (now !== undefined) return [context.notEffectiveYet(now)];
  if (question.action === 'object:copy-source' || question.action === 'object:copy-source-version') {
    return [context.copySource()];
  }
  const own = context.rank(facts.own);
  const nearest = own.filter(({ parts }) => parts.failures === own[0]?.parts.failures);
  const others = context.permitting(facts.others);
  // A policy that fails in more than one place is no better an explanation than one that fits but is somebody else's.
  if (nearest.length === 0) return context.noneOfItsOwn(others);
  if (others.length > 0 && (nearest[0]?.parts.failures ?? 0) > 1) return [context.wrongSubject(others)];
  const causes = nearest.map((policy) => context.explain(policy));
  const byCode = new Map(causes.map((cause) => [cause.code, cause] as const).reverse());
  return [...byCode.values()].reverse();
}

class CauseContext {
  readonly #facts: IbmFacts;
  readonly #actionName: string | undefined;
  readonly #values;

  constructor(facts: IbmFacts) {
    this.#facts = facts;
    this.#actionName = ibmNameOf(facts.question.action);
    this.#values = policyRequestOf(facts.question).values;
  }

  get #bucket(): string {
    return this.#facts.question.resource.bucket ?? '';
  }

  get #instance(): string {
    const found = this.#values.get('ibm:serviceinstance');
    return typeof found === 'string' ? found : '';
  }

  /** IBM's name of the action, without the service. */
  get #action(): string {
    return (this.#actionName ?? this.#facts.question.action).replace(`${COS_SERVICE}.`, '');
  }

  rank(policies: readonly KnownPolicy[]): readonly Ranked[] {
    return policies
      .filter(({ document }) => document.type === 'access')
      .map((policy) => ({ ...policy, parts: partsOf(policy.document, this.#actionName, this.#values) }))
      .sort(
        (a, b) =>
          a.parts.failures - b.parts.failures ||
          b.document.resource.length - a.document.resource.length ||
          b.createdAtMicros - a.createdAtMicros,
      );
  }

  permitting<P extends KnownPolicy>(policies: readonly P[]): readonly P[] {
    return policies.filter(
      ({ document }) => partsOf(document, this.#actionName, this.#values).failures === 0,
    );
  }

  explain(policy: Ranked): IbmCause {
    const { attributes, failedConditions, roles } = policy.parts;
    const failed = new Set(attributes.filter(({ ok }) => !ok).map(({ key }) => key));
    const isOnlyTarget =
      failed.size > 0 && [...failed].every((key) => key === 'resource' || key === 'resourceType');
    if (isOnlyTarget) {
      return this.#facts.question.action === 'account:list-buckets'
        ? this.#listNeedsInstance(policy)
        : this.#targetMismatch(policy);
    }
    if (failed.has('serviceInstance')) return this.#wrongInstance(policy);
    if (failed.size > 0) return this.#targetMismatch(policy);
    if (!roles.some(({ containsAction }) => containsAction)) {
      return roles.every(({ kind }) => kind === 'platform')
        ? this.#platformRole(policy)
        : this.#roleLacks(policy);
    }
    return this.#conditionFalse(policy, failedConditions);
  }

  #targetMismatch(policy: Ranked): IbmCause {
    const attribute = policy.parts.attributes.find(({ key, ok }) => key === 'resource' && !ok);
    const wanted = typeof attribute?.wanted === 'string' ? attribute.wanted : undefined;
    const role = policy.parts.roles.find(({ containsAction }) => containsAction)?.role;
    const what =
      wanted === undefined
        ? `does not name ${this.#bucket}`
        : `names ${wanted} as resource, which is ${describeBucketName(wanted, {
            bucket: this.#bucket,
            instance: this.#instance,
            others: this.#facts.bucketNames,
          })}`;
    const then = role === undefined ? '' : ` The role ${role} would then allow ${this.#action}.`;
    return {
      code: 'policy-target-mismatch',
      wording:
        `Policy ${policy.id} ${what}. For object storage it has to be the bucket name. Set resourceType to bucket and ` +
        `resource to ${this.#bucket}.${then}`,
      evidence: this.#evidence(policy),
      ...this.#repair(policy.document.roles.map(({ role_id }) => role_id)),
    };
  }

  #platformRole(policy: Ranked): IbmCause {
    const names = policy.parts.roles.map(({ role }) => role).join(', ');
    const lowest = lowestRoleFor(this.#actionName);
    return {
      code: 'platform-role-only',
      wording:
        `Policy ${policy.id} covers ${this.#bucket || 'the instance'}, but ${names} is a platform role: it manages the ` +
        `instance and opens no data. Add a service role; ${this.#action} needs at least ${lowest?.displayName ?? 'another right'}.`,
      evidence: this.#evidence(policy),
      ...this.#repair(),
    };
  }

  #roleLacks(policy: Ranked): IbmCause {
    const names = policy.parts.roles.map(({ role }) => role).join(', ');
    const holders = rolesWith(this.#actionName).map(({ displayName }) => displayName);
    return {
      code: 'role-lacks-action',
      wording:
        `${this.#facts.iamId} has ${names} on ${this.#bucket || 'the instance'}. ${this.#action} is in ` +
        `${holders.length === 0 ? 'no role' : holders.join(', ')}.`,
      evidence: this.#evidence(policy),
      ...this.#repair(),
    };
  }

  #listNeedsInstance(policy: Ranked): IbmCause {
    const buckets = new Set(
      this.#facts.own.flatMap(({ document }) =>
        document.resource.flatMap(({ key, value }) => (key === 'resource' ? [String(value)] : [])),
      ),
    );
    return {
      code: 'list-needs-instance',
      wording:
        `Listing buckets is a right on the whole instance. ${this.#facts.iamId} has access to ${buckets.size} bucket(s) only. ` +
        `Ask for these buckets by name, or grant a role with get_account_buckets on instance ${this.#instance} without ` +
        'resourceType and resource.',
      evidence: this.#evidence(policy),
      ...this.#repair(),
    };
  }

  #wrongInstance(policy: Ranked): IbmCause {
    const attribute = policy.parts.attributes.find(({ key }) => key === 'serviceInstance');
    const wanted = String(attribute?.wanted ?? '');
    const wording = looksLikeCrn(wanted)
      ? `Policy ${policy.id} has a CRN in serviceInstance; write the GUID ${this.#instance}.`
      : `${this.#bucket || 'What was asked for'} lives in instance ${this.#instance}; policy ${policy.id} is for ${wanted}.`;
    return {
      code: 'wrong-instance',
      wording,
      evidence: this.#evidence(policy),
      ...this.#repair(policy.document.roles.map(({ role_id }) => role_id)),
    };
  }

  #conditionFalse(policy: Ranked, failed: readonly AttributePart[]): IbmCause {
    const [leaf] = failed;
    const name = leaf?.key.replace(/[{}]|resource\.attributes\.|environment\.attributes\./g, '') ?? '';
    const isMissing = leaf?.got === undefined && /path|prefix|delimiter/.test(leaf?.key ?? '');
    const hint = isMissing
      ? ` ${this.#action} has no ${name}: a policy about it blocks this action unless it also permits what has none (stringExists false).`
      : leaf?.operator === 'stringEquals' && leaf.key.includes('prefix')
        ? ' stringEquals permits exactly this prefix; for everything below it use stringMatch and a star.'
        : '';
    return {
      code: 'condition-false',
      wording:
        `Policy ${policy.id} covers the call but for its rule: ${name} is ${JSON.stringify(leaf?.got ?? null)}, and ` +
        `${leaf?.operator} ${JSON.stringify(leaf?.wanted)} is asked for.${hint}`,
      evidence: { ...this.#evidence(policy), failedConditions: failed },
      ...this.#repair(policy.document.roles.map(({ role_id }) => role_id)),
    };
  }

  /** Both readings are open: it was forgotten, or given to somebody else. What points to the one or the other goes first. */
  noneOfItsOwn(others: readonly (KnownPolicy & { readonly holder: string })[]): readonly IbmCause[] {
    const { lastDeleted, isRoleless } = this.#facts;
    if (others.length === 0) return [this.noPolicy()];
    const namesBucket = others.some(({ document }) =>
      document.resource.some(({ key, value }) => key === 'resource' && value === this.#bucket),
    );
    const isForgotten = lastDeleted !== undefined || isRoleless || !namesBucket;
    return isForgotten
      ? [this.noPolicy(), this.wrongSubject(others)]
      : [this.wrongSubject(others), this.noPolicy()];
  }

  wrongSubject(others: readonly (KnownPolicy & { readonly holder: string })[]): IbmCause {
    const { iamId, byPair } = this.#facts;
    const holders = [...new Set(others.map(({ holder }) => holder))].slice(0, HOLDERS_MAX);
    const attach = `Attach it to ${iamId}, or add ${iamId} to the group.`;
    return {
      code: byPair ? 'hmac-other-identity' : 'wrong-subject',
      wording: byPair
        ? `The key pair belongs to ${iamId}, not to ${holders.join(', ')}, who has the needed right. ${attach}`
        : `No policy names ${iamId}. A policy with the needed right exists for ${holders.join(', ')}. ${attach}`,
      evidence: { policies: others.map(({ id, holder }) => ({ id, holder })) },
      ...this.#repair(others[0]?.document.roles.map(({ role_id }) => role_id)),
    };
  }

  noPolicy(): IbmCause {
    const { iamId, lastDeleted, isRoleless } = this.#facts;
    const deleted =
      lastDeleted === undefined
        ? ''
        : `, the last one was deleted at ${new Date(lastDeleted.atMicros / 1000).toISOString()} by ${lastDeleted.by}`;
    const none = isRoleless ? ' Its credential was created with role None.' : '';
    return {
      code: 'no-policy',
      wording: `${iamId} has no access policy${deleted}.${none} Grant a role on ${this.#bucket || 'the instance'} or on the instance.`,
      ...this.#repair(),
    };
  }

  notEffectiveYet(policy: KnownPolicy): IbmCause {
    const time = (micros: number) => new Date(micros / 1000).toISOString();
    return {
      code: 'not-effective-yet',
      wording:
        `Refused at ${time(this.#facts.atMicros)}; policy ${policy.id}, created at ${time(policy.createdAtMicros)}, allows it now. ` +
        'Try again. Changes of policies count from the next request on: this one was made after the call.',
      evidence: { policy: policy.id },
    };
  }

  copySource(): IbmCause {
    const holders = rolesWith(this.#actionName).map(({ displayName }) => displayName);
    return {
      code: 'copy-source-denied',
      wording:
        `${this.#facts.iamId} may not read the source of the copy, ${this.#bucket}: ${this.#action} is in ${holders.join(', ')}. ` +
        'The target is not what was refused.',
      ...this.#repair(),
    };
  }

  #evidence(policy: Ranked): object {
    const { attributes, roles } = policy.parts;
    return { policy: policy.id, attributes, roles };
  }

  /** Only what the engine says is enough. */
  #repair(roleIds?: readonly string[]): { readonly repair?: object } {
    const { question, iamId } = this.#facts;
    const made = ibmRepair(question, iamId, this.#instance, roleIds);
    if (made === undefined || !evaluateAccess(made.changed).allowed) {
      return roleIds === undefined ? {} : this.#repair();
    }
    return { repair: made.policy };
  }
}
