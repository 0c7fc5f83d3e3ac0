import { clientOptions, connectAdmin, readCredentialsOrExplain } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import { type CommandDeclaration, cliExitCodes } from '../command-declaration.ts';
import { printFields } from '../print-table.ts';

const credentials: CommandDeclaration = {
  words: ['credentials'],
  summary: 'Show the root key pair that the first start has made',
  details: 'Reads a file that only the owner of the data directory may read; no server is needed.',
  arguments: [],
  options: clientOptions.filter(({ flag }) => flag !== '--endpoint'),
  run(input, context) {
    const { dataDirectory } = context.locateServer(input);
    const columns = [
      { title: 'Access key', member: 'accessKeyId' },
      { title: 'Secret key', member: 'secretKey' },
      { title: 'Account', member: 'accountId' },
      { title: 'User', member: 'userName' },
    ];
    printFields({ ...readCredentialsOrExplain(dataDirectory) }, columns, input, context);
    return Promise.resolve(cliExitCodes.ok);
  },
};

const status: CommandDeclaration = {
  words: ['status'],
  summary: 'Show version, uptime, workers, regions and how much is stored',
  arguments: [],
  options: clientOptions,
  async run(input, context) {
    const answer = await connectAdmin(input, context).get('/status');
    if (input.has('--json')) {
      context.write(`${JSON.stringify(answer, null, 2)}\n`);
      return cliExitCodes.ok;
    }
    const [workers, store] = [recordIn(answer, 'workers'), recordIn(answer, 'store')];
    const scrub = recordIn(answer, 'scrub');
    const findings = Array.isArray(scrub['findings']) ? scrub['findings'] : [];
    const { regions } = answer;
    const fields: readonly (readonly [string, unknown])[] = [
      ['Version', answer['version']],
      ['Started', answer['startedAt']],
      ['Uptime', `${String(answer['uptimeSeconds'])} s`],
      ['Workers', `${String(workers['listening'])} of ${String(workers['configured'])}`],
      ['Restarts', workers['restarts']],
      ['Regions', Array.isArray(regions) ? regions.join(', ') : ''],
      ['Accounts', store['accounts']],
      ['Buckets', store['buckets']],
      ['Objects', store['objects']],
      ['Bytes', store['bytes']],
      ['Last scrubbed', scrub['completedAt']],
      ['Damage found', findings.length === 0 ? 'none' : `${findings.length} findings: run gotgan check`],
    ];
    const columns = fields.map(([title]) => ({ title, member: title }));
    printFields(Object.fromEntries(fields), columns, input, context);
    return cliExitCodes.ok;
  },
};

const version: CommandDeclaration = {
  words: ['version'],
  summary: 'Show the version of this program',
  arguments: [],
  options: [],
  run(_input, context) {
    context.write(`gotgan ${context.version}\n`);
    return Promise.resolve(cliExitCodes.ok);
  },
};

export const serverCommands: readonly CommandDeclaration[] = [credentials, status, version];
