/**
 * What a layer says for itself. The server says it in English; what it says in fixed words, and the few forms with something filled in,
 * stand here in Korean, found by those words. Others are shown as they are.
 */
import { defineText } from '../text/define-text.ts';

const fixed: Readonly<Record<string, string>> = {
  'the request carries no proof of identity': '요청에 신원 증명이 없습니다',
  'no layer grants the action': '어느 단계도 이 작업을 허용하지 않습니다',
  'open to every caller who is known': '신원이 확인된 호출자 모두에게 열려 있습니다',
  'it is about the caller': '호출자 본인에 대한 작업입니다',
  'it is about another user': '다른 사용자에 대한 작업입니다',
  'the caller administers the account': '호출자가 계정 관리자입니다',
  'the caller administers its own account': '호출자가 자기 계정의 관리자입니다',
  'only administrators of the account speak for its other users':
    '계정의 다른 사용자에 대한 작업은 계정 관리자만 할 수 있습니다',
  'root user of the root account': '루트 계정의 루트 사용자입니다',
  'only the root user of the root account administers the server':
    '서버 관리는 루트 계정의 루트 사용자만 할 수 있습니다',
  'the account owns the resource': '계정이 리소스의 소유자입니다',
  'the account owns all objects of the bucket': '계정이 버킷에 있는 모든 오브젝트의 소유자입니다',
  'the account owns the object': '계정이 오브젝트의 소유자입니다',
  'the account owns the bucket, but another account wrote the object':
    '버킷의 소유자이지만 오브젝트는 다른 계정이 올렸습니다',
  'nobody owns by being anonymous': '로그인하지 않은 호출자는 소유자가 될 수 없습니다',
  'the resource belongs to another account': '다른 계정의 리소스입니다',
  'a member owns nothing of what belongs to the account': '멤버는 계정의 리소스에 대한 소유권이 없습니다',
  'services and sessions of roles own nothing': '서비스 ID와 역할 세션은 소유권이 없습니다',
  'nothing is there, and the caller may list the bucket':
    '오브젝트가 없고, 호출자는 버킷 목록을 볼 수 있습니다',
  'nothing is there, and the caller may not list the bucket':
    '오브젝트가 없고, 호출자는 버킷 목록을 볼 수 없습니다',
  'nothing is there to give': '허용할 오브젝트가 없습니다',
  'the policy of the session does not allow it': '세션 정책이 허용하지 않습니다',
  'no policy is attached to the caller': '호출자에게 연결된 정책이 없습니다',
  'no policy of the caller allows it': '호출자의 정책 중에 허용하는 것이 없습니다',
  'no policy of the caller allows it besides': '호출자의 정책 중에 함께 허용하는 것이 없습니다',
  'a policy for everybody allows it': '모두에 대한 정책이 허용합니다',
  'no policy for everybody allows it': '모두에 대한 정책 중에 허용하는 것이 없습니다',
  'another account owns the object': '다른 계정이 소유한 오브젝트입니다',
  'the policy is public, and the public access block keeps other accounts out':
    '모두에게 열린 정책이라, 퍼블릭 액세스 차단이 다른 계정을 막습니다',
  'no statement allows it': '허용하는 구문이 없습니다',
  'no list of the container names the caller for this': '컨테이너의 ACL에 호출자가 없습니다',
  'the firewall of the bucket lets the address pass': '버킷 방화벽이 이 주소를 허용합니다',
  'the address list of the container allows the address': '컨테이너의 주소 목록이 이 주소를 허용합니다',
  'no address list of the container names the address': '컨테이너의 주소 목록에 이 주소가 없습니다',
  'not shown: it belongs to somebody else': '다른 사람의 것이라 표시하지 않습니다',
};

const forms: readonly (readonly [RegExp, string])[] = [
  [/^(\S+) is not granted to the caller$/, '호출자에게 $1 권한이 없습니다'],
  [
    /^(\S+) is granted to the public, which the public access block ignores$/,
    '모두에게 준 $1 권한을 퍼블릭 액세스 차단이 무시합니다',
  ],
  [
    /^(\S+) is granted, but no policy of the caller allows it$/,
    '$1 권한은 있지만, 호출자의 정책 중에 허용하는 것이 없습니다',
  ],
  [/^(\S+) is granted to (.+)$/, '$1 권한이 있습니다: $2'],
  [/^statement .+ denies it$/, '정책의 구문이 거부합니다'],
  [
    /^statement .+ allows it, but no policy of the caller does$/,
    '구문은 허용하지만, 호출자의 정책 중에 허용하는 것이 없습니다',
  ],
  [
    /^statement .+ allows it to the account, which has not passed it on$/,
    '구문이 계정에 허용하지만, 계정이 호출자에게 넘겨주지 않았습니다',
  ],
  [/^statement .+ allows it$/, '정책의 구문이 허용합니다'],
  [/^statement .+ leaves it to the other layers$/, '세션 정책은 다른 단계에 맡깁니다'],
  [/^the firewall of the bucket keeps (\S+) out$/, '버킷 방화벽이 $1 주소를 거부합니다'],
  [/^the firewall of the bucket does not let (\S+) in$/, '버킷 방화벽이 $1 주소를 허용하지 않습니다'],
  [
    /^the address list of the container (?:does not allow|denies) (\S+)$/,
    '컨테이너의 주소 목록이 $1 주소를 허용하지 않습니다',
  ],
];

function koreanOf(reason: string): string {
  const known = fixed[reason];
  if (known !== undefined) return known;
  const form = forms.find(([pattern]) => pattern.test(reason));
  return form === undefined ? reason : reason.replace(...form);
}

/** Says it. */
export const reasonText = defineText<(reason: string) => string>((reason) => reason, koreanOf);
