/** Every command of the program, in the order of its help. */
import type { CommandDeclaration } from '../cli/command-declaration.ts';
import { accountCommands } from '../cli/commands/account-commands.ts';
import { apiKeyCommands } from '../cli/commands/api-key-commands.ts';
import { createCompletionCommand } from '../cli/commands/completion-command.ts';
import { explainCommands } from '../cli/commands/explain-commands.ts';
import { groupCommands } from '../cli/commands/group-commands.ts';
import { keyCommands } from '../cli/commands/key-commands.ts';
import { listCommand } from '../cli/commands/list-command.ts';
import { masterKeyCommands } from '../cli/commands/master-key-commands.ts';
import { policyCommands } from '../cli/commands/policy-commands.ts';
import { productCommands } from '../cli/commands/product-commands.ts';
import { quotaCommands } from '../cli/commands/quota-commands.ts';
import { roleCommands } from '../cli/commands/role-commands.ts';
import { serverCommands } from '../cli/commands/server-commands.ts';
import { serviceCommands } from '../cli/commands/service-commands.ts';
import { userCommands } from '../cli/commands/user-commands.ts';
import { backupCommands } from './backup-commands.ts';
import { checkCommand } from './check-command.ts';
import { serveCommand } from './serve-command.ts';

export const commands: readonly CommandDeclaration[] = [
  serveCommand,
  ...serverCommands,
  listCommand,
  ...accountCommands,
  ...quotaCommands,
  ...userCommands,
  ...keyCommands,
  ...apiKeyCommands,
  ...serviceCommands,
  ...groupCommands,
  ...roleCommands,
  ...policyCommands,
  ...productCommands,
  ...explainCommands,
  ...masterKeyCommands,
  checkCommand,
  ...backupCommands,
  createCompletionCommand(() => commands),
];
