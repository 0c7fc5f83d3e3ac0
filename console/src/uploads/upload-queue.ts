/** All uploads of this page: a few run at a time, the others wait. They go on while one looks at other screens. */
import { useSyncExternalStore } from 'react';
import { isCode, isGone } from '../api/api-error.ts';
import type { ObjectAddress } from '../s3/s3-address.ts';
import { abortUpload, type UploadAddress } from '../s3/s3-uploads.ts';
import { forgetUpload, forgetUploads, isSameFile, isSameKey } from './remembered-uploads.ts';
import { runUpload, type UploadProgress } from './run-upload.ts';

export type UploadState = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

export interface Upload {
  readonly id: number;
  readonly address: ObjectAddress;
  readonly file: File;
  readonly state: UploadState;
  readonly bytesSent: number;
  readonly error: unknown;
}

interface Running {
  readonly abort: AbortController;
  readonly progress: UploadProgress;
}

const AT_ONCE = 3;

let uploads: readonly Upload[] = [];
let nextId = 1;
const listeners = new Set<() => void>();
const finished = new Set<(address: ObjectAddress) => void>();
const work = new Map<number, Running>();

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );
}

/** Told of every upload that has arrived. Answers how to stop listening. */
export function watchFinished(listener: (address: ObjectAddress) => void): () => void {
  finished.add(listener);
  return () => finished.delete(listener);
}

export function addUploads(added: readonly { readonly address: ObjectAddress; readonly file: File }[]): void {
  const rows = added
    .filter((each) => !goesOn(each))
    .map(({ address, file }): Upload => {
      const id = nextId;
      nextId += 1;
      return { id, address, file, state: 'waiting', bytesSent: 0, error: undefined };
    });
  show([...uploads, ...rows]);
  startNext();
}

/** Whether it is the file of a row that is not done; one that has stopped goes on. */
function goesOn(added: Pick<Upload, 'address' | 'file'>): boolean {
  const row = uploads.find(
    (upload) =>
      upload.state !== 'done' &&
      upload.state !== 'cancelled' &&
      isSameKey(upload.address, added.address) &&
      isSameFile(upload.file, added.file),
  );
  if (row === undefined) return false;
  if (row.state === 'paused' || row.state === 'failed')
    update(row.id, { state: 'waiting', error: undefined });
  return true;
}

export function pauseUpload(id: number): void {
  update(id, { state: 'paused' });
  work.get(id)?.abort.abort();
  startNext();
}

export function resumeUpload(id: number): void {
  update(id, { state: 'waiting', error: undefined });
  startNext();
}

/** Nothing of it stays on the server. */
export async function cancelUpload(id: number): Promise<void> {
  const upload = uploads.find((row) => row.id === id);
  update(id, { state: 'cancelled' });
  const running = work.get(id);
  running?.abort.abort();
  work.delete(id);
  startNext();
  const uploadId = running?.progress.uploadId;
  if (upload !== undefined && uploadId !== undefined) await endUpload({ ...upload.address, uploadId });
}

/** Also one that is no row of this page, or that has been ended by somebody else. */
export async function endUpload(upload: UploadAddress): Promise<void> {
  try {
    await abortUpload(upload);
  } catch (error) {
    if (!isCode(error, 'NoSuchUpload')) throw error;
  }
  forgetUpload(upload.uploadId);
}

/** Nobody who logs in next sees what was uploaded, or goes on with it. */
export function leaveUploads(): void {
  for (const { abort } of work.values()) abort.abort();
  work.clear();
  show([]);
  forgetUploads();
}

export function clearEnded(): void {
  const isOver = ({ state }: Upload): boolean => state === 'done' || state === 'cancelled';
  for (const { id } of uploads.filter(isOver)) work.delete(id);
  show(uploads.filter((upload) => !isOver(upload)));
}

function startNext(): void {
  const running = uploads.filter(({ state }) => state === 'running').length;
  const waiting = uploads.filter(({ state }) => state === 'waiting');
  for (const upload of waiting.slice(0, Math.max(0, AT_ONCE - running))) void start(upload);
}

async function start({ id, address, file }: Upload): Promise<void> {
  const progress = work.get(id)?.progress ?? { uploadId: undefined, parts: new Map() };
  const abort = new AbortController();
  work.set(id, { abort, progress });
  update(id, { state: 'running', error: undefined });
  try {
    await runUpload({
      address,
      file,
      progress,
      signal: abort.signal,
      onProgress: (bytesSent) => update(id, { bytesSent }),
    });
    update(id, { state: 'done', bytesSent: file.size });
    for (const listener of finished) listener(address);
  } catch (error) {
    if (!abort.signal.aborted) {
      abort.abort();
      // What has arrived is kept: going on is one click when the server is back.
      update(id, { state: isGone(error) ? 'paused' : 'failed', error });
    }
  }
  startNext();
}

function update(id: number, change: Partial<Upload>): void {
  show(uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
}

function show(rows: readonly Upload[]): void {
  uploads = rows;
  for (const listener of listeners) listener();
}
