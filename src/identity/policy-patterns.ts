/**
 * Text with wildcards and variables, as policies write it: `*` for any characters, `?` for one, `${aws:username}` for what the
 * request says, `${key, 'default'}` where it may say nothing, `${*}`, `${?}` and `${$}` for the characters themselves (IAM User
 * Guide, "IAM policy elements: Variables and tags"). What a variable stands for is literal: a user called `*` is one user.
 *
 * Matching never backtracks: between two stars the leftmost place that fits is as good as any other, so every run of
 * characters is looked for once.
 */

/** What a variable stands for; undefined when the request does not say. */
export type ResolveVariable = (key: string) => string | undefined;

const ANY = 0;
const ONE = 1;

interface Variable {
  readonly key: string;
  readonly fallback: string | undefined;
}

type Part = string | typeof ANY | typeof ONE | Variable;

/** A run of characters between stars; at the places in `ones` every character fits. */
interface Run {
  readonly text: string;
  readonly ones: ReadonlySet<number> | undefined;
}

interface Glob {
  /** Between the stars; one more than there are stars. */
  readonly runs: readonly Run[];
}

export interface Pattern {
  readonly source: string;
  readonly hasWildcard: boolean;
  /** Keys in lower case. */
  readonly variables: readonly string[];
  readonly parts: readonly Part[];
  /** Ready unless there are variables. */
  readonly glob: Glob | undefined;
}

export interface PatternRules {
  /** Of 2012-10-17; earlier ones are text. */
  readonly variables: boolean;
  readonly wildcards: boolean;
}

export class PatternSyntaxError extends Error {
  override readonly name = 'PatternSyntaxError';
}

/** Throws `PatternSyntaxError` for a variable that does not end or has no name. */
export function compilePattern(source: string, rules: PatternRules): Pattern {
  const parts = readParts(source, rules);
  const variables = parts.flatMap((part) => (typeof part === 'object' ? [part.key] : []));
  const glob = variables.length === 0 ? globOf(parts, () => undefined) : undefined;
  return { source, hasWildcard: parts.some((part) => part === ANY || part === ONE), variables, parts, glob };
}

/** A pattern with a variable that the request says nothing about, and no default, matches nothing. */
export function matchesPattern({ glob, parts }: Pattern, text: string, resolve: ResolveVariable): boolean {
  const ready = glob ?? globOf(parts, resolve);
  return ready !== undefined && fits(ready, text);
}

const VARIABLE = /^\$\{\s*([^{}$,'\s]+|\$)\s*(?:,\s*'([^']*)'\s*)?\}/;
const SPECIAL = new Set(['*', '?', '$']);

function readParts(source: string, { variables, wildcards }: PatternRules): Part[] {
  const parts: Part[] = [];
  let text = '';
  const push = (part: Part) => {
    if (text !== '') parts.push(text);
    text = '';
    parts.push(part);
  };
  for (let at = 0; at < source.length; at++) {
    const character = source[at]!;
    if (wildcards && character === '*') push(ANY);
    else if (wildcards && character === '?') push(ONE);
    else if (variables && character === '$' && source[at + 1] === '{') {
      // Bounded, so that a document of `${` alone costs no more than its length.
      const match = VARIABLE.exec(source.slice(at, at + VARIABLE_LENGTH_MAX));
      if (match === null) throw new PatternSyntaxError(source.slice(at, at + 64));
      const [whole, key = '', fallback] = match;
      if (SPECIAL.has(key)) text += key;
      else push({ key: key.toLowerCase(), fallback });
      at += whole.length - 1;
    } else text += character;
  }
  if (text !== '') parts.push(text);
  return parts;
}

const VARIABLE_LENGTH_MAX = 512;

function globOf(parts: readonly Part[], resolve: ResolveVariable): Glob | undefined {
  const runs: Run[] = [];
  let text = '';
  let ones: Set<number> | undefined;
  for (const part of parts) {
    if (part === ANY) {
      runs.push({ text, ones });
      text = '';
      ones = undefined;
    } else if (part === ONE) {
      ones ??= new Set();
      ones.add(text.length);
      text += '?';
    } else if (typeof part === 'string') text += part;
    else {
      const value = resolve(part.key) ?? part.fallback;
      if (value === undefined) return undefined;
      text += value;
    }
  }
  runs.push({ text, ones });
  return { runs };
}

function fits({ runs }: Glob, text: string): boolean {
  const first = runs[0]!;
  if (runs.length === 1) return text.length === first.text.length && runFitsAt(first, text, 0);
  const last = runs[runs.length - 1]!;
  const end = text.length - last.text.length;
  if (end < first.text.length || !runFitsAt(first, text, 0) || !runFitsAt(last, text, end)) return false;
  let from = first.text.length;
  for (let index = 1; index < runs.length - 1; index++) {
    const run = runs[index]!;
    const at = findRun(run, text, from, end);
    if (at < 0) return false;
    from = at + run.text.length;
  }
  return from <= end;
}

/** Where the run fits first, not reaching beyond `end`; -1 when nowhere. */
function findRun(run: Run, text: string, from: number, end: number): number {
  const latest = end - run.text.length;
  if (run.ones === undefined) {
    const at = text.indexOf(run.text, from);
    return at <= latest ? at : -1;
  }
  for (let at = from; at <= latest; at++) if (runFitsAt(run, text, at)) return at;
  return -1;
}

function runFitsAt({ text: wanted, ones }: Run, text: string, at: number): boolean {
  if (ones === undefined) return text.startsWith(wanted, at);
  if (at + wanted.length > text.length) return false;
  for (let index = 0; index < wanted.length; index++) {
    if (!ones.has(index) && text.charCodeAt(at + index) !== wanted.charCodeAt(index)) return false;
  }
  return true;
}
