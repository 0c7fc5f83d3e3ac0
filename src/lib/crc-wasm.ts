/**
 * CRC32C and CRC64NVME at several gigabytes per second, in a WebAssembly module that is assembled here.
 *
 * Node has no native code for either, and JavaScript has no 64-bit integers that are cheap per byte. The module works
 * "slicing by 16" (M. E. Kounavis and F. L. Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC
 * Generation", 2008): 16 bytes cost 16 independent table look-ups. Both polynomials are reflected, with all bits set
 * before and inverted after. CRC32C: RFC 3720, appendix B.4. CRC64NVME: NVM Express NVM Command Set, section 5.2.1.3.4.
 */

/** What is used of it: the JavaScript API is declared neither by TypeScript without the DOM nor by the types of Node. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const POLYNOMIAL_CRC32C = 0x82f63b78;
const POLYNOMIAL_CRC64NVME = 0x9a6c9329ac4bc9b5n;

/** Memory: the state, the tables of both, and from the second page on the input, copied in pieces that stay in the cache. */
const STATE_ADDRESS = 0;
const TABLES_32_ADDRESS = 1024;
const TABLES_64_ADDRESS = TABLES_32_ADDRESS + 16 * 256 * 4;
const PAGE_BYTES = 65_536;
const INPUT_ADDRESS = PAGE_BYTES;
const INPUT_BYTES_MAX = 32_768;

/** Running CRC as the algorithm holds it between bytes; `high` is 0 for 32 bits. Begin with all bits set. */
export interface CrcState {
  low: number;
  high: number;
}

interface CrcEngine {
  readonly state: Uint32Array;
  readonly input: Uint8Array;
  readonly update32: (start: number, end: number) => void;
  readonly update64: (start: number, end: number) => void;
}

let engine: CrcEngine | undefined;

export function updateCrc32c(state: CrcState, chunk: Uint8Array): void {
  engine ??= startEngine();
  run(engine, engine.update32, state, chunk);
}

export function updateCrc64Nvme(state: CrcState, chunk: Uint8Array): void {
  engine ??= startEngine();
  run(engine, engine.update64, state, chunk);
}

function run(
  { state: registers, input }: CrcEngine,
  update: (start: number, end: number) => void,
  state: CrcState,
  chunk: Uint8Array,
): void {
  registers[0] = state.low;
  registers[1] = state.high;
  if (chunk.length <= INPUT_BYTES_MAX) {
    input.set(chunk);
    update(INPUT_ADDRESS, INPUT_ADDRESS + chunk.length);
  } else {
    for (let offset = 0; offset < chunk.length; offset += INPUT_BYTES_MAX) {
      const piece = chunk.subarray(offset, offset + INPUT_BYTES_MAX);
      input.set(piece);
      update(INPUT_ADDRESS, INPUT_ADDRESS + piece.length);
    }
  }
  state.low = registers[0];
  state.high = registers[1];
}

function startEngine(): CrcEngine {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembleModule()));
  const memory = (exports['memory'] as { readonly buffer: ArrayBuffer }).buffer;
  fillTables32(new Uint32Array(memory, TABLES_32_ADDRESS, 16 * 256));
  fillTables64(new BigUint64Array(memory, TABLES_64_ADDRESS, 16 * 256));
  return {
    state: new Uint32Array(memory, STATE_ADDRESS, 2),
    input: new Uint8Array(memory, INPUT_ADDRESS, INPUT_BYTES_MAX),
    update32: exports['update32'] as CrcEngine['update32'],
    update64: exports['update64'] as CrcEngine['update64'],
  };
}

/** Table k says what a byte has become after k more bytes of zeros. */
function fillTables32(tables: Uint32Array): void {
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL_CRC32C : crc >>> 1;
    tables[byte] = crc;
  }
  for (let index = 256; index < tables.length; index++) {
    const previous = tables[index - 256]!;
    tables[index] = tables[previous & 255]! ^ (previous >>> 8);
  }
}

function fillTables64(tables: BigUint64Array): void {
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL_CRC64NVME : crc >> 1n;
    tables[byte] = crc;
  }
  for (let index = 256; index < tables.length; index++) {
    const previous = tables[index - 256]!;
    tables[index] = tables[Number(previous & 255n)]! ^ (previous >> 8n);
  }
}

// The assembler: WebAssembly core specification 1.0, section 5 (binary format). Code is a list of bytes.

type Code = readonly number[];

const I32 = 0x7f;
const I64 = 0x7e;
const BLOCK = [0x02, 0x40];
const LOOP = [0x03, 0x40];
const END = 0x0b;
const ADD_32 = 0x6a;
const SUBTRACT_32 = 0x6b;
const AND_32 = 0x71;
const SHIFT_LEFT_32 = 0x74;
const SHIFT_RIGHT_32 = 0x76;
const LESS_UNSIGNED_32 = 0x49;
const EQUAL_32 = 0x46;
const SHIFT_RIGHT_64 = 0x88;
const WRAP_64_TO_32 = 0xa7;
const EXTEND_32_TO_64 = 0xad;

const branch = (depth: number): Code => [0x0c, depth];
const branchIf = (depth: number): Code => [0x0d, depth];
const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const constant32 = (value: number): Code => [0x41, ...signed(value)];
const constant64 = (value: number): Code => [0x42, ...signed(value)];
const loadByte = (): Code => [0x2d, 0, 0];

/** What differs between the two widths; a word is as wide as the CRC. */
interface Width {
  readonly type: number;
  readonly bytes: number;
  readonly tables: number;
  readonly load: (offset: number) => Code;
  readonly store: Code;
  readonly xor: number;
}

const width32: Width = {
  type: I32,
  bytes: 4,
  tables: TABLES_32_ADDRESS,
  load: (offset) => [0x28, 2, ...unsigned(offset)],
  store: [0x36, 2, 0],
  xor: 0x73,
};
const width64: Width = {
  type: I64,
  bytes: 8,
  tables: TABLES_64_ADDRESS,
  load: (offset) => [0x29, 3, ...unsigned(offset)],
  store: [0x37, 3, 0],
  xor: 0x85,
};

const POSITION = 0;
const LIMIT = 1;
const CRC = 2;
const WORD = 3;
const HALF = 4;

/** `(start, limit)`: 16 bytes at a time, then single ones, on the state in memory. */
function assembleUpdate(width: Width): Code {
  const table = (index: number) => width.load(width.tables + index * 256 * width.bytes);
  const body = [
    ...constant32(STATE_ADDRESS),
    ...width.load(0),
    ...set(CRC),
    ...BLOCK,
    ...LOOP,
    ...[...get(LIMIT), ...get(POSITION), SUBTRACT_32, ...constant32(16), LESS_UNSIGNED_32, ...branchIf(1)],
    ...assembleSixteenBytes(width, table),
    ...[...get(POSITION), ...constant32(16), ADD_32, ...set(POSITION), ...branch(0)],
    END,
    END,
    ...BLOCK,
    ...LOOP,
    ...[...get(POSITION), ...get(LIMIT), EQUAL_32, ...branchIf(1)],
    ...assembleOneByte(width, table),
    ...[...get(POSITION), ...constant32(1), ADD_32, ...set(POSITION), ...branch(0)],
    END,
    END,
    ...[...constant32(STATE_ADDRESS), ...get(CRC), ...width.store],
    END,
  ];
  const locals = [2, 2, width.type, 1, I32];
  return sized([...locals, ...body]);
}

function assembleSixteenBytes(width: Width, table: (index: number) => Code): Code {
  const code: number[] = [];
  const scale = width.bytes === 4 ? 2 : 3;
  const mask = 255 << scale;
  let index = 15;
  for (let offset = 0; offset < 16; offset += width.bytes) {
    code.push(...get(POSITION), ...width.load(offset));
    if (offset === 0) code.push(...get(CRC), width.xor);
    code.push(...set(WORD));
    for (let half = 0; half < width.bytes; half += 4) {
      code.push(...get(WORD));
      if (half > 0) code.push(...constant64(32), SHIFT_RIGHT_64);
      if (width.bytes === 8) code.push(WRAP_64_TO_32);
      code.push(...set(HALF));
      for (let byte = 0; byte < 4; byte++, index--) {
        const shift = byte * 8 - scale;
        code.push(...get(HALF), ...constant32(Math.abs(shift)), shift < 0 ? SHIFT_LEFT_32 : SHIFT_RIGHT_32);
        code.push(...constant32(mask), AND_32, ...table(index));
        if (index < 15) code.push(width.xor);
      }
    }
  }
  return [...code, ...set(CRC)];
}

function assembleOneByte(width: Width, table: (index: number) => Code): Code {
  const isWide = width.bytes === 8;
  const shiftRight = isWide ? SHIFT_RIGHT_64 : SHIFT_RIGHT_32;
  const eight = isWide ? constant64(8) : constant32(8);
  return [
    ...[...get(POSITION), ...loadByte(), ...(isWide ? [EXTEND_32_TO_64] : []), ...get(CRC), width.xor],
    ...(isWide ? [WRAP_64_TO_32] : []),
    ...[...constant32(255), AND_32, ...constant32(isWide ? 3 : 2), SHIFT_LEFT_32, ...table(0)],
    ...[...get(CRC), ...eight, shiftRight, width.xor, ...set(CRC)],
  ];
}

function assembleModule(): Uint8Array<ArrayBuffer> {
  const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const types = [1, 0x60, 2, I32, I32, 0];
  const functions = [2, 0, 0];
  const memories = [1, 0x00, 2];
  const exports = [
    3,
    ...exported('memory', 2, 0),
    ...exported('update32', 0, 0),
    ...exported('update64', 0, 1),
  ];
  const codes = [2, ...assembleUpdate(width32), ...assembleUpdate(width64)];
  const section = (id: number, content: Code) => [id, ...sized(content)];
  return Uint8Array.from([
    ...magicAndVersion,
    ...section(1, types),
    ...section(3, functions),
    ...section(5, memories),
    ...section(7, exports),
    ...section(10, codes),
  ]);
}

function exported(name: string, kind: number, index: number): Code {
  return [...sized([...Buffer.from(name)]), kind, index];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
