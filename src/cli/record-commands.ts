/**
 * Commands about records of the admin API. A file in `commands/` says what its kind of record is called, where it is and which columns it
 * has; here is what listing, making, changing and removing one have in common.
 */
import { type AdminClient, adminPath, clientOptions, connectAdmin } from './admin-client.ts';
import { recordIn } from './answers.ts';
import {
  type ArgumentDeclaration,
  type CommandContext,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
  type OptionDeclaration,
} from './command-declaration.ts';
import { type Column, printFields, printJson, printRows } from './print-table.ts';

/** A path of the admin API, with the arguments and options that it is made from. */
export interface RecordPlace {
  readonly arguments: readonly ArgumentDeclaration[];
  readonly options: readonly OptionDeclaration[];
  path(input: CommandInput): string;
}

export interface RecordKind {
  /** First word of its commands. */
  readonly word: string;
  /** In `Removed access key ...`. Default: the word. */
  readonly noun?: string;
  /** Of an answer with one record. Absent: the answer is the record. */
  readonly member?: string;
  /** Of an answer with many. */
  readonly listMember: string;
  readonly all: RecordPlace;
  readonly one: RecordPlace;
  readonly columns: readonly Column[];
}

/** What `--help` says. Arguments and options: those beside the ones of the place. */
interface Wording extends Pick<CommandDeclaration, 'summary' | 'details' | 'examples'> {
  readonly word: string;
  readonly arguments?: readonly ArgumentDeclaration[];
  readonly options?: readonly OptionDeclaration[];
}

export const descriptionOption: OptionDeclaration = {
  flag: '--description',
  value: 'TEXT',
  summary: 'What it is for',
};

/** The root of the API. */
export const server: RecordPlace = { arguments: [], options: [], path: () => '' };

/** The account that `--account` names; `:own` is that of the caller. */
export const account: RecordPlace = {
  arguments: [],
  options: [
    {
      flag: '--account',
      value: 'ACCOUNT',
      summary: 'Id or name of the account (default: that of the caller)',
    },
  ],
  path: (input) => adminPath`/accounts/${input.option('--account') ?? ':own'}`,
};

/** Of a collection below another place. `argument` names one record of it. */
export function placesIn(
  outer: RecordPlace,
  collection: string,
  argument: ArgumentDeclaration,
): Pick<RecordKind, 'all' | 'one'> {
  const all = { ...outer, path: (input: CommandInput) => outer.path(input) + adminPath`/${collection}` };
  const position = outer.arguments.length;
  return {
    all,
    one: {
      ...outer,
      arguments: [...outer.arguments, argument],
      path: (input) => all.path(input) + adminPath`/${input.arguments[position] ?? ''}`,
    },
  };
}

export const firstOf = (input: CommandInput): string => input.arguments[0] ?? '';

/** Sends one request and shows the record in its answer. */
export function recordCommand(
  kind: Pick<RecordKind, 'word' | 'member' | 'columns'>,
  place: RecordPlace,
  wording: Wording,
  send: (
    client: AdminClient,
    path: string,
    input: CommandInput,
    context: CommandContext,
  ) => Promise<Record<string, unknown>>,
): CommandDeclaration {
  return declare(kind, place, wording, async (input, context) => {
    const answer = await send(connectAdmin(input, context), place.path(input), input, context);
    const record = kind.member === undefined ? answer : recordIn(answer, kind.member);
    printFields(record, kind.columns, input, context);
  });
}

/** Changes one record, always in the same way. */
export function switchCommand(
  kind: RecordKind,
  word: string,
  summary: string,
  change: object,
): CommandDeclaration {
  return recordCommand(kind, kind.one, { word, summary }, (client, path) => client.patch(path, change));
}

export function listCommand(
  kind: RecordKind,
  wording: Wording,
  place: RecordPlace = kind.all,
): CommandDeclaration {
  return declare(kind, place, wording, async (input, context) => {
    const rows = await connectAdmin(input, context).listAll(place.path(input), kind.listMember);
    printRows(rows, kind.columns, input, context);
  });
}

export function removeCommand(
  kind: Pick<RecordKind, 'word' | 'noun' | 'one'>,
  wording: Wording,
): CommandDeclaration {
  return declare(kind, kind.one, wording, async (input, context) => {
    await connectAdmin(input, context).delete(kind.one.path(input));
    const removed = firstOf(input);
    if (input.has('--json')) printJson({ removed }, context);
    else context.write(`Removed ${kind.noun ?? kind.word} ${removed}.\n`);
  });
}

function declare(
  kind: Pick<RecordKind, 'word'>,
  place: RecordPlace,
  { word, ...wording }: Wording,
  run: (input: CommandInput, context: CommandContext) => Promise<void>,
): CommandDeclaration {
  return {
    ...wording,
    words: [kind.word, word],
    arguments: [...place.arguments, ...(wording.arguments ?? [])],
    options: [...place.options, ...(wording.options ?? []), ...clientOptions],
    async run(input, context) {
      await run(input, context);
      return cliExitCodes.ok;
    },
  };
}
