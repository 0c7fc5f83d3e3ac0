import { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { submitDraft } from '../retry-commit.ts';

/**
 * One kind of background work. A step is one slice: it takes a fresh view, reads at most about 1,000 rows, makes at most
 * one commit, and answers whether more is waiting. Every step may be the last one before a crash: what is left behind
 * is found by the next. Two processes that do the same at once (one was thought dead) harm nothing.
 */
export interface Job {
  readonly name: string;
  step(): Promise<boolean>;
}

/** A commit that frees space or keeps books: it goes on when the disk is full. */
export function housekeepingDraft(context: CoreContext): CommitDraft {
  const draft = new CommitDraft(context.metadata.newCommitId());
  draft.effect = 'shrink';
  return draft;
}

/** A conflict is no failure: somebody was faster, and the next step sees what is left. Answers whether it was committed. */
export async function commitStep(context: CoreContext, draft: CommitDraft): Promise<boolean> {
  return draft.isEmpty || submitDraft(context, draft);
}
