import { adminCurl, adminPath } from '../api/admin-api.ts';
import { hrefOf } from '../parts/route.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { accessText } from './access-text.ts';
import type { RecordRow } from './record-kind.ts';
import { RecordList } from './record-list.tsx';

const text = defineText(
  {
    hint: 'An account (tenant, project) owns buckets and has users. It is made with a root user.',
    create: 'Create an account',
    empty: 'There is no account.',
    loss: 'Its users and keys go with it. An account that still has buckets is not deleted.',
  },
  {
    hint: '계정(테넌트, 프로젝트)은 버킷을 소유하고 사용자를 가집니다. 루트 사용자와 함께 만들어집니다.',
    create: '계정 만들기',
    empty: '계정이 없습니다.',
    loss: '사용자와 키도 함께 사라집니다. 버킷이 남아 있는 계정은 삭제되지 않습니다.',
  },
);

export interface Account extends RecordRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt?: string;
}

export function Accounts() {
  const words = useText(accessText);
  const own = useText(text);
  const language = useLanguage();
  const session = useSession();
  const path = adminPath('accounts');
  return (
    <RecordList<Account>
      kind={{
        title: words.accounts,
        hint: own.hint,
        empty: own.empty,
        path,
        member: 'accounts',
        singular: 'account',
        nameOf: ({ name }) => name,
        lossOf: () => own.loss,
        canDisable: true,
        isPermanent: ({ id }) => id === session.account.id,
        create: {
          action: own.create,
          fields: [{ name: 'name', label: words.name, kind: 'text', isRequired: true }],
        },
        columns: [
          {
            name: 'name',
            title: words.name,
            cell: ({ id, name }) => <a href={hrefOf('access', 'users', id)}>{name}</a>,
          },
          { name: 'id', title: words.id, cell: ({ id }) => <code>{id}</code> },
          {
            name: 'created',
            title: words.created,
            cell: ({ createdAt = '' }) => formatTime(createdAt, language),
          },
        ],
        commands: ['gotgan account list', adminCurl(session, 'GET', path)],
      }}
    />
  );
}
