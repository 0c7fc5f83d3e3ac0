/**
 * Versions of the services and what becomes of them by the calendar (build specification scp.md, section 2.4). Dates are stored,
 * never statuses. `notBefore` is, whatever its name says, the first day without support: the same column was once called "Supported
 * Until", and the vendor's client reads it so.
 *
 * Unless the calendar is enforced, a version whose day has come goes on answering and says that it is DEPRECATED (section 12): the
 * source documents describe STS 1.0 in full although its day is past.
 */

export type ScpServiceName = 'product' | 'sts' | 'iam';

export type VersionStatus = 'CURRENT' | 'SUPPORTED' | 'DEPRECATED' | 'PLANNED' | 'RETIRED';

export interface ServiceVersion {
  /** `1.1` */
  readonly version: string;
  readonly isCurrent: boolean;
  readonly isPlanned: boolean;
  /** `YYYY-MM-DD`: from 00:00 UTC of that day on it is not supported. */
  readonly notBefore?: string;
}

/** A change to the table below; see the setting GOTGAN_SCP_VERSIONS. */
export interface VersionOverride {
  readonly service: ScpServiceName;
  readonly version: string;
  readonly state?: 'current' | 'supported' | 'planned';
  readonly notBefore?: string;
}

export interface CallableVersion extends ServiceVersion {
  readonly status: VersionStatus;
}

export type VersionRequest =
  | { readonly kind: 'version'; readonly version: CallableVersion }
  | { readonly kind: 'malformed' }
  /** Lowest and highest that can be called. */
  | { readonly kind: 'unsupported'; readonly min: string; readonly max: string };

export interface Microversions {
  /** Callable ones, newest first. */
  list(service: ScpServiceName, nowMicros: number): readonly CallableVersion[];
  /** `header`: of `Scp-Api-Version`, undefined when there is none. */
  choose(service: ScpServiceName, header: string | undefined, nowMicros: number): VersionRequest;
}

const supported = (version: string): ServiceVersion => ({ version, isCurrent: false, isPlanned: false });
const current = (version: string): ServiceVersion => ({ ...supported(version), isCurrent: true });

/** Source documents, "Version" and "API Version History" of Product and STS; for IAM the label that current clients send. */
const known: Readonly<Record<ScpServiceName, readonly ServiceVersion[]>> = {
  product: [current('1.0')],
  sts: [
    { ...supported('1.0'), notBefore: '2026-05-31' },
    current('1.1'),
    { ...supported('1.2'), isPlanned: true },
  ],
  iam: [current('1.4')],
};

const DAY_MICROS = 86_400_000_000;
/** "DEPRECATED: under 90 days left." */
const DEPRECATION_DAYS = 90;

export function createMicroversions(
  overrides: readonly VersionOverride[],
  enforceNotBefore: boolean,
): Microversions {
  const versions = {
    product: applyOverrides('product', overrides),
    sts: applyOverrides('sts', overrides),
    iam: applyOverrides('iam', overrides),
  };
  const list = (service: ScpServiceName, nowMicros: number): CallableVersion[] =>
    versions[service]
      .map((version) => ({ ...version, status: statusOf(version, nowMicros, enforceNotBefore) }))
      .filter(({ status }) => status !== 'PLANNED' && status !== 'RETIRED')
      .sort((left, right) => compareVersions(right.version, left.version));
  return {
    list,
    choose(service, header, nowMicros) {
      const callable = list(service, nowMicros);
      const asked = readHeader(service, header ?? '');
      if (asked === undefined) return { kind: 'malformed' };
      const found =
        asked === ''
          ? callable.find(({ isCurrent }) => isCurrent)
          : callable.find(({ version }) => compareVersions(version, asked) === 0);
      if (found !== undefined) return { kind: 'version', version: found };
      return {
        kind: 'unsupported',
        min: callable.at(-1)?.version ?? '',
        max: callable[0]?.version ?? '',
      };
    },
  };
}

export function statusOf(version: ServiceVersion, nowMicros: number, enforce: boolean): VersionStatus {
  if (version.isPlanned) return 'PLANNED';
  const endMicros = endOf(version);
  const isOver = endMicros !== undefined && nowMicros >= endMicros;
  if (isOver && enforce) return 'RETIRED';
  if (version.isCurrent) return 'CURRENT';
  if (endMicros !== undefined && endMicros - nowMicros < DEPRECATION_DAYS * DAY_MICROS) return 'DEPRECATED';
  return 'SUPPORTED';
}

/** First microsecond without support. */
export function endOf({ notBefore }: ServiceVersion): number | undefined {
  return notBefore === undefined ? undefined : Date.parse(`${notBefore}T00:00:00Z`) * 1000;
}

/** Negative when the left one is older. */
export function compareVersions(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}

const PAIR = /^\s*([A-Za-z][A-Za-z0-9-]*)\s+([0-9]{1,3}\.[0-9]{1,3})\s*$/;

/** The version asked for of a service; empty when none is; undefined when the header is malformed. */
function readHeader(service: ScpServiceName, header: string): string | undefined {
  if (header.trim() === '') return '';
  let asked = '';
  for (const part of header.split(',')) {
    const [, name, version] = PAIR.exec(part) ?? [];
    if (name === undefined || version === undefined) return undefined;
    if (name.toLowerCase() !== service) continue;
    if (asked !== '') return undefined;
    asked = version;
  }
  return asked;
}

function applyOverrides(
  service: ScpServiceName,
  overrides: readonly VersionOverride[],
): readonly ServiceVersion[] {
  let versions = known[service];
  for (const override of overrides) {
    if (override.service !== service) continue;
    const { version, state, notBefore } = override;
    const becomesCurrent = state === 'current';
    const before = versions.find((one) => one.version === version) ?? supported(version);
    const changed: ServiceVersion = {
      ...before,
      ...(state === undefined ? {} : { isCurrent: becomesCurrent, isPlanned: state === 'planned' }),
      ...(notBefore === undefined ? {} : { notBefore }),
    };
    const others = versions.filter((one) => one.version !== version);
    // There is exactly one current version.
    versions = [...(becomesCurrent ? others.map((one) => ({ ...one, isCurrent: false })) : others), changed];
  }
  return versions;
}
