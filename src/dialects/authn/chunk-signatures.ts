/**
 * The chain of signatures in an aws-chunked body: each chunk's covers the one before it, the first of which is the
 * request's own. AWS, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks"
 * and "… Including Trailing Headers".
 */
import { createHash, hash } from 'node:crypto';
import { AuthnError } from './authn-errors.ts';
import type { SignatureChain } from './payload-mode.ts';
import { isSignature } from './signing-keys.ts';

export interface ChunkSignatures {
  /** Bytes of the current chunk. */
  update(piece: Buffer): void;
  /** Ends the current chunk. Throws SignatureMismatch. */
  endChunk(signature: string): void;
  /** `lines`: `name:value\n` for each trailer, in the order sent. Throws SignatureMismatch. */
  endTrailer(lines: string, signature: string): void;
}

const SHA256_OF_NOTHING = hash('sha256', '', 'hex');

export function createChunkSignatures(chain: SignatureChain): ChunkSignatures {
  let previous = chain.seedSignature;
  let chunkHash = createHash('sha256');

  function verify(part: 'chunk' | 'trailer', stringToSign: string, signature: string): void {
    const provided = signature.toLowerCase();
    if (!isSignature(provided, chain.signingKey, stringToSign)) {
      const { accessKeyId, canonicalRequest } = chain;
      throw new AuthnError('SignatureMismatch', {
        part,
        accessKeyId,
        stringToSign,
        canonicalRequest,
        signatureProvided: signature,
      });
    }
    previous = provided;
  }

  return {
    update(piece) {
      chunkHash.update(piece);
    },
    endChunk(signature) {
      const head = `AWS4-HMAC-SHA256-PAYLOAD\n${chain.timestamp}\n${chain.scope}\n${previous}`;
      verify('chunk', `${head}\n${SHA256_OF_NOTHING}\n${chunkHash.digest('hex')}`, signature);
      chunkHash = createHash('sha256');
    },
    endTrailer(lines, signature) {
      const head = `AWS4-HMAC-SHA256-TRAILER\n${chain.timestamp}\n${chain.scope}\n${previous}`;
      verify('trailer', `${head}\n${hash('sha256', lines, 'hex')}`, signature);
    },
  };
}
