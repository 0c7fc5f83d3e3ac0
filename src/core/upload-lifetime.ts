import type { Bucket } from './model.ts';

const LIFETIME_DOCUMENT = 'lifetime-rules';
const DAY_MICROS = 86_400_000_000;

export interface Lifetime {
  readonly days: number;
  /** A bucket of the same account and place. Undefined: it is deleted. */
  readonly transferTo?: string;
}

export interface PrefixLifetime extends Lifetime {
  readonly name: string;
  readonly prefix: string;
}

/** The first rule whose prefix fits wins; without one the default. */
export interface LifetimeRules {
  readonly default?: Lifetime;
  readonly rules?: readonly PrefixLifetime[];
}

/** For the `documents` of a bucket. */
export function lifetimeDocument(rules: LifetimeRules): Record<string, string | null> {
  const isEmpty = rules.default === undefined && (rules.rules ?? []).length === 0;
  return { [LIFETIME_DOCUMENT]: isEmpty ? null : JSON.stringify(rules) };
}

export function lifetimeRulesOf({ documents }: Pick<Bucket, 'documents'>): LifetimeRules | undefined {
  const text = documents[LIFETIME_DOCUMENT];
  return text === undefined ? undefined : (JSON.parse(text) as LifetimeRules);
}

export function ruleFor(rules: LifetimeRules | undefined, key: string): Lifetime | undefined {
  return rules?.rules?.find(({ prefix }) => key.startsWith(prefix)) ?? rules?.default;
}

/** When what is uploaded now expires, unless the request says otherwise. */
export function expiryOfUpload(
  bucket: Pick<Bucket, 'documents'>,
  key: string,
  nowMicros: number,
): number | undefined {
  const rule = ruleFor(lifetimeRulesOf(bucket), key);
  return rule === undefined ? undefined : nowMicros + rule.days * DAY_MICROS;
}
