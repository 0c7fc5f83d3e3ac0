// docs/cli.md is generated from the declarations of the commands, and the tables of docs/configuration.md from the settings.
// This check fails when they differ; `node tools/check-reference-docs.ts --write` writes them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandDeclaration } from '../src/cli/command-declaration.ts';
import type { Setting } from '../src/config/setting.ts';
import { flagOf, settingIds, settings } from '../src/config/settings.ts';
import { commands } from '../src/main/commands.ts';
import { type Finding, reportFindings } from './report-findings.ts';
import { repositoryRoot } from './repository-files.ts';

const CLI_PAGE = 'docs/cli.md';
const CONFIGURATION_PAGE = 'docs/configuration.md';

export function renderCliPage(declarations: readonly CommandDeclaration[]): string {
  const sections = declarations.flatMap((declaration) => [
    `## gotgan ${declaration.words.join(' ')}`,
    '',
    `${declaration.summary}.`,
    ...(declaration.details === undefined ? [] : [declaration.details]),
    '',
    `    ${usage(declaration)}`,
    '',
    ...parameters(declaration),
    ...examples(declaration),
  ]);
  return [
    '# The command line',
    '',
    'Generated from the declarations of the commands by `node tools/check-reference-docs.ts --write`; not edited by hand.',
    '',
    'In a clone the command is `npx gotgan`. Commands other than `serve`, `credentials` and `version` talk to a running server',
    'over its admin API, and `ls` over its S3 API, signed with `GOTGAN_ACCESS_KEY` and `GOTGAN_SECRET_KEY` or else with the root',
    'key pair in the data directory. Results are tables with sizes and times as people read them; when they go into a pipe they',
    'are separated by tabs, with whole numbers of bytes and ISO times; with `--json` they are JSON.',
    '',
    'Exit codes: 0 done; 1 refused or failed, in one sentence on stderr; 64 the command line or a setting is wrong; 69 no server',
    'answers; 74 the storage of the server has failed.',
    '',
    ...sections,
  ].join('\n');
}

function usage({ words, arguments: wanted, options }: CommandDeclaration): string {
  const names = wanted
    .map(({ name, isOptional }) => (isOptional === true ? ` [${name}]` : ` ${name}`))
    .join('');
  return `gotgan ${words.join(' ')}${options.length > 0 ? ' [options]' : ''}${names}`;
}

function parameters({ arguments: wanted, options }: CommandDeclaration): string[] {
  const rows = [
    ...wanted.map(({ name, summary }) => `| \`${name}\` | ${summary} |`),
    ...options.map(
      ({ flag, value, summary }) =>
        `| \`${value === undefined ? flag : `${flag} ${value}`}\` | ${escapeCell(summary)} |`,
    ),
  ];
  return rows.length === 0 ? [] : ['| | |', '|---|---|', ...rows, ''];
}

function examples({ examples: shown = [] }: CommandDeclaration): string[] {
  if (shown.length === 0) return [];
  const width = Math.max(...shown.map(({ line }) => line.length));
  return [...shown.map(({ line, summary }) => `    ${line.padEnd(width)}   # ${summary}`), ''];
}

export function renderSettingsTable(all: readonly Setting[]): string {
  const rows = all.map((declared) => {
    const flag = flagOf(declared);
    const fallback =
      declared.fallbackShown ?? (declared.fallback === undefined ? '' : `\`${declared.fallback}\``);
    const name = `\`${declared.name}\`${flag === undefined ? '' : ` \`${flag}\``}`;
    return `| ${name} | ${fallback} | ${escapeCell(declared.summary)} |`;
  });
  return ['| setting and flag | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Replaces what stands between `<!-- name -->` and `<!-- end of name -->`. Undefined when the page has no such place. */
export function fillIn(page: string, name: string, content: string): string | undefined {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) return undefined;
  return `${page.slice(0, from + begin.length)}\n${content}\n${page.slice(to)}`;
}

export function findDifferences(
  expected: ReadonlyMap<string, string | undefined>,
  actual: ReadonlyMap<string, string>,
): Finding[] {
  return [...expected].flatMap(([path, text]) => {
    if (text === undefined) return [{ path, message: 'has no place for the generated tables' }];
    if (actual.get(path) === text) return [];
    return [{ path, message: 'differs from the code: run node tools/check-reference-docs.ts --write' }];
  });
}

function read(path: string): string {
  try {
    return readFileSync(join(repositoryRoot, path), 'utf8');
  } catch {
    return '';
  }
}

if (import.meta.main) {
  const all: Setting[] = settingIds.map((id) => settings[id]);
  const lasting = renderSettingsTable(all.filter(({ onFirstStartOnly }) => onFirstStartOnly !== true));
  const first = renderSettingsTable(all.filter(({ onFirstStartOnly }) => onFirstStartOnly === true));
  const page = fillIn(read(CONFIGURATION_PAGE), 'settings', lasting);
  const expected = new Map([
    [CLI_PAGE, renderCliPage(commands)],
    [CONFIGURATION_PAGE, page === undefined ? undefined : fillIn(page, 'first start', first)],
  ]);
  if (process.argv.includes('--write')) {
    for (const [path, text] of expected)
      if (text !== undefined) writeFileSync(join(repositoryRoot, path), text);
  }
  const actual = new Map([...expected.keys()].map((path) => [path, read(path)]));
  reportFindings('reference docs', findDifferences(expected, actual), `${expected.size} page(s)`);
}
