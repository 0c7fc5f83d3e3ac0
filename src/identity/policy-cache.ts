/**
 * Policies as they are stored, compiled once per document. Equal text is an equal policy, so nothing here can be out of date;
 * a store that hands out the same text with the same version makes finding it cheap.
 */

import type { PolicyLanguage } from './grants.ts';
import { compileIbmPolicy } from './ibm-policies.ts';
import { type Policy, parsePolicy } from './policies.ts';
import { PolicyError } from './policy-error.ts';
import { parseScpPolicy } from './scp-policies.ts';
import { isScpPolicy } from './scp-policy-documents.ts';

/** A stored document that this version cannot read: damage, or written by a newer version. */
export class PolicyFormatError extends Error {
  override readonly name = 'PolicyFormatError';
}

/** 20 KiB of text each at most, and several times that compiled. */
const ENTRIES_MAX = 1000;

type Reader = (text: string) => Policy;

/** From text to statements; throws `PolicyError` for what must not be stored. */
const readers: Readonly<Record<PolicyLanguage, Reader>> = {
  aws: (text) => parsePolicy(text, { kind: 'identity' }),
  ibm: compileIbmPolicy,
  scp: (text) => parseScpPolicy(text, { kind: 'identity' }),
};

/** A bucket's policy says itself which language it is in. */
const readBucketPolicy: Reader = (text) =>
  isScpPolicy(text) ? parseScpPolicy(text, { kind: 'bucket' }) : parsePolicy(text, { kind: 'bucket' });

class CompiledTexts {
  readonly #known = new Map<string, Policy>();
  readonly #read: Reader;

  constructor(read: Reader) {
    this.#read = read;
  }

  compile(text: string): Policy {
    const found = this.#known.get(text);
    if (found !== undefined) return found;
    const policy = this.#parse(text);
    if (this.#known.size >= ENTRIES_MAX) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    this.#known.set(text, policy);
    return policy;
  }

  #parse(text: string): Policy {
    try {
      return this.#read(text);
    } catch (error) {
      if (error instanceof PolicyError) throw new PolicyFormatError(`a stored policy: ${error.message}`);
      throw error;
    }
  }
}

const compiled = {
  bucket: new CompiledTexts(readBucketPolicy),
  aws: new CompiledTexts(readers.aws),
  ibm: new CompiledTexts(readers.ibm),
  scp: new CompiledTexts(readers.scp),
} as const;

/** One that is stored: of a bucket, or of an identity in that language. Throws `PolicyFormatError`. */
export function compilePolicy(text: string, kind: 'bucket' | PolicyLanguage): Policy {
  return compiled[kind].compile(text);
}

/** One that is about to be stored for that bucket. Throws `PolicyError`. */
export function checkBucketPolicy(text: string, bucket: string): Policy {
  const kind = { kind: 'bucket', bucket } as const;
  return isScpPolicy(text) ? parseScpPolicy(text, kind) : parsePolicy(text, kind);
}

/** One of an identity that is about to be stored. Throws `PolicyError`. */
export function checkPolicy(text: string, language: PolicyLanguage): Policy {
  return readers[language](text);
}
