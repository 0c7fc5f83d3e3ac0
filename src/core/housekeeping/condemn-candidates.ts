/**
 * First half of reclaiming (docs/adr/0002-keys-references-reclaiming.md): what has lost a reference and has no other is
 * unreachable for ever, because references are only made from live references that the same commit checks.
 *
 * Whoever still reads it began before the last reference went. Condemning stamps it with the current round; the commit
 * checks the round, so that the stamp is never older than the round in which the set was seen empty.
 */
import type { Entry, Row } from '../../storage/contract/metadata-store.ts';
import { decodeReclaimable, encodeReclaimable, type SharedBody } from '../body-records.ts';
import type { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { type BodyId, blobOfBodyId, rangeOfSpace, space } from '../metadata-keys.ts';
import {
  blobReferenceRange,
  bodyReferenceRange,
  condemnedKey,
  parseCandidateKey,
  type Reclaimable,
  roundKey,
} from '../reclaiming-keys.ts';
import { decodeRound } from '../round-records.ts';
import { commitStep, housekeepingDraft, type Job } from './job.ts';
import { releasePieces } from './release-pieces.ts';

/** One check for each, and one for the round. */
const CANDIDATES_PER_STEP = 60;

export function createCondemnCandidates(context: CoreContext): Job {
  // After a conflict fewer are tried together, so that one that keeps changing does not hold up the others.
  let batch = CANDIDATES_PER_STEP;
  return {
    name: 'condemn-candidates',
    async step() {
      context.metadata.refresh();
      const candidates = await context.metadata.scan(rangeOfSpace(space.candidate), batch);
      if (candidates.length === 0) return false;
      const draft = housekeepingDraft(context);
      const round = await context.metadata.get(roundKey);
      draft.check(roundKey, round);
      for (const candidate of candidates) await judge(context, draft, candidate, round);
      const isCommitted = await commitStep(context, draft);
      const isMore = candidates.length === batch || !isCommitted;
      batch = isCommitted ? Math.min(batch * 2, CANDIDATES_PER_STEP) : Math.max(1, batch >> 1);
      return isMore;
    },
  };
}

async function judge(
  context: CoreContext,
  draft: CommitDraft,
  candidate: Row,
  round: Entry | undefined,
): Promise<void> {
  const { kind, id } = parseCandidateKey(candidate.key);
  // Written anew whenever a reference goes: so "still as it was" means that no reference has gone since it was read.
  draft.check(candidate.key, candidate);
  draft.delete(candidate.key);
  if (await isReferenced(context, kind, id)) return;
  const body = decodeReclaimable(candidate.value);
  if (body?.kind === 'pieces') releaseAtOnce(draft, body);
  else {
    const condemned = condemnedKey(round === undefined ? 0 : decodeRound(round.value), kind, id);
    draft.put(condemned, encodeReclaimable(body));
  }
}

async function isReferenced(context: CoreContext, kind: Reclaimable, id: BodyId): Promise<boolean> {
  const range = kind === 'body' ? bodyReferenceRange(id) : blobReferenceRange(blobOfBodyId(id));
  return (await context.metadata.scan(range, 1)).length > 0;
}

/**
 * Nobody reads anything of a body that stood in its record: readers have copied its list of pieces. Its blobs, which they
 * read, get a round of their own.
 */
function releaseAtOnce(draft: CommitDraft, body: Extract<SharedBody, { kind: 'pieces' }>): void {
  releasePieces(draft, body.id, body.pieces);
}
