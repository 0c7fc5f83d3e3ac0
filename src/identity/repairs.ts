/**
 * Changes that may turn a denial into an allow, each with what it does to the question, so that whether it does is asked of
 * `evaluateAccess` and never guessed.
 *
 * Kinds, smallest first: what is wrong with the credential · adding to a statement that exists · a new grant · taking a denial away.
 * Within a kind the nearest comes first: the caller's own policies, then the bucket's, then lists.
 */
import { grantsOf, ownStatement, recompiled, withGrants } from './changed-questions.ts';
import { addStatement } from './edit-aws-policy.ts';
import type { AccessQuestion } from './evaluate-access.ts';
import type { Principal } from './principal.ts';
import { type Candidate, type Make, making, repairKinds } from './repair-candidates.ts';
import { denialRepairs, statementRepairs } from './repair-documents.ts';
import { grantRepairs } from './repair-grants.ts';
import { saying } from './repair-sentences.ts';

/** In order, smallest first. None of them is known to suffice. Those that cannot be stored are left out. */
export function repairCandidates(question: AccessQuestion): readonly Candidate[] {
  const found = [
    ...credentialRepairs(question),
    ...statementRepairs(question),
    ...grantRepairs(question),
    ...denialRepairs(question),
  ];
  // What opens something to everybody is never smaller than giving it to one.
  const rank = ({ kind, opensToAll }: Candidate) =>
    repairKinds.indexOf(kind) + (opensToAll === true ? 0.5 : 0);
  return found.flatMap((make) => make() ?? []).sort((left, right) => rank(left) - rank(right));
}

function* credentialRepairs(question: AccessQuestion): Generator<Make, void> {
  const { principal, resource, action } = question;
  const { account } = resource;
  if (principal.kind === 'anonymous' && account !== undefined) {
    yield () => ({
      kind: 'credential',
      ...saying({ kind: 'sign-as-owner' }),
      target: { what: 'request' },
      changed: { ...question, principal: ownerOf(account) },
    });
  }
  if (action.startsWith('admin:')) {
    yield () => ({
      kind: 'credential',
      ...saying({ kind: 'use-server-root' }),
      target: { what: 'request' },
      changed: { ...question, principal: { ...ownerOf(account ?? ''), isServerAdmin: true } },
    });
  }
  const limit = grantsOf(principal).sessionPolicy;
  const statement = ownStatement(question);
  if (limit !== undefined && limit.language === 'aws' && statement !== undefined) {
    const patch = addStatement(limit.document, statement);
    yield making(() => ({
      kind: 'credential',
      ...saying({ kind: 'widen-session' }),
      target: { what: 'session' },
      patch,
      changed: withGrants(question, {
        ...grantsOf(principal),
        sessionPolicy: { ...limit, ...recompiled(limit.document, patch, 'aws') },
      }),
    }));
  }
  const { request } = question;
  if (request?.get('aws:securetransport') === 'false') {
    const changed = { ...question, request: withValue(request, 'aws:securetransport', 'true') };
    yield () => ({
      kind: 'credential',
      ...saying({ kind: 'use-tls' }),
      target: { what: 'request' },
      changed,
    });
  }
}

/** Nobody in particular who acts for the account. */
function ownerOf(account: string): Principal & { readonly kind: 'user' } {
  return {
    kind: 'user',
    account: { id: account, name: '', enabled: true, createdAtMicros: 0 },
    user: {
      id: '',
      accountId: account,
      name: '',
      displayName: '',
      email: '',
      isRoot: false,
      role: 'operator',
      enabled: true,
      createdAtMicros: 0,
    },
    isServerAdmin: false,
  };
}

function withValue(values: NonNullable<AccessQuestion['request']>, key: string, value: string) {
  return { get: (name: string) => (name === key ? value : values.get(name)) };
}
