/**
 * The CRC of a concatenation from the CRCs and lengths of its pieces, without reading a byte.
 *
 * A CRC is the remainder of a polynomial over GF(2), so appending n bytes multiplies what came before by x^(8n):
 * crc(A then B) = crc(A) * x^(8 * length of B) + crc(B). The inversions at the start and the end of these three CRCs
 * cancel out in that sum. Polynomials are reflected: the highest bit is the coefficient of x^0. (Ross Williams, "A
 * painless guide to CRC error detection algorithms", 1993; the same property is behind zlib's crc32_combine.)
 */

export type CombinableCrc = 'CRC32' | 'CRC32C' | 'CRC64NVME';

export interface CrcOfPiece {
  /** Big-endian, as checksums stand on the wire before base64: 4 or 8 bytes. */
  readonly crc: Buffer;
  /** Bytes of the piece. A safe integer. */
  readonly length: number;
}

/** A polynomial in two 32-bit halves; those of 32 bits use `high` alone. */
interface Polynomial {
  readonly high: number;
  readonly low: number;
}

interface Field {
  readonly bytes: 4 | 8;
  multiply(left: Polynomial, right: Polynomial): Polynomial;
}

const ONE: Polynomial = { high: 0x80000000 | 0, low: 0 };
const X_TO_THE_8: Polynomial = { high: 0x00800000, low: 0 };

const FIELDS: Record<CombinableCrc, Field> = {
  CRC32: field32(0xedb88320),
  CRC32C: field32(0x82f63b78),
  CRC64NVME: field64(0x9a6c9329, 0xac4bc9b5),
};

/** CRC of all pieces in order, big-endian. Of none: zero, the CRC of nothing. */
export function combineCrcs(name: CombinableCrc, pieces: Iterable<CrcOfPiece>): Buffer {
  const field = FIELDS[name];
  const factors = new Map<number, Polynomial>();
  let total: Polynomial = { high: 0, low: 0 };
  for (const piece of pieces) {
    if (piece.crc.length !== field.bytes) throw new RangeError(`a ${name} has ${field.bytes} bytes`);
    let factor = factors.get(piece.length);
    if (factor === undefined) {
      factor = powerOfX8(field, piece.length);
      factors.set(piece.length, factor);
    }
    const shifted = field.multiply(total, factor);
    total = {
      high: shifted.high ^ piece.crc.readInt32BE(0),
      low: field.bytes === 8 ? shifted.low ^ piece.crc.readInt32BE(4) : 0,
    };
  }
  const combined = Buffer.alloc(field.bytes);
  combined.writeInt32BE(total.high, 0);
  if (field.bytes === 8) combined.writeInt32BE(total.low, 4);
  return combined;
}

/** x^(8 * count) by repeated squaring; `count` may exceed 32 bits. */
function powerOfX8(field: Field, count: number): Polynomial {
  let power = ONE;
  let square = X_TO_THE_8;
  for (let rest = count; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = field.multiply(power, square);
    square = field.multiply(square, square);
  }
  return power;
}

function field32(polynomial: number): Field {
  return {
    bytes: 4,
    multiply(left, right) {
      let product = 0;
      let shifted = right.high;
      for (let rest = left.high; rest !== 0; rest <<= 1) {
        if (rest < 0) product ^= shifted;
        shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
      }
      return { high: product | 0, low: 0 };
    },
  };
}

function field64(polynomialHigh: number, polynomialLow: number): Field {
  return {
    bytes: 8,
    multiply(left, right) {
      let productHigh = 0;
      let productLow = 0;
      let { high, low } = right;
      for (let bit = 0; bit < 64; bit++) {
        const half = bit < 32 ? left.high : left.low;
        if (half << (bit & 31) < 0) {
          productHigh ^= high;
          productLow ^= low;
        }
        const carry = (low & 1) === 1;
        low = (low >>> 1) | (high << 31);
        high >>>= 1;
        if (carry) {
          high ^= polynomialHigh;
          low ^= polynomialLow;
        }
      }
      return { high: productHigh | 0, low: productLow | 0 };
    },
  };
}
