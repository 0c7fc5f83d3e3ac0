/**
 * Members of JSON bodies (build specification scp.md, section 8): unknown ones are ignored, an optional null is absent, integers may be
 * digits in a text. Every member that is wrong is told, not the first alone.
 */
import type { WireRequest } from '../kernel/wire.ts';
import type { Text } from './choose-language.ts';
import { invalid, ScpError } from './scp-errors.ts';
import { texts } from './scp-texts.ts';

/** Section 8. */
export const BODY_BYTES_MAX = 256 * 1024;
const DEPTH_MAX = 32;

export type JsonObject = Readonly<Record<string, unknown>>;

interface TextRules {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  /** The pattern as it is shown. */
  readonly form?: string;
}

/** An empty body is an object without members. Throws ValidationError. */
export function readMembers(body: Buffer, { headers }: Pick<WireRequest, 'headers'>): BodyMembers {
  if (body.length === 0) return new BodyMembers({});
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw invalid(texts.wrongContentType);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw invalid(texts.notJson);
  }
  if (!isJsonObject(value) || isDeeperThan(DEPTH_MAX, value)) throw invalid(texts.notJsonObject);
  return new BodyMembers(value);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDeeperThan(depthMax: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depthMax === 0 || Object.values(value).some((inner) => isDeeperThan(depthMax - 1, inner));
}

/** `finish` throws what is wrong; until then a wrong member reads as an empty one. */
export class BodyMembers {
  readonly #members: JsonObject;
  readonly #problems: Text[] = [];

  constructor(members: JsonObject) {
    this.#members = members;
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  text(name: string, rules: TextRules): string {
    if (!this.has(name)) {
      this.#problems.push(texts.required(name));
      return '';
    }
    return this.optionalText(name, rules) ?? '';
  }

  optionalText(name: string, { min = 1, max, pattern, form }: TextRules): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') {
      this.#problems.push(texts.notText(name));
      return undefined;
    }
    if (value.length < min || value.length > max) this.#problems.push(texts.wrongLength(name, min, max));
    else if (pattern?.test(value) === false) {
      this.#problems.push(texts.wrongForm(name, form ?? pattern.source));
    }
    return value;
  }

  integer(name: string, min: number, max: number): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
      this.#problems.push(texts.notInteger(name));
    } else if (number < min || number > max) this.#problems.push(texts.outOfRange(name, min, max));
    else return number;
    return undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    this.#problems.push(texts.notBoolean(name));
    return undefined;
  }

  object(name: string): JsonObject | undefined {
    const value = this.#value(name);
    if (value === undefined || isJsonObject(value)) return value;
    this.#problems.push(texts.notObject(name));
    return undefined;
  }

  /** Undefined when it is left out. */
  texts(name: string, countMax: number): readonly string[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
    if (!isList) this.#problems.push(texts.notList(name));
    else if (value.length > countMax) this.#problems.push(texts.outOfRange(name, 0, countMax));
    else return value as string[];
    return undefined;
  }

  refuse(problem: Text): void {
    this.#problems.push(problem);
  }

  require(name: string): void {
    if (!this.has(name)) this.#problems.push(texts.required(name));
  }

  /** Throws ValidationError. */
  finish(): void {
    if (this.#problems.length > 0) throw new ScpError('ValidationError', this.#problems);
  }

  #value(name: string): unknown {
    const value = Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
    return value ?? undefined;
  }
}
