/**
 * One file on its way: in one request when it is small, in parts otherwise, some beside each other. What has arrived stays when it is
 * paused; going on sends the parts that are missing. It is done when the server says that the whole file is there, and not before.
 */
import { ApiError, isCode } from '../api/api-error.ts';
import { sendRequest } from '../api/send-request.ts';
import { crc32Base64 } from '../s3/crc32.ts';
import { type ObjectAddress, objectPath } from '../s3/s3-address.ts';
import { completeUpload, listParts, startUpload, type UploadedPart } from '../s3/s3-uploads.ts';
import { findRemembered, forgetUpload, rememberUpload } from './remembered-uploads.ts';
import { sendFile } from './send-file.ts';

/** Above this a broken connection is worth parts. */
const WHOLE_BYTES_MAX = 16 * 1024 * 1024;
const PART_BYTES_MIN = 8 * 1024 * 1024;
/** Amazon S3 User Guide, "Multipart upload limits". */
const PARTS_MAX = 10_000;
const PARTS_AT_ONCE = 3;

/** What is known of an upload from one run to the next. */
export interface UploadProgress {
  uploadId: string | undefined;
  readonly parts: Map<number, UploadedPart>;
}

export interface UploadRun {
  readonly address: ObjectAddress;
  readonly file: File;
  readonly progress: UploadProgress;
  readonly signal: AbortSignal;
  /** Bytes that have arrived or are under way. */
  readonly onProgress: (bytesSent: number) => void;
}

export async function runUpload(run: UploadRun): Promise<void> {
  const etag = run.file.size <= WHOLE_BYTES_MAX ? await sendWhole(run) : await sendInParts(run);
  await verify(run, etag);
}

async function sendWhole({ address, file, signal, onProgress }: UploadRun): Promise<string> {
  const path = objectPath(address);
  // A bucket that locks what arrives takes nothing without.
  const checksum = crc32Base64(new Uint8Array(await file.arrayBuffer()));
  return sendFile({ path, content: file, contentType: file.type, checksum, signal, onProgress });
}

async function sendInParts(run: UploadRun): Promise<undefined> {
  const { address, file, progress, signal } = run;
  const partBytes = Math.max(PART_BYTES_MIN, Math.ceil(file.size / PARTS_MAX));
  const contentOf = (part: number): Blob => file.slice((part - 1) * partBytes, part * partBytes);
  progress.uploadId ??= (await findInterrupted(run, contentOf)) ?? (await begin(run));
  const { uploadId } = progress;
  const missing: number[] = [];
  for (let number = 1; (number - 1) * partBytes < file.size; number += 1) {
    if (!progress.parts.has(number)) missing.push(number);
  }
  const sending = new Map<number, number>();
  const report = (): void => {
    const arrived = [...progress.parts.values()].reduce((sum, { size }) => sum + size, 0);
    run.onProgress(arrived + [...sending.values()].reduce((sum, bytes) => sum + bytes, 0));
  };
  const work = async (): Promise<void> => {
    for (let number = missing.shift(); number !== undefined; number = missing.shift()) {
      const part = number;
      const content = contentOf(part);
      const path = objectPath(address, { partNumber: String(part), uploadId });
      const onProgress = (bytes: number): void => {
        sending.set(part, bytes);
        report();
      };
      const etag = await sendFile({ path, content, contentType: '', signal, onProgress });
      sending.delete(part);
      progress.parts.set(part, { number: part, etag, size: content.size });
      report();
    }
  };
  report();
  try {
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, work));
  } catch (error) {
    if (isCode(error, 'NoSuchUpload')) beginAnew(progress);
    throw error;
  }
  await complete(run, uploadId);
  forgetUpload(uploadId);
  return undefined;
}

async function begin({ address, file }: UploadRun): Promise<string> {
  const uploadId = await startUpload(address, file.type);
  rememberUpload({ ...address, uploadId }, file);
  return uploadId;
}

/** Somebody has ended it: the next attempt is another upload. */
function beginAnew(progress: UploadProgress): void {
  if (progress.uploadId !== undefined) forgetUpload(progress.uploadId);
  progress.uploadId = undefined;
  progress.parts.clear();
}

/**
 * The upload of the same file to the same key that this browser has begun before, with the parts that have arrived. Undefined: there is
 * none, it has been ended meanwhile, or who uploads may not ask for its parts.
 */
async function findInterrupted(
  { address, file, progress }: UploadRun,
  contentOf: (part: number) => Blob,
): Promise<string | undefined> {
  const found = findRemembered(address, file);
  if (found === undefined) return undefined;
  const { uploadId } = found;
  try {
    for (const part of await listParts({ ...address, uploadId })) {
      if (part.size > 0 && part.size === contentOf(part.number).size) progress.parts.set(part.number, part);
    }
    return uploadId;
  } catch (error) {
    if (!isCode(error, 'NoSuchUpload', 'AccessDenied')) throw error;
    forgetUpload(uploadId);
    return undefined;
  }
}

/** When an earlier attempt had completed it and its answer was lost, there is no such upload any more: then the object decides. */
async function complete({ address, progress }: UploadRun, uploadId: string): Promise<void> {
  try {
    await completeUpload({ ...address, uploadId }, [...progress.parts.values()]);
  } catch (error) {
    if (!isCode(error, 'NoSuchUpload')) throw error;
  }
}

async function verify({ address, file }: UploadRun, etag: string | undefined): Promise<void> {
  const { headers } = await sendRequest(objectPath(address), { method: 'HEAD' });
  const isWhole = Number(headers.get('content-length')) === file.size;
  if (isWhole && (etag === undefined || headers.get('etag') === etag)) return;
  throw new ApiError(409, 'UploadNotFound', 'The server has another object under this key.');
}
