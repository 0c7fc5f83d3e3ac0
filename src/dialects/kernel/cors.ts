/**
 * Which web pages of other origins may use a bucket: one configuration for every dialect, kept as the document `cors` of the
 * bucket. S3's documents show it whole; the three headers of Swift are one rule of it (nhn-openstack.md, section 17).
 *
 * Matching: Amazon S3 User Guide, "Using cross-origin resource sharing (CORS)", and the Fetch standard. The first rule that
 * matches in everything decides. Origins are compared exactly, names of headers without regard to case; one `*` in either
 * stands for any characters.
 */
export interface CorsRule {
  readonly id?: string;
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
}

/** What a browser tells of a request; of the request to come, in a preflight. */
export interface CorsQuestion {
  readonly origin: string;
  readonly method: string;
  /** Names of `Access-Control-Request-Headers`. */
  readonly headers: readonly string[];
}

export const CORS_DOCUMENT = 'cors';

type Documents = Readonly<Record<string, string>>;

/** To be kept as the document `cors`; null for no rules. */
export function encodeCors(rules: readonly CorsRule[]): string | null {
  return rules.length === 0 ? null : JSON.stringify(rules);
}

const NO_RULES: readonly CorsRule[] = [];

/** Of a bucket; none when it allows no other origin. */
export function corsRulesOf(documents: Documents): readonly CorsRule[] {
  const text = documents[CORS_DOCUMENT];
  return text === undefined ? NO_RULES : (JSON.parse(text) as readonly CorsRule[]);
}

export function findCorsRule(rules: readonly CorsRule[], question: CorsQuestion): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.methods.includes(question.method) &&
      rule.origins.some((pattern) => matchesPattern(pattern, question.origin)) &&
      question.headers.every((name) =>
        rule.headers.some((pattern) => matchesPattern(pattern.toLowerCase(), name.toLowerCase())),
      ),
  );
}

function matchesPattern(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

/** Names in `Access-Control-Request-Headers`. */
export function requestedHeaders(text: string | undefined): string[] {
  if (text === undefined) return [];
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

export const CORS_VARY = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method';

/** What an answer to a question that the rule allows carries, as a flat list; the same for preflights and for what follows. */
export function corsResponseHeaders(rule: CorsRule, { origin, headers: asked }: CorsQuestion): string[] {
  const isForAll = rule.origins.includes('*');
  const headers = ['Access-Control-Allow-Origin', isForAll ? '*' : origin];
  headers.push('Access-Control-Allow-Methods', rule.methods.join(', '));
  if (asked.length > 0) headers.push('Access-Control-Allow-Headers', asked.join(', ').toLowerCase());
  if (rule.exposedHeaders.length > 0) {
    headers.push('Access-Control-Expose-Headers', rule.exposedHeaders.join(', '));
  }
  if (rule.maxAgeSeconds !== undefined) headers.push('Access-Control-Max-Age', `${rule.maxAgeSeconds}`);
  if (!isForAll) headers.push('Access-Control-Allow-Credentials', 'true');
  return headers;
}
