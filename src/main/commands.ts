/** Every command of the program, in the order of its help. */
import type { CommandDeclaration } from '../cli/command-declaration.ts';
import { accountCommands } from '../cli/commands/account-commands.ts';
import { createCompletionCommand } from '../cli/commands/completion-command.ts';
import { keyCommands } from '../cli/commands/key-commands.ts';
import { listCommand } from '../cli/commands/list-command.ts';
import { masterKeyCommands } from '../cli/commands/master-key-commands.ts';
import { serverCommands } from '../cli/commands/server-commands.ts';
import { userCommands } from '../cli/commands/user-commands.ts';
import { backupCommands } from './backup-commands.ts';
import { checkCommand } from './check-command.ts';
import { serveCommand } from './serve-command.ts';

export const commands: readonly CommandDeclaration[] = [
  serveCommand,
  ...serverCommands,
  listCommand,
  ...accountCommands,
  ...userCommands,
  ...keyCommands,
  ...masterKeyCommands,
  checkCommand,
  ...backupCommands,
  createCompletionCommand(() => commands),
];
