// Checks that package-lock.json can be installed anywhere: it names every platform's package, and no registry host.
// A registry mirror that carries the packages of some platforms only makes `npm install` leave the others out without a
// word, and `npm ci` then refuses the lock file. `node tools/check-lock-file.ts --complete` adds them, without the
// integrity hash that only a registry knows; the next `npm install` behind a full registry adds that.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, reportFindings } from './report-findings.ts';
import { repositoryRoot } from './repository-files.ts';

const lockPath = 'package-lock.json';

export interface LockedPackage {
  version?: string;
  resolved?: string;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export interface LockFile {
  packages: Record<string, LockedPackage>;
}

interface MissingPackage {
  readonly name: string;
  readonly version: string;
  /** The path in the lock file of the package that wants it. */
  readonly wantedBy: string;
}

function missingPackages({ packages }: LockFile): MissingPackage[] {
  return Object.entries(packages).flatMap(([wantedBy, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(
        ([name]) => !(`node_modules/${name}` in packages || `${wantedBy}/node_modules/${name}` in packages),
      )
      .map(([name, version]) => ({ name, version, wantedBy })),
  );
}

export function findLockFileGaps(lock: LockFile): Finding[] {
  const entries = Object.entries(lock.packages);
  if (entries.length < 2) return [{ path: lockPath, message: 'locks no package' }];
  return [
    ...missingPackages(lock).map(({ name, version, wantedBy }) => ({
      path: lockPath,
      message: `lacks ${name}@${version} of ${wantedBy}: run \`node tools/check-lock-file.ts --complete\``,
    })),
    ...entries
      .filter(([, { resolved }]) => resolved?.startsWith('http'))
      .map(([path]) => ({
        path: lockPath,
        message: `names the registry of ${path}: .npmrc should prevent that`,
      })),
  ];
}

/** Adds what is missing, read off the package's name: `binding-linux-arm-musleabihf` is for linux, arm, musl. */
export function completeLockFile(lock: LockFile): LockFile {
  const packages = { ...lock.packages };
  for (const { name, version, wantedBy } of missingPackages(lock)) {
    if (!/^\d+\.\d+\.\d+/.test(version))
      throw new Error(`${wantedBy} wants ${name}@${version}, not one version`);
    const os =
      /(?:^|[-/])(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)(?=-|$)/.exec(
        name,
      )?.[1];
    const cpu = /-(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64)(?=-|$)/.exec(name)?.[1];
    const libc = /-(gnu|musl)(?:eabihf)?$/.exec(name)?.[1];
    const { dev, devOptional } = packages[wantedBy] ?? {};
    packages[`node_modules/${name}`] = {
      version,
      ...(cpu !== undefined && { cpu: [cpu] }),
      ...(dev !== undefined && { dev }),
      ...(devOptional !== undefined && { devOptional }),
      ...(libc !== undefined && { libc: [libc === 'gnu' ? 'glibc' : 'musl'] }),
      optional: true,
      ...(os !== undefined && { os: [os] }),
    };
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

if (import.meta.main) {
  const file = join(repositoryRoot, lockPath);
  let lock: LockFile = JSON.parse(readFileSync(file, 'utf8'));
  if (process.argv.includes('--complete')) {
    lock = completeLockFile(lock);
    writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  }
  reportFindings('lock-file', findLockFileGaps(lock), `${Object.keys(lock.packages).length} packages`);
}
