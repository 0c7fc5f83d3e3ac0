import { encodeStrict } from '../../lib/percent-encoding.ts';
import { clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import { type CommandDeclaration, cliExitCodes } from '../command-declaration.ts';
import { createProgressLine } from '../progress-line.ts';

const rotate: CommandDeclaration = {
  words: ['keys', 'rotate-master'],
  summary: 'Make a new master key and seal every stored secret under it, while the server runs',
  details:
    'Keys, tokens and passwords stay as they are. The older master key leaves the file at the next start of the server, once nothing ' +
    'is sealed under it any more. Cut short, the command can simply be run again. Copy the new master.key to where the old one is kept.',
  arguments: [],
  options: clientOptions,
  async run(input, context) {
    const client = connectAdmin(input, context);
    const { id } = recordIn(await client.post('/master-keys', {}), 'masterKey');
    const progress = createProgressLine(context);
    let resealed = 0;
    // Twice: a request that had begun before the new key may have sealed something under the old one behind the first round.
    for (const round of ['secrets sealed anew', 'second look']) {
      for (let after: string | undefined = ''; after !== undefined; ) {
        const slice = await client.post(`/master-keys/resealing?after=${encodeStrict(after)}`, {});
        resealed += Number(slice['resealed']);
        progress.show(round, resealed);
        after = typeof slice['next'] === 'string' ? slice['next'] : undefined;
      }
    }
    progress.clear();
    const result = { masterKey: id, resealed };
    context.write(
      input.has('--json')
        ? `${JSON.stringify(result)}\n`
        : `Master key ${String(id)} is in use, ${resealed} secrets are sealed under it. Restart the server to forget the older key.\n`,
    );
    return cliExitCodes.ok;
  },
};

export const masterKeyCommands: readonly CommandDeclaration[] = [rotate];
