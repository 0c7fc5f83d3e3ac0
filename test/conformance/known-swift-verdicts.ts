/**
 * Why a case of Swift's functional suite does not pass, where somebody has looked. `not-applicable` is for what the suite skips on a
 * Swift set up as its documentation says, too. Neither counts as passed.
 */
import type { Verdict } from './known-verdicts.ts';

export const knownSwiftVerdicts: readonly Verdict[] = [];
