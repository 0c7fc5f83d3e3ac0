/** The rules for names of buckets (Amazon S3 User Guide, "General purpose bucket naming rules"), told while one types. */
import { defineText } from '../text/define-text.ts';

export const ruleText = defineText(
  {
    length: '3 to 63 characters',
    characters: 'small letters, digits, hyphens and dots only',
    ends: 'begins and ends with a letter or a digit',
    dots: 'no dot beside a dot or a hyphen',
    address: 'not written like an IP address',
    reserved: 'not reserved (info, auth, admin, xn-- …)',
  },
  {
    length: '3~63자',
    characters: '영문 소문자, 숫자, 하이픈(-), 점(.)만 사용',
    ends: '영문 소문자나 숫자로 시작하고 끝남',
    dots: '점 옆에 점이나 하이픈을 쓰지 않음',
    address: 'IP 주소 형식이 아님',
    reserved: '예약된 이름이 아님(info, auth, admin, xn-- 등)',
  },
);

export type NameRule = keyof (typeof ruleText)['en'];

const reservedNames: ReadonlySet<string> = new Set(['info', 'healthcheck', 'auth', 'v1.0', 'v2.0', 'admin']);

const rules: readonly (readonly [NameRule, (name: string) => boolean])[] = [
  ['length', (name) => name.length >= 3 && name.length <= 63],
  ['characters', (name) => /^[a-z0-9.-]*$/.test(name)],
  ['ends', (name) => /^[a-z0-9](?:.*[a-z0-9])?$/.test(name)],
  ['dots', (name) => !/\.\.|\.-|-\./.test(name)],
  ['address', (name) => !/^\d{1,3}(?:\.\d{1,3}){3}$/.test(name)],
  ['reserved', (name) => !name.startsWith('xn--') && !reservedNames.has(name)],
];

export interface CheckedRule {
  readonly rule: NameRule;
  readonly isKept: boolean;
}

export function checkBucketName(name: string): readonly CheckedRule[] {
  return rules.map(([rule, holds]) => ({ rule, isKept: holds(name) }));
}
