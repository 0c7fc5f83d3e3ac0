/** What the API says to people, in English and Korean. The real platform answers in English only, whatever is asked for. */
import type { Text } from './choose-language.ts';

const say = (en: string, ko: string): Text => ({ en, ko });
const at = (path: string, en: string, ko: string): Text => say(`${path}: ${en}`, `${path}: ${ko}`);

export const texts = {
  unauthorized: say(
    'The request is not signed by a valid access key.',
    '요청이 유효한 인증키로 서명되지 않았습니다.',
  ),
  forbidden: say('You do not have permission to do this.', '이 작업을 수행할 권한이 없습니다.'),
  samlClaimRejected: say(
    'The assertion is genuine, but it is not for this request.',
    '어설션은 유효하지만 이 요청에 사용할 수 없습니다.',
  ),
  invalidSaml: say('The SAML assertion is not valid.', 'SAML 어설션이 유효하지 않습니다.'),
  expiredSaml: say('The SAML assertion has expired.', 'SAML 어설션이 만료되었습니다.'),
  noResource: say('There is nothing at this path.', '요청한 경로에 리소스가 없습니다.'),
  methodNotAllowed: (allowed: string) =>
    say(`This resource takes ${allowed}.`, `이 리소스는 ${allowed} 메서드만 허용합니다.`),
  malformedVersion: say(
    'Scp-Api-Version must be a service and its version, such as "sts 1.1".',
    'Scp-Api-Version은 "sts 1.1"과 같이 서비스와 버전이어야 합니다.',
  ),
  unsupportedVersion: (min: string, max: string) =>
    say(
      `The API version is not supported: ask for ${min} to ${max}.`,
      `지원하지 않는 API 버전입니다. ${min} ~ ${max} 버전을 사용하십시오.`,
    ),
  tooLarge: (bytesMax: number) =>
    say(`The body may have at most ${bytesMax} bytes.`, `본문은 최대 ${bytesMax}바이트입니다.`),
  tooManyRequests: say(
    'Too many requests: try again later.',
    '요청이 너무 많습니다. 잠시 후 다시 시도하십시오.',
  ),
  failed: say(
    'The request could not be processed. Contact the administrator with the request id.',
    '요청을 처리할 수 없습니다. 요청 ID와 함께 관리자에게 문의하십시오.',
  ),
  unavailable: say(
    'The service cannot take this at the moment: try again.',
    '현재 요청을 처리할 수 없습니다. 다시 시도하십시오.',
  ),
  malformedTarget: say(
    'The path or query is not valid percent-encoded UTF-8.',
    '경로 또는 쿼리의 퍼센트 인코딩이 올바르지 않습니다.',
  ),
  incompleteBody: say('The body ended too early.', '본문이 완전하지 않습니다.'),
  notJson: say('body: not valid JSON', 'body: 올바른 JSON이 아닙니다'),
  notJsonObject: say('body: value is not a valid object', 'body: 객체가 아닙니다'),
  wrongContentType: say(
    'Content-Type: must be application/json',
    'Content-Type: application/json이어야 합니다',
  ),
  noSuchAccount: say('There is no such account.', '계정을 찾을 수 없습니다.'),
  noSuchUser: say('There is no such user.', '사용자를 찾을 수 없습니다.'),
  noSuchAccessKey: say('There is no such access key.', '인증키를 찾을 수 없습니다.'),
  noSuchCategory: say('There is no such product category.', '상품 카테고리를 찾을 수 없습니다.'),
  noSuchProduct: say('There is no such product.', '상품을 찾을 수 없습니다.'),
  noSuchRole: say('There is no such role.', '역할을 찾을 수 없습니다.'),
  noSuchProvider: say('There is no such SAML provider.', 'SAML 자격 증명 공급자를 찾을 수 없습니다.'),
  noSuchPolicy: say('There is no such policy.', '정책을 찾을 수 없습니다.'),
  noSuchRecord: say('There is no such resource.', '리소스를 찾을 수 없습니다.'),
  taken: (name: string) => say(`Another one has this ${name}.`, `이미 사용 중인 ${name}입니다.`),
  tooManyAccessKeys: (limit: number) =>
    say(`There can be at most ${limit} access keys.`, `인증키는 최대 ${limit}개입니다.`),
  disableFirst: say('Disable the access key before you delete it.', '인증키를 비활성화한 후 삭제하십시오.'),
  notForm: say(
    'Content-Type: must be multipart/form-data with its boundary',
    'Content-Type: multipart/form-data이어야 합니다',
  ),
  permanent: say('This cannot be removed or disabled.', '삭제하거나 비활성화할 수 없습니다.'),
  accountIsBeingRemoved: say('The account is being removed.', '계정을 삭제하는 중입니다.'),

  required: (path: string) => at(path, 'field required', '필수 항목입니다'),
  notText: (path: string) => at(path, 'str type expected', '문자열이어야 합니다'),
  notInteger: (path: string) => at(path, 'value is not a valid integer', '정수여야 합니다'),
  notBoolean: (path: string) => at(path, 'value could not be parsed to a boolean', '불리언 값이어야 합니다'),
  notDateTime: (path: string) => at(path, 'invalid datetime format', '날짜 형식이 올바르지 않습니다'),
  notList: (path: string) => at(path, 'value is not a valid list', '목록이어야 합니다'),
  notObject: (path: string) => at(path, 'value is not a valid object', '객체여야 합니다'),
  outOfRange: (path: string, min: number, max: number) =>
    at(path, `ensure this value is from ${min} to ${max}`, `${min} 이상 ${max} 이하여야 합니다`),
  atLeast: (path: string, min: number) =>
    at(path, `ensure this value is greater than or equal to ${min}`, `${min} 이상이어야 합니다`),
  wrongLength: (path: string, min: number, max: number) =>
    at(path, `ensure this value has ${min} to ${max} characters`, `${min}자 이상 ${max}자 이하여야 합니다`),
  wrongForm: (path: string, form: string) =>
    at(path, `string does not match ${form}`, `${form} 형식과 일치하지 않습니다`),
  notOneOf: (path: string, choices: string) =>
    at(path, `value must be one of ${choices}`, `다음 값 중 하나여야 합니다: ${choices}`),
  expected: (path: string, expected: string) =>
    at(path, `expected ${expected}`, `값이 올바르지 않습니다(${expected})`),
  unknownSort: (field: string) => at('sort', `unknown field ${field}`, `알 수 없는 필드 ${field}`),
  wrongSort: at('sort', 'must be field:asc or field:desc', 'field:asc 또는 field:desc 형식이어야 합니다'),
  reversedDates: (start: string, end: string) => at(start, `is after ${end}`, `${end}보다 늦습니다`),
} as const;
