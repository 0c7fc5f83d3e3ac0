/**
 * Settings of a container by which the core acts on its objects, through whichever door they come: where older versions go, how long
 * objects must stay, which names may be uploaded (nhn-openstack.md, sections 19, 20 and 21.3). Beside the plain settings, which are only
 * kept and shown.
 */
import { type ArchiveSettings, archiveDocument, archiveOf } from '../../core/archive-versions.ts';
import type { Bucket, BucketLock } from '../../core/model.ts';
import type { VersioningChange } from '../../core/object-store.ts';
import { lifetimeDocument, lifetimeRulesOf } from '../../core/upload-lifetime.ts';
import { type UploadNames, uploadNamesDocument, uploadNamesOf } from '../../core/upload-names.ts';
import { encodeStrict } from '../../lib/percent-encoding.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { decodePath } from './addressing.ts';
import { isTrue } from './object-metadata.ts';
import { SwiftError } from './swift-errors.ts';

export interface RuleChanges {
  readonly documents: Readonly<Record<string, string | null>>;
  readonly versioning?: VersioningChange;
  readonly lock?: BucketLock;
}

type Ruled = Pick<Bucket, 'documents' | 'versioning' | 'lock'>;

const DAY_MICROS = 86_400_000_000;
/** NHN's bound on days (nhn-openstack.md, sections 19 and 20). */
const DAYS_MAX = 36_500;
const NOTHING: Ruled = { documents: {}, versioning: 'unversioned' };

/** What a header asks for: a value, null for its removal, undefined for nothing. `X-Remove-` wins. */
function askedFor(headers: WireHeaders, header: string): string | null | undefined {
  const name = header.toLowerCase();
  if ((headers.get(`x-remove-${name.slice('x-'.length)}`) ?? '') !== '') return null;
  const value = headers.get(name);
  return value === '' ? null : value;
}

/** `current`: undefined for a container that is about to be made. Throws 400 and 412. */
export function decodeRules(headers: WireHeaders, current: Ruled | undefined): RuleChanges {
  const before = current ?? NOTHING;
  const versioning = decodeVersioning(headers, before);
  const lock = decodeLock(headers, current);
  const archive = decodeArchive(headers, before);
  if (archive !== undefined && archive !== null && (versioning ?? before.versioning) === 'enabled') {
    throw new SwiftError(400, 'Cannot enable object versioning on a container that archives its versions');
  }
  const wantsVersions = versioning === 'enabled';
  if (wantsVersions && (archive === undefined ? archiveOf(before) !== undefined : archive !== null)) {
    throw new SwiftError(400, 'Cannot enable object versioning on a container that archives its versions');
  }
  return {
    documents: {
      ...(archive === undefined ? undefined : archiveDocument(archive)),
      ...decodeUploadNames(headers, before),
      ...decodeLifetime(headers, before),
    },
    ...(versioning !== undefined && { versioning }),
    ...(lock !== undefined && { lock }),
  };
}

function decodeVersioning(headers: WireHeaders, { versioning }: Ruled): VersioningChange | undefined {
  const value = headers.get('x-versions-enabled');
  if (value === undefined || value === '') return undefined;
  if (isTrue(value)) return 'enabled';
  return versioning === 'unversioned' ? undefined : 'suspended';
}

/** Null: older versions go nowhere any more. Undefined: as before. */
function decodeArchive(headers: WireHeaders, before: Ruled): ArchiveSettings | null | undefined {
  const history = locationIn(headers, 'X-History-Location');
  const stack = locationIn(headers, 'X-Versions-Location');
  const retention = askedFor(headers, 'X-Versions-Retention');
  if (typeof history === 'string' && typeof stack === 'string') {
    throw new SwiftError(400, 'Only one of X-Versions-Location or X-History-Location may be specified');
  }
  if (history === undefined && stack === undefined && retention === undefined) return undefined;
  const found = archiveOf(before);
  let settings = found;
  if (typeof history === 'string') settings = { ...found, bucket: containerIn(history), mode: 'history' };
  else if (typeof stack === 'string') settings = { ...found, bucket: containerIn(stack), mode: 'stack' };
  else if (history === null && found?.mode === 'history') settings = undefined;
  else if (stack === null && found?.mode === 'stack') settings = undefined;
  if (settings === undefined) return null;
  if (retention === undefined) return settings;
  const { retentionMicros: _before, ...rest } = settings;
  return retention === null
    ? rest
    : { ...rest, retentionMicros: daysIn('X-Versions-Retention', retention, 1) * DAY_MICROS };
}

/** Unlike elsewhere a value wins over its removal, as in Swift. */
function locationIn(headers: WireHeaders, header: string): string | null | undefined {
  return headers.get(header.toLowerCase()) || askedFor(headers, header);
}

function containerIn(value: string): string {
  const name = decodePath(value).replace(/^\/|\/$/g, '');
  if (name === '' || name.includes('/')) throw new SwiftError(412, 'Container name cannot contain slashes');
  return name;
}

function daysIn(header: string, value: string, daysMin: number): number {
  const days = /^\d{1,6}$/.test(value.trim()) ? Number(value) : -1;
  if (days < daysMin || days > DAYS_MAX) {
    throw new SwiftError(400, `${header} must be a number of days from ${daysMin} to ${DAYS_MAX}`);
  }
  return days;
}

/** A container is made locked, or never is; its days can be changed, not taken away. */
function decodeLock(headers: WireHeaders, current: Ruled | undefined): BucketLock | undefined {
  const header = 'X-Container-Worm-Retention-Day';
  const asked = askedFor(headers, header);
  if (asked === undefined) return undefined;
  if (asked === null) {
    if (current?.lock === undefined) return undefined;
    throw new SwiftError(400, 'The lock of a container cannot be removed');
  }
  const count = daysIn(header, asked, 0);
  if (current !== undefined && current.lock?.kind !== 'object-lock') {
    throw new SwiftError(400, 'Only a container that was made with a lock can have one');
  }
  return { kind: 'object-lock', default: { mode: 'compliance', unit: 'days', count } };
}

/** The rule for everything; rules for prefixes are set by the policy document. */
function decodeLifetime(headers: WireHeaders, before: Ruled): Record<string, string | null> {
  const days = askedFor(headers, 'X-Container-Object-Lifecycle');
  const target = askedFor(headers, 'X-Container-Object-Transfer-To');
  if (days === undefined && target === undefined) return {};
  const found = lifetimeRulesOf(before) ?? {};
  const { default: former, ...rest } = found;
  const count = days === undefined ? former?.days : lifetimeDaysIn(days);
  if (count === undefined) return lifetimeDocument(rest);
  const transferTo = target === undefined ? former?.transferTo : nameOfTarget(target);
  const lifetime = { days: count, ...(transferTo !== undefined && { transferTo }) };
  return lifetimeDocument({ ...rest, default: lifetime });
}

function lifetimeDaysIn(value: string | null): number | undefined {
  return value === null ? undefined : daysIn('X-Container-Object-Lifecycle', value, 1);
}

function nameOfTarget(value: string | null): string | undefined {
  return value === null ? undefined : containerIn(value);
}

const nameRules = [
  ['X-Container-Object-Deny-Extension-Policy', 'deniedExtensions'],
  ['X-Container-Object-Allow-Extension-Policy', 'allowedExtensions'],
  ['X-Container-Object-Deny-Keyword-Policy', 'deniedKeywords'],
  ['X-Container-Object-Allow-Keyword-Policy', 'allowedKeywords'],
] as const;

function decodeUploadNames(headers: WireHeaders, before: Ruled): Record<string, string | null> {
  const names: { -readonly [P in keyof UploadNames]: UploadNames[P] } = { ...uploadNamesOf(before) };
  let isAsked = false;
  for (const [header, rule] of nameRules) {
    const asked = askedFor(headers, header);
    if (asked === undefined) continue;
    isAsked = true;
    if (asked === null) delete names[rule];
    else names[rule] = wordsIn(header, asked);
  }
  if (!isAsked) return {};
  if (names.allowedExtensions !== undefined && names.deniedExtensions !== undefined) {
    throw new SwiftError(400, 'Extensions can be allowed or denied, not both');
  }
  if (names.allowedKeywords !== undefined && names.deniedKeywords !== undefined) {
    throw new SwiftError(400, 'Keywords can be allowed or denied, not both');
  }
  return uploadNamesDocument(names);
}

/** Words are percent-encoded, and so may hold a comma. */
function wordsIn(header: string, value: string): string[] {
  const words = value.split(',').map((word) => decodePath(word.trim()));
  if (words.some((word) => word === '' || word.includes('/'))) {
    throw new SwiftError(400, `${header} must be words, separated by commas`);
  }
  return words;
}

export function pushRules(headers: string[], bucket: Ruled): void {
  const { versioning, lock } = bucket;
  if (versioning !== 'unversioned') {
    headers.push('X-Versions-Enabled', versioning === 'enabled' ? 'True' : 'False');
  }
  const archive = archiveOf(bucket);
  if (archive !== undefined) {
    const header = archive.mode === 'history' ? 'X-History-Location' : 'X-Versions-Location';
    headers.push(header, encodeStrict(archive.bucket));
    const { retentionMicros } = archive;
    if (retentionMicros !== undefined)
      headers.push('X-Versions-Retention', `${retentionMicros / DAY_MICROS}`);
  }
  const lifetime = lifetimeRulesOf(bucket)?.default;
  if (lifetime !== undefined) {
    headers.push('X-Container-Object-Lifecycle', `${lifetime.days}`);
    if (lifetime.transferTo !== undefined) {
      headers.push('X-Container-Object-Transfer-To', encodeStrict(lifetime.transferTo));
    }
  }
  if (lock?.kind === 'object-lock') headers.push('X-Container-Worm-Retention-Day', `${lockedDays(lock)}`);
  const names = uploadNamesOf(bucket) ?? {};
  for (const [header, rule] of nameRules) {
    const words = names[rule];
    if (words !== undefined) headers.push(header, words.map(encodeStrict).join(','));
  }
}

function lockedDays({ default: retention }: Extract<BucketLock, { kind: 'object-lock' }>): number {
  if (retention === undefined) return 0;
  return retention.unit === 'years' ? retention.count * 365 : retention.count;
}
