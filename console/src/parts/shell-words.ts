/** Commands as somebody would type them. */
import type { Session } from '../api/session.ts';

/** One word of a POSIX shell, quoted when it needs to be. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function commandLine(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

function storageUrlOf(session: Session, place: string): string {
  return session.places.find(({ region }) => region === place)?.url ?? session.places[0]?.url ?? '';
}

/** `aws s3api …` at the address of that place. */
export function awsCommand(session: Session, place: string, ...words: readonly string[]): string {
  return commandLine('aws', '--endpoint-url', storageUrlOf(session, place), '--region', place, ...words);
}
