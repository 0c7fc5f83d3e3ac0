import { ConsoleError } from './console-errors.ts';

/** A JSON object of texts, as all bodies of the console's own are. Throws InvalidRequest. */
export function readTexts(body: Buffer): Partial<Record<string, string>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ConsoleError('InvalidRequest');
  }
  if (typeof value !== 'object' || value === null) throw new ConsoleError('InvalidRequest');
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => {
      if (typeof member !== 'string') throw new ConsoleError('InvalidRequest');
      return [name, member];
    }),
  );
}
