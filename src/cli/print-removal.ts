import type { CommandContext, CommandInput } from './command-declaration.ts';
import { printJson } from './print-table.ts';

/** What was removed: the first argument of the command. `noun`: `account`. */
export function printRemoval(noun: string, input: CommandInput, context: CommandContext): void {
  const [name = ''] = input.arguments;
  if (input.has('--json')) printJson({ removed: name }, context);
  else context.write(`Removed ${noun} ${name}.\n`);
}
