/** The lease under which a backup runs beside a server: a request that stays open (see the admin operation HoldReclaiming). */
import { connectionOf, signedHeaders, unreachable } from './admin-client.ts';
import { CliError, type CommandContext, type CommandInput } from './command-declaration.ts';

export interface ReclaimingHold {
  /** Throws when the server has let go meanwhile: what was copied since may not be whole. */
  assertHeld(): void;
  release(): void;
}

/** Resolves when the server has confirmed it. Throws `CliError`. */
export async function holdReclaiming(input: CommandInput, context: CommandContext): Promise<ReclaimingHold> {
  const connection = connectionOf(input, context);
  const { url, headers } = signedHeaders(connection, 'POST', '/reclaiming-hold');
  const leaving = new AbortController();
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', headers, redirect: 'error', signal: leaving.signal });
  } catch (error) {
    throw unreachable(connection, error);
  }
  const reader = response.body?.getReader();
  if (!response.ok || reader === undefined || (await reader.read()).done) {
    leaving.abort();
    throw new CliError(`The server at ${connection.endpoint} refuses a backup (${response.status}).`);
  }
  let isLost = false;
  const watch = async (): Promise<void> => {
    while (!(await reader.read()).done);
  };
  const lose = (): void => {
    isLost = true;
  };
  void watch().then(lose, lose);
  return {
    assertHeld() {
      if (isLost) {
        throw new CliError(
          'The server went away during the backup, which is not whole: remove it and begin again.',
        );
      }
    },
    release: () => leaving.abort(),
  };
}
