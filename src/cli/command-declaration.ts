/**
 * One declaration per command: parsing, `--help` and docs/cli.md are made from it. A command that talks to a server uses
 * what any client could use, its HTTP API.
 */

export interface ArgumentDeclaration {
  /** In capitals, as in usage lines. */
  readonly name: string;
  readonly summary: string;
  readonly isOptional?: boolean;
  /** The only ones there are. */
  readonly choices?: readonly string[];
}

export interface OptionDeclaration {
  /** With its dashes: `--display-name`. */
  readonly flag: string;
  /** In capitals; absent: the option is a switch. */
  readonly value?: string;
  /** Without a full stop. */
  readonly summary: string;
}

export interface ExampleDeclaration {
  /** As one would type it. */
  readonly line: string;
  /** What it does, without a full stop. */
  readonly summary: string;
}

export interface CommandDeclaration {
  /** `['account', 'add']`. */
  readonly words: readonly string[];
  /** One sentence without a full stop. */
  readonly summary: string;
  /** Further sentences for the documentation. */
  readonly details?: string;
  readonly arguments: readonly ArgumentDeclaration[];
  readonly options: readonly OptionDeclaration[];
  readonly examples?: readonly ExampleDeclaration[];
  /** Answers the exit code. Throws `CliError` for what should be said in one sentence. */
  run(input: CommandInput, context: CommandContext): Promise<number>;
}

export interface CommandInput {
  readonly arguments: readonly string[];
  option(flag: string): string | undefined;
  has(flag: string): boolean;
}

/** What a command may know of its surroundings. */
export interface CommandContext {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output goes to a person. */
  readonly isTerminal: boolean;
  write(text: string): void;
  complain(sentence: string): void;
  /** Asked for without an echo, or the first line of standard input. */
  readSecret(prompt: string): Promise<string>;
  /** Where the configured server is. Throws `CliError`. */
  locateServer(input: CommandInput): ServerLocation;
  /** Where the storage API of a region is. Throws `CliError`. */
  locateStorage(input: CommandInput): StorageLocation;
}

export interface ServerLocation {
  /** Origin of the control address. */
  readonly endpoint: string;
  readonly region: string;
  readonly dataDirectory: string;
}

export interface StorageLocation extends ServerLocation {
  /** To be sent as Host, where the region is chosen by it. */
  readonly host?: string;
}

export const cliExitCodes = {
  ok: 0,
  /** The server refused, or something failed. */
  failed: 1,
  /** The command line is wrong (EX_USAGE). */
  usage: 64,
  /** The server cannot be reached (EX_UNAVAILABLE). */
  unreachable: 69,
} as const;

/** One sentence for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = cliExitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
