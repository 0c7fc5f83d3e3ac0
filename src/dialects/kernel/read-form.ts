/**
 * Forms of browsers that carry files (`multipart/form-data`, RFC 7578): the fields before the first file, and then the files as streams.
 * Fields behind it are ignored, as S3 and Swift have it: whoever signs a form has not signed those. The form is read to its end, so
 * that one that was cut off is never taken for a whole one.
 */
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { ByteSource } from '../../lib/byte-source.ts';

export interface FormRules {
  /** Of all names and values before the first file. Bytes. */
  readonly fieldBytesMax: number;
  readonly fieldsMax: number;
  /** Which field is a file. Not whether it has a file name: some clients give one to every field. */
  isFile(field: string, filename: string | undefined): boolean;
  /** Default: the first file ends with the form, and others are ignored. */
  readonly takesManyFiles?: boolean;
}

export interface FormFile {
  /** Name of the field. */
  readonly field: string;
  readonly filename: string;
  /** Its Content-Type. */
  readonly type: string;
  /** Rejects with FormError when the form is cut off or malformed. */
  readonly source: ByteSource;
}

export interface Form {
  /** In the order of the form; names as sent. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly file: FormFile | undefined;
  /** The next one, when the one before was read to its end. Rejects with FormError. */
  nextFile(): Promise<FormFile | undefined>;
}

export type FormFault = 'not-a-form' | 'malformed' | 'too-long';

export class FormError extends Error {
  override readonly name = 'FormError';
  readonly fault: FormFault;

  constructor(fault: FormFault) {
    super(fault);
    this.fault = fault;
  }
}

/** Reads until the file begins. Throws FormError, and what the source rejects with. */
export async function readForm(
  source: ByteSource,
  contentType: string | undefined,
  rules: FormRules,
): Promise<Form> {
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType))
    throw new FormError('not-a-form');
  const pump = new FormPump(source, contentType, rules);
  const file = await pump.nextFile();
  return { fields: pump.fields, file, nextFile: () => pump.nextFile() };
}

class FormPump {
  readonly fields: [string, string][] = [];
  /** That have begun and were not asked for. */
  readonly #files: FormFile[] = [];
  #hasFile = false;
  readonly #source: ByteSource;
  readonly #parser: InstanceType<typeof Busboy>;
  /** Of the last chunk: the parser waits within one for the file's reader. */
  #writing: Promise<void> = Promise.resolve();
  #fault: unknown;
  #isSourceEnded = false;
  #isFinished = false;
  #isStepping = false;
  /** Of whoever waits for the parser to get on. */
  #wake = (): void => {};

  constructor(source: ByteSource, contentType: string, rules: FormRules) {
    const { fieldBytesMax, fieldsMax, isFile, takesManyFiles = false } = rules;
    this.#source = source;
    try {
      this.#parser = new Busboy({
        headers: { 'content-type': contentType },
        preservePath: true,
        limits: { fieldNameSize: 1024, fieldSize: fieldBytesMax + 1, fields: fieldsMax + 1 },
        isPartAFile: (field, _type, filename) => isFile(field ?? '', filename),
      });
    } catch {
      throw new FormError('not-a-form');
    }
    let fieldBytes = 0;
    this.#parser.on('field', (name, value) => {
      if (this.#hasFile) return;
      fieldBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
      this.fields.push([name, value]);
      if (fieldBytes > fieldBytesMax || this.fields.length > fieldsMax) this.#fail('too-long');
    });
    this.#parser.on('file', (field, stream, filename, _encoding, type) => {
      if (this.#hasFile && !takesManyFiles) {
        stream.resume();
        return;
      }
      this.#hasFile = true;
      const source = this.#open(stream, takesManyFiles);
      this.#files.push({ field: field ?? '', filename: filename ?? '', type, source });
      this.#wake();
    });
    this.#parser.on('error', () => this.#fail('malformed'));
    this.#parser.on('finish', () => {
      this.#isFinished = true;
      this.#wake();
    });
  }

  #fail(fault: FormFault): void {
    this.#fault ??= new FormError(fault);
    this.#wake();
  }

  /** Undefined: the form has ended. */
  async nextFile(): Promise<FormFile | undefined> {
    await this.#until(() => this.#files.length > 0 || this.#isFinished);
    if (this.#fault !== undefined) throw this.#fault;
    return this.#files.shift();
  }

  /** Feeds the parser until something holds. Throws what is wrong with the form or its source. */
  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#fault !== undefined) throw this.#fault;
      const progress = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (!this.#isStepping && !this.#isSourceEnded) void this.#step();
      await progress;
    }
  }

  /** Takes one chunk in. Never rejects. */
  async #step(): Promise<void> {
    this.#isStepping = true;
    try {
      await this.#writing;
      const chunk = await this.#source.read();
      if (chunk === null) {
        this.#isSourceEnded = true;
        this.#parser.end();
      } else {
        this.#writing = new Promise((resolve) => this.#parser.write(chunk, () => resolve()));
      }
    } catch (error) {
      this.#fault ??= error;
    }
    this.#isStepping = false;
    this.#wake();
  }

  #open(stream: Readable, endsBeforeForm: boolean): ByteSource {
    let isEnded = false;
    stream.on('readable', () => this.#wake());
    for (const event of ['end', 'close']) {
      stream.once(event, () => {
        isEnded = true;
        this.#wake();
      });
    }
    stream.once('error', () => this.#fail('malformed'));
    return {
      read: async () => {
        let piece: Buffer | null = null;
        await this.#until(() => {
          piece ??= stream.read();
          return piece !== null || isEnded;
        });
        if (this.#fault !== undefined) throw this.#fault;
        // The rest of the form must be there.
        if (piece === null && !endsBeforeForm) await this.#until(() => this.#isFinished);
        return piece;
      },
    };
  }
}
