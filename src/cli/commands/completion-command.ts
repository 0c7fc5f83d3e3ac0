import { type CommandDeclaration, cliExitCodes } from '../command-declaration.ts';
import { groupSummaries } from '../command-groups.ts';
import { renderCompletion, shells } from '../render-completion.ts';

/** `commands`: all there are, this one among them. */
export function createCompletionCommand(commands: () => readonly CommandDeclaration[]): CommandDeclaration {
  return {
    words: ['completion'],
    summary: 'Write the completion of these commands for a shell',
    arguments: [{ name: 'SHELL', summary: 'Which shell', choices: shells }],
    options: [],
    examples: [
      { line: 'source <(gotgan completion bash)', summary: 'in ~/.bashrc' },
      { line: 'source <(gotgan completion zsh)', summary: 'in ~/.zshrc, after compinit' },
      { line: 'gotgan completion fish | source', summary: 'in ~/.config/fish/config.fish' },
    ],
    run(input, context) {
      const shell = shells.find((name) => name === input.arguments[0]) ?? 'bash';
      context.write(renderCompletion(shell, commands(), groupSummaries));
      return Promise.resolve(cliExitCodes.ok);
    },
  };
}
