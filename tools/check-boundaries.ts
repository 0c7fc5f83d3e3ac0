// Checks the direction of the architecture: which folder of src/ may import which, and that nothing but the places
// made for it reads the environment, the clock or randomness. A check that scanned nothing fails.
// It reads import statements as text, because TypeScript 7 has no stable compiler API and type stripping loses type
// imports. Commented-out imports count as imports: there is no reason to keep one.
import { posix } from 'node:path';
import { type Finding, lineAt, reportFindings } from './report-findings.ts';
import { type RepositoryFile, readRepositoryFiles } from './repository-files.ts';

const LIB = 'lib';
const CONTRACT = 'storage/contract';
const KERNEL = 'dialects/kernel';
const AUTHN = 'dialects/authn';

/** What a layer may import besides itself. Absent: the layer does not exist. */
function allowedImports(layer: string): readonly string[] | 'everything' | undefined {
  switch (layer) {
    case LIB:
      return [];
    case 'config':
    case 'cli':
    case CONTRACT:
      return [LIB];
    case 'core':
    case 'identity':
      return [LIB, CONTRACT];
    case KERNEL:
      return [LIB, 'core', 'identity'];
    case AUTHN:
      return [LIB, 'identity', KERNEL];
    case 'listener':
      return [LIB, KERNEL, 'config'];
    case 'main':
      return 'everything';
    default:
      if (layer.startsWith('storage/')) return [LIB, CONTRACT];
      if (layer.startsWith('dialects/')) return [LIB, 'core', 'identity', KERNEL, AUTHN];
      return undefined;
  }
}

/** Packages and Node modules that belong to some layers only. */
const packageRules: readonly { name: RegExp; mayUse: (layer: string) => boolean; reason: string }[] = [
  {
    name: /^lmdb$/,
    mayUse: (layer) => layer === 'storage/embedded',
    reason: 'only the embedded engine knows LMDB',
  },
  {
    name: /^node:https?2?$/,
    mayUse: (layer) => !['core', 'identity', CONTRACT, 'storage/embedded'].includes(layer),
    reason: 'core, identity and storage do not know HTTP',
  },
  { name: /^#/, mayUse: () => false, reason: 'there are no path aliases' },
];

const ambientRules: readonly { pattern: RegExp; mayUse: RegExp; message: string }[] = [
  {
    pattern: /\bprocess\.env\b/g,
    mayUse: /^src\/(main\.ts|config\/|cli\/)/,
    message: 'reads the environment: take a value of Config as a parameter',
  },
  {
    pattern: /\bDate\.now\(|\bnew Date\(\)/g,
    mayUse: /^src\/(main\.ts|lib\/clock\.ts|cli\/)/,
    message: 'reads the clock: take a Clock as a parameter',
  },
  {
    pattern: /\bMath\.random\(|\b(?:randomBytes|randomUUID|randomInt|randomFill(?:Sync)?|getRandomValues)\(/g,
    mayUse: /^src\/(main\.ts|lib\/entropy\.ts|cli\/)/,
    message: 'draws randomness: take an Entropy as a parameter',
  },
];

/** The layer of a file of src/, such as `core`, `dialects/s3` or `main`; undefined for a file that is in none. */
function layerOf(path: string): string | undefined {
  if (path === 'src/main.ts') return 'main';
  const [, first, second, ...rest] = path.split('/');
  if (first === undefined || second === undefined) return undefined;
  if (first === 'dialects' || first === 'storage') return rest.length > 0 ? `${first}/${second}` : undefined;
  return first;
}

interface ImportStatement {
  /** Undefined when the path is computed. */
  readonly specifier: string | undefined;
  readonly line: number;
}

/** Every static, type, re-exporting and dynamic import of a file. */
export function importsOf(text: string): ImportStatement[] {
  const found: ImportStatement[] = [];
  const literal =
    /^[ \t]*(?:import|\}?[^'"\n]*\bfrom)\s*(['"])([^'"\n]+)\1|\bimport\s*\(\s*(['"`])([^'"`\n$]+)\3/gm;
  for (const match of text.matchAll(literal)) {
    found.push({ specifier: match[2] ?? match[4], line: lineAt(text, match.index + match[0].length) });
  }
  for (const match of text.matchAll(/\bimport\s*\((?!\s*(['"`])[^'"`\n$]+\1\s*[,)])/g)) {
    found.push({ specifier: undefined, line: lineAt(text, match.index) });
  }
  return found;
}

function findImportViolation(path: string, layer: string, specifier: string): string | undefined {
  const isTest = path.endsWith('.test.ts');
  if (!specifier.startsWith('.')) {
    const rule = packageRules.find(({ name, mayUse }) => name.test(specifier) && !mayUse(layer));
    return rule === undefined || isTest ? undefined : `must not import ${specifier}: ${rule.reason}`;
  }
  const target = posix.join(posix.dirname(path), specifier);
  if (isTest && target.startsWith('test/support/')) return undefined;
  if (!target.startsWith('src/')) return `imports ${target}, which is outside src/`;
  const targetLayer = layerOf(target);
  if (targetLayer === layer) return undefined;
  const allowed = allowedImports(layer);
  if (allowed === 'everything') return undefined;
  if (targetLayer !== undefined && allowed?.includes(targetLayer)) return undefined;
  const list = allowed === undefined || allowed.length === 0 ? 'nothing else' : allowed.join(', ');
  return `imports ${target}: ${layer} may import ${list}`;
}

export function findBoundaryViolations(files: readonly RepositoryFile[]): Finding[] {
  const sources = files.filter(({ path }) => /^src\/.*\.[cm]?tsx?$/.test(path));
  if (sources.length === 0) return [{ path: 'src', message: 'no source file was scanned' }];
  const findings: Finding[] = [];
  let importCount = 0;
  for (const { path, text } of sources) {
    const layer = layerOf(path);
    if (layer === undefined || allowedImports(layer) === undefined) {
      findings.push({ path, message: 'is in no folder the architecture knows: see ARCHITECTURE.md' });
      continue;
    }
    for (const { specifier, line } of importsOf(text)) {
      importCount += 1;
      const message =
        specifier === undefined
          ? 'imports a computed path, which cannot be checked'
          : findImportViolation(path, layer, specifier);
      if (message !== undefined) findings.push({ path, line, message });
    }
    findings.push(...findAmbientReads(path, text));
  }
  if (importCount === 0) findings.push({ path: 'src', message: 'no import was found: the scan is broken' });
  return [...findings, ...findConsoleViolations(files)];
}

/** The console is a client like any other: it knows the APIs, and nothing of the server's code or of Node.js. */
function findConsoleViolations(files: readonly RepositoryFile[]): Finding[] {
  return files
    .filter(({ path }) => /^console\/src\/.*\.[cm]?tsx?$/.test(path))
    .flatMap(({ path, text }) =>
      importsOf(text).flatMap(({ specifier = '', line }) => {
        const target = specifier.startsWith('.')
          ? posix.join(posix.dirname(path), specifier)
          : 'console/src/';
        const isOutside = !target.startsWith('console/src/') || specifier.startsWith('node:');
        return isOutside
          ? [{ path, line, message: `imports ${specifier}: the console knows only itself` }]
          : [];
      }),
    );
}

function findAmbientReads(path: string, text: string): Finding[] {
  if (path.endsWith('.test.ts')) return [];
  return ambientRules
    .filter(({ mayUse }) => !mayUse.test(path))
    .flatMap(({ pattern, message }) =>
      [...text.matchAll(pattern)].map((match) => ({ path, line: lineAt(text, match.index), message })),
    );
}

if (import.meta.main) {
  const files = readRepositoryFiles();
  const sourceCount = files.filter(({ path }) => path.startsWith('src/')).length;
  reportFindings('boundaries', findBoundaryViolations(files), `${sourceCount} files of src/`);
}
