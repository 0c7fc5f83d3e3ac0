// Checks what neither the compiler nor the linter sees: names and sizes of files, notes left behind, paths of the
// machine somebody worked on, and the parts of a decision record. The length of functions is Biome's business.
import { posix } from 'node:path';
import { type Finding, lineAt, reportFindings } from './report-findings.ts';
import { type RepositoryFile, readRepositoryFiles } from './repository-files.ts';

const LINES_MAX = 400;
const TEST_LINES_MAX = 700;

const codeFolders = /^(?:src|test|tools|bench|bin|console)\//;
const code = /\.[cm]?[jt]sx?$/;
const kebabCase = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
const emptyWords = /(?:^|[-.])(?:utils?|helpers?|managers?|common(?!-prefix))(?:[-.]|$)/;
const emptyNames = /\b(?:class|interface|type|function|const|let)\s+(\w*(?:Utils?|Helpers?|Manager))\b/g;
const adrName = /^docs\/adr\/\d{4}-[a-z0-9]+(?:-[a-z0-9]+)*\.md$/;
const adrParts: readonly (readonly [string, RegExp])[] = [
  ['a line "Status: accepted"', /^Status: \w/m],
  ['a section "## Context"', /^## Context$/m],
  ['a section "## Decision"', /^## Decision$/m],
  ['a section "## Consequences"', /^## Consequences$/m],
];

// Written in pieces, so that this file does not report itself.
const leftNotes = new RegExp(`\\b(?:TO${'DO'}|FIX${'ME'}|X${'XX'})\\b`, 'g');
const homeFolders = new RegExp(
  `(?<![\\w.$}~-])(?:/${['home', 'root', 'Users'].join('/|/')}/|[A-Z]:\\\\Users\\\\)`,
  'g',
);
const registryHosts = /\bregistry\.[a-z0-9-]+(?:\.[a-z0-9-]+)+|"resolved":(?= ")/g;

type Rule = (file: RepositoryFile) => readonly Finding[];

function isTest(path: string): boolean {
  return path.startsWith('test/') || /\.test\.[cm]?[jt]sx?$/.test(path);
}

function findAll(file: RepositoryFile, pattern: RegExp, message: (text: string) => string): Finding[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    message: message(match[1] ?? match[0]),
  }));
}

function checkFileName({ path }: RepositoryFile): Finding[] {
  // Java names a file after its class, and everybody looks for README.md.
  if (!codeFolders.test(path) || /\/(?:vectors|fixtures)\/|\.java$|\/README\.md$/.test(path)) return [];
  const findings: Finding[] = [];
  const segments = path.split('/');
  const notKebab = segments.find((segment) => !kebabCase.test(segment));
  if (notKebab !== undefined) findings.push({ path, message: `${notKebab} is not in kebab-case` });
  const empty = segments.find((segment) => emptyWords.test(segment));
  if (empty !== undefined)
    findings.push({ path, message: `${empty} says nothing: name it after what it does` });
  if (/\/index\.[cm]?[jt]sx?$/.test(path)) {
    findings.push({ path, message: 'is a barrel: import from the file that defines the name' });
  }
  return findings;
}

function checkFileLength({ path, text }: RepositoryFile): Finding[] {
  if (!code.test(path)) return [];
  const lineCount = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const lineCountMax = isTest(path) ? TEST_LINES_MAX : LINES_MAX;
  return lineCount <= lineCountMax ? [] : [{ path, message: `${lineCount} lines, at most ${lineCountMax}` }];
}

function checkDeclaredNames(file: RepositoryFile): Finding[] {
  if (!code.test(file.path) || isTest(file.path)) return [];
  return findAll(file, emptyNames, (name) => `${name} says nothing: name it after what it does`);
}

function checkConsole(file: RepositoryFile): Finding[] {
  if (!/^src\/(?!main\.ts$|cli\/)/.test(file.path) || !code.test(file.path)) return [];
  return findAll(file, /\bconsole\.\w+\(/g, () => 'writes to the console: take a logger as a parameter');
}

function checkLeftNotes(file: RepositoryFile): Finding[] {
  return findAll(file, leftNotes, (note) => `${note}: do it, or open an issue`);
}

function checkMachinePaths(file: RepositoryFile): Finding[] {
  return [
    ...findAll(file, homeFolders, (path) => `${path}: a folder of somebody's machine`),
    ...findAll(file, registryHosts, (host) => `${host}: names a package registry; every machine has its own`),
  ];
}

function checkDecisionRecord({ path, text }: RepositoryFile): Finding[] {
  if (!path.startsWith('docs/adr/')) return [];
  const findings: Finding[] = [];
  if (!adrName.test(path)) findings.push({ path, message: 'is not named like 0001-what-was-decided.md' });
  for (const [part, pattern] of adrParts) {
    if (!pattern.test(text)) findings.push({ path, message: `has no ${part}` });
  }
  return findings;
}

const rules: readonly Rule[] = [
  checkFileName,
  checkFileLength,
  checkDeclaredNames,
  checkConsole,
  checkLeftNotes,
  checkMachinePaths,
  checkDecisionRecord,
];

function findRepeatedAdrNumbers(files: readonly RepositoryFile[]): Finding[] {
  const records = files.filter(({ path }) => adrName.test(path));
  const numberOf = (path: string): string => posix.basename(path).slice(0, 4);
  return records
    .filter(
      ({ path }, index) => records.findIndex((other) => numberOf(other.path) === numberOf(path)) < index,
    )
    .map(({ path }) => ({ path, message: `the number ${numberOf(path)} is taken` }));
}

export function findUntidiness(files: readonly RepositoryFile[]): Finding[] {
  if (!files.some(({ path }) => code.test(path))) return [{ path: '.', message: 'no file was scanned' }];
  return [...files.flatMap((file) => rules.flatMap((rule) => rule(file))), ...findRepeatedAdrNumbers(files)];
}

if (import.meta.main) {
  const files = readRepositoryFiles();
  reportFindings('tidiness', findUntidiness(files), `${files.length} files`);
}
