/** From the declarations to a parser, by Commander. Answers the exit code and never ends the process itself. */
import { Argument, Command, CommanderError, Option } from 'commander';
import {
  CliError,
  type CommandContext,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
  type ExampleDeclaration,
} from './command-declaration.ts';
import { groupSummaries } from './command-groups.ts';

const PROGRAM = 'gotgan';
const PROGRAM_SUMMARY = 'Self-hosted object storage: the S3 API with the identity services of real clouds.';

/** How one gets to know the program. */
const firstExamples: readonly ExampleDeclaration[] = [
  { line: 'gotgan serve', summary: 'start the server; its first start shows the root key pair' },
  { line: 'gotgan status', summary: 'what is running, and how much is stored' },
  { line: 'gotgan ls', summary: 'the buckets of the root account' },
  { line: 'gotgan account add team', summary: 'a further account' },
  { line: 'gotgan key add --account team', summary: 'a key pair for it' },
  { line: 'source <(gotgan completion bash)', summary: 'words completed by the Tab key' },
];

export async function runCommandLine(
  declarations: readonly CommandDeclaration[],
  argv: readonly string[],
  context: CommandContext,
): Promise<number> {
  let exitCode: number = cliExitCodes.ok;
  const program = buildProgram(declarations, context, (code) => {
    exitCode = code;
  });
  try {
    if (argv.length === 0) {
      context.write(program.helpInformation());
      return cliExitCodes.usage;
    }
    // `gotgan help ls`, as people type it.
    const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? cliExitCodes.ok : cliExitCodes.usage;
    if (!(error instanceof CliError)) throw error;
    context.complain(error.message);
    return error.exitCode;
  }
}

function buildProgram(
  declarations: readonly CommandDeclaration[],
  context: CommandContext,
  onEnd: (exitCode: number) => void,
): Command {
  const program = new Command(PROGRAM);
  configure(program, context);
  program.description(PROGRAM_SUMMARY);
  program.version(context.version, '--version', 'Show the version');
  program.addHelpText('after', renderExamples(firstExamples));
  const groups = new Map<string, Command>();
  for (const declaration of declarations) {
    const [first = '', second] = declaration.words;
    let parent = program;
    if (second !== undefined) {
      parent = groups.get(first) ?? program.command(first).description(groupSummaries[first] ?? '');
      groups.set(first, parent);
      configure(parent, context);
    }
    const command = buildCommand(declaration, context, onEnd);
    configure(command, context);
    parent.addCommand(command);
  }
  return program;
}

function configure(command: Command, context: CommandContext): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => context.write(text),
    writeErr(text) {
      // The help of a group, when the second word is missing, is no complaint.
      if (text.startsWith('Usage:')) context.write(text);
      else context.complain(text.trimEnd().replace(/^error: /, ''));
    },
  });
  command.helpCommand(false);
  command.helpOption('-h, --help', 'Show this help');
}

function buildCommand(
  declaration: CommandDeclaration,
  context: CommandContext,
  onEnd: (exitCode: number) => void,
): Command {
  const command = new Command(declaration.words.at(-1) ?? '');
  const { details } = declaration;
  command.description(
    details === undefined ? `${declaration.summary}.` : `${declaration.summary}.\n${details}`,
  );
  command.summary(declaration.summary);
  for (const { name, summary, isOptional, choices } of declaration.arguments) {
    const argument = new Argument(isOptional === true ? `[${name}]` : `<${name}>`, summary);
    command.addArgument(choices === undefined ? argument : argument.choices([...choices]));
  }
  for (const { flag, value, summary } of declaration.options) {
    command.addOption(new Option(value === undefined ? flag : `${flag} <${value}>`, summary));
  }
  const examples = renderExamples(declaration.examples ?? []);
  if (examples !== '') command.addHelpText('after', examples);
  command.action(async () => {
    onEnd(await declaration.run(inputOf(command), context));
  });
  return command;
}

function renderExamples(examples: readonly ExampleDeclaration[]): string {
  if (examples.length === 0) return '';
  const width = Math.max(...examples.map(({ line }) => line.length)) + 2;
  return ['', 'Examples:', ...examples.map(({ line, summary }) => `  ${line.padEnd(width)}${summary}`)].join(
    '\n',
  );
}

function inputOf(command: Command): CommandInput {
  const values = new Map<string, unknown>();
  for (const option of command.options) {
    if (option.long) values.set(option.long, command.getOptionValue(option.attributeName()));
  }
  return {
    arguments: command.args,
    option(flag) {
      const value = values.get(flag);
      return typeof value === 'string' ? value : undefined;
    },
    has: (flag) => values.get(flag) === true,
  };
}
