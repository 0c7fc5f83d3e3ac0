/**
 * Denials for those who may know about them (docs/adr/0013): administrators of the server all of it; who acts for the account that owns
 * the resource, everything but the policies of other accounts' identities; the one who was refused, what concerns its own
 * credential and its own policies. To anybody else there is no such denial.
 */
import type { AuthnError } from '../../dialects/authn/authn-errors.ts';
import { explainAuthnError } from '../../dialects/authn/explain-authn-error.ts';
import { type DoctorAddress, diagnoseSignature } from '../../dialects/authn/signature-doctor.ts';
import type { DenialFilter, DenialReader } from '../../dialects/kernel/denial-reader.ts';
import type { DenialRecord, DenialRefiner, RefinedCause } from '../../dialects/kernel/denial-record.ts';
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import { evaluateAccess } from '../../identity/evaluate-access.ts';
import { type AccessExplanation, explainDecision } from '../../identity/explain-decision.ts';
import { actsAsOwner } from '../../identity/ownership.ts';
import { type Caller, subjectOf } from '../../identity/principal.ts';
import { restoreQuestion, type StoredQuestion } from '../../identity/stored-question.ts';
import type { DenialLog } from './denial-log.ts';
import { actionOf, shownExplanation, type View } from './show-explanation.ts';

export interface DenialReaderParts {
  readonly log: Pick<DenialLog, 'find' | 'list'>;
  /** Undefined when it is not there any more. */
  findAccessKey(accessKeyId: string): Promise<AccessKeyCredential | undefined>;
  /** Under which clients may know the server. */
  readonly addresses: readonly DoctorAddress[];
  /** The same call with what is granted and stored now. Undefined when it cannot be asked again. */
  askAgain(question: StoredQuestion): Promise<boolean | undefined>;
  /** What else is to be said of it, in the words of a cloud. */
  readonly refiners: readonly DenialRefiner[];
}

const LIST_LIMIT_MAX = 1000;

export function createDenialReader(parts: DenialReaderParts): Omit<DenialReader, 'simulate'> {
  const { log } = parts;
  return {
    async find(asker, id) {
      const record = asRecord(await log.find(id));
      const view = record && (await viewOf(asker, record, parts));
      return record === undefined || view === undefined ? undefined : explain(record, view, parts);
    },
    async list(asker, filter) {
      const limit = Math.min(filter.limit, LIST_LIMIT_MAX);
      const found: DenialRecord[] = [];
      let beforeMicros = filter.beforeMicros ?? Number.MAX_SAFE_INTEGER;
      // Whether somebody may see a line can depend on records, so lines are asked for until enough may be seen.
      for (;;) {
        const lines = await log.list({ ...searchOf(asker, filter), beforeMicros, limit: limit + 1 });
        for (const line of lines) {
          const record = asRecord(line);
          if (record === undefined) continue;
          if ((await viewOf(asker, record, parts)) !== undefined) found.push(record);
        }
        const last = lines.at(-1);
        if (found.length > limit || lines.length <= limit || last === undefined) break;
        beforeMicros = Number(last['atMicros']);
      }
      const page = found.slice(0, limit);
      const next = found.length > limit ? page.at(-1)?.atMicros : undefined;
      return { denials: page.map(summaryOf), ...(next !== undefined && { next: String(next) }) };
    },
  };
}

function searchOf({ principal }: Caller, { principal: of, bucket, cause, sinceMicros = 0 }: DenialFilter) {
  const isAdmin = principal.kind === 'user' && principal.isServerAdmin;
  const own = principal.kind === 'anonymous' ? '' : principal.account.id;
  const wanted = [
    bucket === undefined ? undefined : `"bucket":${JSON.stringify(bucket)}`,
    cause === undefined ? undefined : `"cause":${JSON.stringify(cause)}`,
  ].filter((text) => text !== undefined);
  return {
    sinceMicros,
    mayMatch: (text: string) =>
      wanted.every((part) => text.includes(part)) &&
      (of === undefined || text.includes(of.replace(/^(user|service|role):/, ''))),
    matches(line: Readonly<Record<string, unknown>>) {
      const record = asRecord(line);
      if (record === undefined) return false;
      if (bucket !== undefined && record.bucket !== bucket) return false;
      if (cause !== undefined && record.cause !== cause) return false;
      if (of !== undefined && !isOf(record, of)) return false;
      // Of other accounts' lines only those about a key may be theirs.
      return (
        isAdmin || record.account === own || record.principal.account === own || record.fault !== undefined
      );
    },
  };
}

/** By id, name, or key. */
function isOf({ principal, proof, fault }: DenialRecord, text: string): boolean {
  const key = proof.kind === 'access-key' ? proof.accessKeyId : claimedKey(fault);
  const kind = principal.kind === 'role-session' ? 'role' : principal.kind;
  return [principal.id, principal.name, `${kind}:${principal.id}`, `${kind}:${principal.name}`, key].includes(
    text,
  );
}

function claimedKey(fault: DenialRecord['fault']): string | undefined {
  const details = fault?.details;
  if (details === undefined || !('accessKeyId' in details)) return undefined;
  return typeof details.accessKeyId === 'string' ? details.accessKeyId : undefined;
}

/** Undefined: there is no such denial, as far as they are told. */
async function viewOf(
  { principal }: Caller,
  record: DenialRecord,
  { findAccessKey }: Pick<DenialReaderParts, 'findAccessKey'>,
): Promise<View | undefined> {
  if (principal.kind === 'anonymous') return undefined;
  if (principal.kind === 'user' && principal.isServerAdmin) return 'all';
  if (actsAsOwner(principal, record.account)) return 'resource';
  const kind = record.principal.kind === 'role-session' ? 'role' : record.principal.kind;
  if (`${kind}:${record.principal.id}` === subjectOf(principal)) return 'own';
  const key = record.principal.kind === 'anonymous' ? claimedKey(record.fault) : undefined;
  const holder = key === undefined ? undefined : (await findAccessKey(key))?.principal;
  return holder !== undefined && subjectOf(holder) === subjectOf(principal) ? 'own' : undefined;
}

async function explain(record: DenialRecord, view: View, parts: DenialReaderParts): Promise<object> {
  const { question, fault } = record;
  const restored = question && restoreQuestion(question);
  const explanation = restored && explainDecision(restored, evaluateAccess(restored));
  const refined = view === 'own' ? [] : await refine(record, explanation, parts);
  const allowedNow = question === undefined ? undefined : await parts.askAgain(question);
  return {
    ...summaryOf(record),
    ...(question !== undefined && { action: actionOf(question.action) }),
    ...(explanation !== undefined && shownExplanation(explanation, record, view)),
    ...(fault !== undefined && {
      credential: explainAuthnError(fault as Pick<AuthnError, 'code' | 'details'>),
    }),
    ...(view !== 'resource' && (await diagnose(record, parts))),
    ...(allowedNow !== undefined && { allowedNow }),
    ...(refined.length > 0 && { candidates: refined }),
  };
}

/** With the secret as it is now. */
async function diagnose(
  { signed, fault }: DenialRecord,
  { findAccessKey, addresses }: DenialReaderParts,
): Promise<{ readonly signature?: object }> {
  const key = claimedKey(fault);
  const credential = signed === undefined || key === undefined ? undefined : await findAccessKey(key);
  if (signed === undefined || credential === undefined) return {};
  const signature = diagnoseSignature(signed, credential, addresses);
  return signature === undefined ? {} : { signature };
}

async function refine(
  record: DenialRecord,
  explanation: AccessExplanation | undefined,
  { refiners }: DenialReaderParts,
): Promise<readonly RefinedCause[]> {
  for (const { refine: ask } of refiners) {
    const found = await ask(record, explanation);
    if (found.length > 0) return found;
  }
  return [];
}

function summaryOf(record: DenialRecord) {
  const { id, atMicros, question, fault, signed, ...rest } = record;
  return { requestId: id, time: new Date(atMicros / 1000).toISOString(), ...rest };
}

/** Lines are written by this program and for its owner only. */
function asRecord(line: Readonly<Record<string, unknown>> | undefined): DenialRecord | undefined {
  return typeof line?.['id'] === 'string' && typeof line['atMicros'] === 'number'
    ? (line as unknown as DenialRecord)
    : undefined;
}
