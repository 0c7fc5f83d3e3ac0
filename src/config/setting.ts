/** What a setting is, for the tables of them. */

export interface Setting<T = unknown> {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** As one would write it; undefined: unset. */
  readonly fallback?: string;
  /** Shown instead of `fallback` where that depends on the machine. */
  readonly fallbackShown?: string;
  /** Never shown, also not when it is wrong; no flag. */
  readonly isSecret?: boolean;
  readonly onFirstStartOnly?: boolean;
  parse(text: string): T;
}

type WithFallback<T> = Setting<T> & { readonly fallback: string };

export function setting<T>(declared: WithFallback<T>): WithFallback<T>;
export function setting<T>(declared: Setting<T>): Setting<T>;
export function setting<T>(declared: Setting<T>): Setting<T> {
  return declared;
}
