import { readFileSync } from 'node:fs';
import { CliError, cliExitCodes } from './command-declaration.ts';

const STANDARD_INPUT = 0;

/** A JSON object in a file, or with `-` on standard input. Throws `CliError`. */
export function readDocument(path: string): object {
  const text = readText(path);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`${path} is no JSON: ${reason}.`, cliExitCodes.usage);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new CliError(`${path} holds no JSON object.`, cliExitCodes.usage);
  }
  return document;
}

/** A file as it is, or with `-` standard input. Throws `CliError`. */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? STANDARD_INPUT : path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`${path} cannot be read: ${reason}.`, cliExitCodes.usage);
  }
}
