/**
 * Uploads in parts that were begun in this browser: where they go and of which file they are, so that one that was interrupted goes on
 * when somebody has chosen the same file again. Kept in the browser's local storage until it has arrived, was ended, or somebody logs
 * out; no secret and no byte of the file is among it.
 */
import { useSyncExternalStore } from 'react';
import type { ObjectAddress } from '../s3/s3-address.ts';
import type { UploadAddress } from '../s3/s3-uploads.ts';

export interface RememberedUpload extends UploadAddress {
  /** Id of the user whose upload it is. */
  readonly user: string;
  readonly name: string;
  readonly size: number;
  /** As the browser tells: milliseconds. */
  readonly lastModified: number;
}

const STORED_AS = 'gotgan-uploads';
/** Ours: the oldest are forgotten first. */
const REMEMBERED_MAX = 200;
const listeners = new Set<() => void>();
let user = '';
let all = readStored();

/** Others who log in with the same browser do not see them. */
export function rememberUploadsOf(id: string): void {
  if (user === id) return;
  user = id;
  show(readStored());
}

/** Of who is logged in, oldest first; also of other windows of this browser. */
export function useRememberedUploads(): readonly RememberedUpload[] {
  return useSyncExternalStore(subscribe, () => all);
}

export function rememberUpload(address: UploadAddress, { name, size, lastModified }: File): void {
  const { place, bucket, key, uploadId } = address;
  const added = { user, place, bucket, key, uploadId, name, size, lastModified };
  store([...readAll(), added].slice(-REMEMBERED_MAX));
}

export function forgetUpload(uploadId: string): void {
  const left = readAll().filter((upload) => upload.uploadId !== uploadId);
  store(left);
}

export function forgetUploads(): void {
  store(readAll().filter((upload) => upload.user !== user));
}

export function findRemembered(address: ObjectAddress, file: File): RememberedUpload | undefined {
  return readStored().findLast((upload) => isSameKey(upload, address) && isSameFile(upload, file));
}

export function isSameKey(one: ObjectAddress, other: ObjectAddress): boolean {
  return one.place === other.place && one.bucket === other.bucket && one.key === other.key;
}

type FileFacts = Pick<RememberedUpload, 'name' | 'size' | 'lastModified'>;

/** As far as a browser can tell without reading it. */
export function isSameFile(one: FileFacts, other: FileFacts): boolean {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

function readStored(): readonly RememberedUpload[] {
  return readAll().filter((upload) => upload.user === user);
}

/** What another version or somebody else has put there is nothing. */
function readAll(): readonly RememberedUpload[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isRemembered) : [];
  } catch {
    return [];
  }
}

const texts = ['user', 'place', 'bucket', 'key', 'uploadId', 'name'];
const numbers = ['size', 'lastModified'];

function isRemembered(value: unknown): value is RememberedUpload {
  if (typeof value !== 'object' || value === null) return false;
  const members: Readonly<Record<string, unknown>> = { ...value };
  return (
    texts.every((name) => typeof members[name] === 'string') &&
    numbers.every((name) => typeof members[name] === 'number')
  );
}

/** A browser that keeps nothing, or nothing more, uploads all the same. */
function store(uploads: readonly RememberedUpload[]): void {
  try {
    if (uploads.length === 0) localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, JSON.stringify(uploads));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  show(readStored());
}

function show(uploads: readonly RememberedUpload[]): void {
  all = uploads;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) window.addEventListener('storage', showStored);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('storage', showStored);
  };
}

/** Another window has changed it. */
function showStored({ key }: StorageEvent): void {
  if (key === STORED_AS || key === null) show(readStored());
}
