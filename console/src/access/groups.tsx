import { useState } from 'react';
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { Popup } from '../parts/dialogs.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { accessText } from './access-text.ts';
import { AttachedPolicies } from './attached-policies.tsx';
import { GroupMembers } from './group-members.tsx';
import type { RecordRow } from './record-kind.ts';
import { RecordList } from './record-list.tsx';

const text = defineText(
  {
    hint: 'What is attached to a group, its members have.',
    create: 'Create a group',
    empty: 'There is no group.',
    loss: 'Its members lose what it gave them.',
    members: 'Members and policies',
  },
  {
    hint: '그룹에 연결된 권한은 구성원 모두가 가집니다.',
    create: '그룹 만들기',
    empty: '그룹이 없습니다.',
    loss: '구성원은 그룹에서 받은 권한을 잃습니다.',
    members: '구성원과 정책',
  },
);

interface Group extends RecordRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export function Groups({ account }: { readonly account: string }) {
  const words = useText(accessText);
  const own = useText(text);
  const session = useSession();
  const [shown, setShown] = useState<Group>();
  const path = adminPath('accounts', account, 'groups');
  return (
    <>
      <RecordList<Group>
        kind={{
          title: words.groups,
          hint: own.hint,
          empty: own.empty,
          path,
          member: 'groups',
          singular: 'group',
          nameOf: ({ name }) => name,
          lossOf: () => own.loss,
          create: {
            action: own.create,
            fields: [
              { name: 'name', label: words.name, kind: 'text', isRequired: true },
              { name: 'description', label: words.description, kind: 'text' },
            ],
          },
          actions: [{ label: own.members, onClick: setShown }],
          columns: [
            { name: 'name', title: words.name, cell: ({ name }) => <strong>{name}</strong> },
            { name: 'description', title: words.description, cell: ({ description }) => description },
          ],
          commands: [`gotgan group list --account ${account}`, adminCurl(session, 'GET', path)],
        }}
      />
      {shown === undefined ? null : (
        <Popup isOpen place="side" title={shown.name} onClose={() => setShown(undefined)}>
          <GroupMembers path={`${path}/${encodeURIComponent(shown.id)}/members`} />
          <AttachedPolicies account={account} subject={`group:${shown.id}`} />
        </Popup>
      )}
    </>
  );
}
