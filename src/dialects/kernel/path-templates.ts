/** Paths with parameters: `/accounts/{account}/users`. Segments are split as sent and decoded once. */
import { decodePercent } from '../../lib/percent-encoding.ts';

export interface MatchedPath {
  readonly template: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export interface PathTemplates {
  /** `rawPath` as sent. A final slash means nothing. Throws `PercentEncodingError`. */
  match(rawPath: string): MatchedPath | undefined;
}

export function createPathTemplates(templates: Iterable<string>): PathTemplates {
  const known = [...new Set(templates)].map((template) => ({ template, segments: segmentsOf(template) }));
  return {
    match(rawPath) {
      const segments = segmentsOf(rawPath);
      for (const { template, segments: wanted } of known) {
        const parameters = fit(wanted, segments);
        if (parameters !== undefined) return { template, parameters };
      }
      return undefined;
    },
  };
}

function fit(wanted: readonly string[], sent: readonly string[]): Map<string, string> | undefined {
  if (wanted.length !== sent.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, part] of wanted.entries()) {
    const text = decodePercent(sent[index] ?? '');
    if (part.startsWith('{')) parameters.set(part.slice(1, -1), text);
    else if (part !== text) return undefined;
  }
  return parameters;
}

function segmentsOf(path: string): string[] {
  return (path.endsWith('/') ? path.slice(0, -1) : path).split('/').slice(1);
}
