/** A change in a sentence of the page's language. The server's own sentence is English, and stands for kinds that are not known here. */
import { defineText } from '../text/define-text.ts';
import type { Change, RepairSaying } from './denial-records.ts';

type Sentences = Readonly<Record<string, (says: RepairSaying) => string>>;

const korean: Sentences = {
  'sign-as-owner': () => '리소스를 소유한 계정의 키로 요청에 서명하세요.',
  'use-server-root': () => '루트 계정의 루트 사용자 키를 사용하세요. 서버 관리는 이 사용자만 할 수 있습니다.',
  'widen-session': () => '이 작업도 허용하는 정책으로 세션을 시작하세요.',
  'use-tls': () => 'TLS(https)로 요청을 보내세요.',
  'delete-bucket-policy': () => '버킷 정책을 삭제합니다. 거부하는 구문만 있는 정책입니다.',
  'open-firewall': () => '요청을 보낸 주소를 버킷 방화벽에서 허용합니다.',
  'make-administrator': () => '사용자를 계정 관리자로 지정합니다.',
  'add-to-statement': (says) => {
    const element = elements[says.element ?? ''] ?? says.element;
    return `${placeOf(says)}의 ${element}에 ${says.value} 항목을 추가합니다.${noteOf(says)}`;
  },
  'extend-condition': (says) =>
    `${placeOf(says)}의 조건 ${says.condition}에 ${JSON.stringify(says.value)} 값도 허용합니다.${noteOf(says)}`,
  'drop-condition': (says) => `${placeOf(says)}에서 조건 ${says.condition}을(를) 제거합니다.${noteOf(says)}`,
  'remove-statement': (says) => `거부하는 구문인 ${placeOf(says)}을 제거합니다.`,
  'detach-policy': (says) => `${nameOf(says)}을 연결 해제합니다. 거부하는 구문만 있는 정책입니다.`,
  'switch-off-block': ({ name }) => `버킷의 퍼블릭 액세스 차단에서 ${name} 항목을 끕니다.`,
  'attach-policy': ({ subject, action, resource }) =>
    `${resource}에 대한 ${action} 작업을 허용하는 정책을 ${subject}에 연결합니다.`,
  'allow-in-bucket-policy': ({ action, who }) =>
    `버킷 정책에서 ${who === '*' ? '모두' : who}에게 ${action} 작업을 허용합니다.`,
  'grant-in-list': ({ list, permission, account }) =>
    `${list === 'object' ? '오브젝트' : '버킷'} ACL에서 계정 ${account}에 ${permission} 권한을 부여합니다.`,
};

const elements: Readonly<Record<string, string>> = {
  actions: '작업(Action)',
  resources: '리소스(Resource)',
  principals: '주체(Principal)',
};

function placeOf(says: RepairSaying): string {
  return `${nameOf(says)}의 ${says.statement}번째 구문`;
}

function nameOf({ policy }: RepairSaying): string {
  return policy === undefined ? '버킷 정책' : `“${policy.name === '' ? policy.id : policy.name}” 정책`;
}

function noteOf({ forEverybody }: RepairSaying): string {
  return forEverybody === true ? ' 모두에게 적용되는 구문입니다.' : '';
}

/** Says it. */
export const repairText = defineText<(change: Pick<Change, 'sentence' | 'says'>) => string>(
  ({ sentence }) => sentence,
  ({ sentence, says }) => (says === undefined ? undefined : korean[says.kind]?.(says)) ?? sentence,
);
