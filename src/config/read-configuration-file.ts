/**
 * The configuration file: one `NAME=value` per line with the names of the environment, so that a setting is called the
 * same wherever it is made. `#` begins a comment line; a value may stand in quotes. A line that is anything else is a
 * mistake and not passed over.
 */
import { readFileSync } from 'node:fs';

export interface ConfigurationFile {
  readonly values: ReadonlyMap<string, string>;
  /** Sentences. */
  readonly problems: readonly string[];
}

export function readConfigurationFile(path: string): ConfigurationFile {
  try {
    return parseConfigurationFile(readFileSync(path, 'utf8'), path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const words = reason === 'ENOENT' ? 'it does not exist' : reason;
    return { values: new Map(), problems: [`The configuration file ${path} cannot be read: ${words}.`] };
  }
}

export function parseConfigurationFile(text: string, path: string): ConfigurationFile {
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const match = /^([A-Z][A-Z0-9_]*)\s*=\s*(.*)$/.exec(line);
    const name = match?.[1];
    if (name === undefined) {
      problems.push(`Line ${index + 1} of ${path} is not of the form NAME=value.`);
    } else if (values.has(name)) {
      problems.push(`Line ${index + 1} of ${path} sets ${name} a second time.`);
    } else {
      values.set(name, unquote(match?.[2] ?? ''));
    }
  }
  return { values, problems };
}

function unquote(text: string): string {
  const quote = text[0];
  const isQuoted = text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote);
  return isQuoted ? text.slice(1, -1) : text;
}
