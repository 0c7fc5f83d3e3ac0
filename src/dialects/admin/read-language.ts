import type { PolicyLanguage } from '../../identity/grants.ts';
import { AdminError } from './admin-errors.ts';

const languages: readonly PolicyLanguage[] = ['aws', 'ibm', 'scp'];

/** Throws InvalidRequest. */
export function readLanguage(text: string): PolicyLanguage {
  const language = languages.find((known) => known === text);
  if (language === undefined) {
    throw new AdminError(400, 'InvalidRequest', `Language must be one of ${languages.join(', ')}.`);
  }
  return language;
}
