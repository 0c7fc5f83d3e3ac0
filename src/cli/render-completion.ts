/**
 * Completion for shells, made from the declarations of the commands: their words, their options, and the words that an
 * argument may be. Files and folders are completed by the shell, and nothing asks the server.
 */
import type { CommandDeclaration, OptionDeclaration } from './command-declaration.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

interface Word {
  readonly text: string;
  readonly summary: string;
}

/** What may follow some words of the command line: `''`, `account`, `account add`. */
interface Position {
  readonly path: string;
  /** Commands and groups that go on from here, and choices of an argument. */
  readonly words: readonly Word[];
  readonly options: readonly OptionDeclaration[];
}

const HELP: OptionDeclaration = { flag: '--help', summary: 'Show what the command does' };

export function renderCompletion(
  shell: Shell,
  commands: readonly CommandDeclaration[],
  groups: Readonly<Record<string, string>>,
): string {
  const positions = findPositions(commands, groups);
  if (shell === 'bash') return renderBash(positions);
  return shell === 'zsh' ? renderZsh(positions) : renderFish(positions);
}

function findPositions(
  commands: readonly CommandDeclaration[],
  groups: Readonly<Record<string, string>>,
): Position[] {
  const root: Word[] = [];
  const inGroup = new Map<string, Word[]>();
  const own: Position[] = [];
  for (const { words, summary, arguments: wanted, options } of commands) {
    const [first = '', second] = words;
    if (second === undefined) root.push({ text: first, summary });
    else {
      if (!inGroup.has(first)) root.push({ text: first, summary: groups[first] ?? '' });
      inGroup.set(first, [...(inGroup.get(first) ?? []), { text: second, summary }]);
    }
    const choices = wanted.flatMap((argument) => argument.choices ?? []);
    own.push({
      path: words.join(' '),
      words: choices.map((text) => ({ text, summary: text })),
      options: [...options, HELP],
    });
  }
  const version: OptionDeclaration = { flag: '--version', summary: 'Show the version' };
  return [
    { path: '', words: root, options: [version, HELP] },
    ...[...inGroup].map(([path, words]) => ({ path, words, options: [HELP] })),
    ...own,
  ];
}

function flagsWithValue(positions: readonly Position[], wanted: (value: string) => boolean): string[] {
  const flags = positions.flatMap(({ options }) =>
    options.flatMap(({ flag, value }) => (value !== undefined && wanted(value) ? [flag] : [])),
  );
  return [...new Set(flags)];
}

const isPath = (value: string): boolean => value === 'FILE' || value === 'FOLDER';

/** The words so far that are commands, in `so_far`: what takes a value and what stands after it are no commands. */
function pathLoop(positions: readonly Position[], words: string, indent: string): string[] {
  const paths = positions.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]));
  const skipped = flagsWithValue(positions, () => true);
  return [
    `for word in ${words}; do`,
    '  if [[ -n $skip ]]; then skip=; continue; fi',
    '  case "$word" in',
    `    ${skipped.join('|')}) skip=1; continue ;;`,
    '    -*) continue ;;',
    '  esac',
    `  case "$so_far\${so_far:+ }$word" in`,
    `    ${paths.join('|')}) so_far="$so_far\${so_far:+ }$word" ;;`,
    '  esac',
    'done',
  ].map((line) => indent + line);
}

function renderBash(positions: readonly Position[]): string {
  const cases = positions.map(({ path, words, options }) => {
    const all = [...words.map(({ text }) => text), ...options.map(({ flag }) => flag)];
    return `    '${path}') words='${all.join(' ')}' ;;`;
  });
  return [
    '# Completion of gotgan for bash: source <(gotgan completion bash)',
    '_gotgan() {',
    `  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} so_far= skip= word words=`,
    '  COMPREPLY=()',
    '  case "$previous" in',
    `    ${flagsWithValue(positions, isPath).join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;`,
    `    ${flagsWithValue(positions, (value) => !isPath(value)).join('|')}) return ;;`,
    '  esac',
    ...pathLoop(positions, `"\${COMP_WORDS[@]:1:COMP_CWORD-1}"`, '  '),
    '  case "$so_far" in',
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -F _gotgan gotgan',
    '',
  ].join('\n');
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function renderZsh(positions: readonly Position[]): string {
  const describe = (text: string, summary: string) => quote(`${text.replaceAll(':', '\\:')}:${summary}`);
  const cases = positions.map(({ path, words, options }) => {
    const shown = [
      ...words.map(({ text, summary }) => describe(text, summary)),
      ...options.map(({ flag, summary }) => describe(flag, summary)),
    ];
    return [`    '${path}') found=(`, ...shown.map((text) => `      ${text}`), '    ) ;;'].join('\n');
  });
  return [
    '#compdef gotgan',
    '# Completion of gotgan for zsh: source <(gotgan completion zsh), after compinit',
    '_gotgan() {',
    `  local so_far= skip= word previous=\${words[CURRENT-1]}`,
    '  local -a found',
    '  case "$previous" in',
    `    ${flagsWithValue(positions, isPath).join('|')}) _files; return ;;`,
    `    ${flagsWithValue(positions, (value) => !isPath(value)).join('|')}) return ;;`,
    '  esac',
    ...pathLoop(positions, `"\${(@)words[2,CURRENT-1]}"`, '  '),
    '  case "$so_far" in',
    ...cases,
    '  esac',
    "  _describe 'gotgan' found",
    '}',
    'compdef _gotgan gotgan',
    '',
  ].join('\n');
}

function renderFish(positions: readonly Position[]): string {
  const paths = positions.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]));
  const lines = positions.flatMap(({ path, words, options }) => {
    const at = `complete -c gotgan -n "__gotgan_at '${path}'"`;
    return [
      ...words.map(({ text, summary }) => `${at} -a ${quote(text)} -d ${quoteFish(summary)}`),
      ...options.map(({ flag, value, summary }) => {
        const takes = value === undefined ? '' : isPath(value) ? ' -r -F' : ' -x';
        return `${at} -l ${flag.slice(2)}${takes} -d ${quoteFish(summary)}`;
      }),
    ];
  });
  return [
    '# Completion of gotgan for fish: gotgan completion fish | source',
    'function __gotgan_at',
    '  set -l path',
    '  set -l skip',
    '  for word in (commandline -opc)[2..-1]',
    '    if test -n "$skip"; set skip; continue; end',
    '    switch $word',
    `      case ${flagsWithValue(positions, () => true).join(' ')}`,
    '        set skip 1; continue',
    "      case '-*'",
    '        continue',
    '    end',
    `    if contains -- (string join ' ' $path $word) ${paths.join(' ')}`,
    '      set -a path $word',
    '    end',
    '  end',
    // Without words yet there is nothing to join, and still something to compare.
    "  set -l joined (string join ' ' -- $path)",
    '  test "$joined" = "$argv[1]"',
    'end',
    'complete -c gotgan -f',
    ...lines,
    '',
  ].join('\n');
}

function quoteFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
