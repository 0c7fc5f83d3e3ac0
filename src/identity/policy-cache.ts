/**
 * Policies as they are stored, compiled once per document. Equal text is an equal policy, so nothing here can be out of date;
 * a store that hands out the same text with the same version makes finding it cheap.
 */

import { type Policy, parsePolicy } from './policies.ts';
import { PolicyError } from './policy-error.ts';

/** A stored document that this version cannot read: damage, or written by a newer version. */
export class PolicyFormatError extends Error {
  override readonly name = 'PolicyFormatError';
}

/** 20 KiB of text each at most, and several times that compiled. */
const ENTRIES_MAX = 1000;

const compiled = {
  bucket: new Map<string, Policy>(),
  identity: new Map<string, Policy>(),
} as const;

/** Throws `PolicyFormatError`. */
export function compilePolicy(text: string, kind: 'bucket' | 'identity'): Policy {
  const known = compiled[kind];
  const found = known.get(text);
  if (found !== undefined) return found;
  const policy = parseStored(text, kind);
  if (known.size >= ENTRIES_MAX) {
    for (const oldest of known.keys()) {
      known.delete(oldest);
      break;
    }
  }
  known.set(text, policy);
  return policy;
}

function parseStored(text: string, kind: 'bucket' | 'identity'): Policy {
  try {
    return parsePolicy(text, { kind });
  } catch (error) {
    if (error instanceof PolicyError) throw new PolicyFormatError(`a stored policy: ${error.message}`);
    throw error;
  }
}
