import { useState } from 'react';
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { Popup } from '../parts/dialogs.tsx';
import { FactList } from '../parts/fact-list.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { accessText } from './access-text.ts';
import { AttachedPolicies } from './attached-policies.tsx';
import type { RecordRow } from './record-kind.ts';
import { RecordList } from './record-list.tsx';

const text = defineText(
  {
    hint: 'Whoever the trust policy names may assume the role for some time and has what is attached to it.',
    create: 'Create a role',
    empty: 'There is no role.',
    loss: 'Its sessions end at once.',
    trust: 'Trust policy',
    longest: 'Longest session (seconds)',
    details: 'Trust and policies',
  },
  {
    hint: '신뢰 정책에 있는 대상은 정해진 시간 동안 역할을 맡아 역할에 연결된 권한을 가집니다.',
    create: '역할 만들기',
    empty: '역할이 없습니다.',
    loss: '이 역할의 세션은 바로 끝납니다.',
    trust: '신뢰 정책',
    longest: '최대 세션 시간(초)',
    details: '신뢰와 정책',
  },
);

interface Role extends RecordRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly trustPolicy: object;
  readonly maxSessionSeconds: number;
}

export function Roles({ account }: { readonly account: string }) {
  const words = useText(accessText);
  const own = useText(text);
  const session = useSession();
  const [shown, setShown] = useState<Role>();
  const path = adminPath('accounts', account, 'roles');
  return (
    <>
      <RecordList<Role>
        kind={{
          title: words.roles,
          hint: own.hint,
          empty: own.empty,
          path,
          member: 'roles',
          singular: 'role',
          nameOf: ({ name }) => name,
          lossOf: () => own.loss,
          create: {
            action: own.create,
            fields: [
              { name: 'name', label: words.name, kind: 'text', isRequired: true },
              { name: 'description', label: words.description, kind: 'text' },
              { name: 'trustPolicy', label: own.trust, kind: 'document' },
            ],
          },
          actions: [{ label: own.details, onClick: setShown }],
          columns: [
            { name: 'name', title: words.name, cell: ({ name }) => <strong>{name}</strong> },
            { name: 'description', title: words.description, cell: ({ description }) => description },
            { name: 'id', title: words.id, cell: ({ id }) => <code>{id}</code> },
          ],
          commands: [`gotgan role list --account ${account}`, adminCurl(session, 'GET', path)],
        }}
      />
      {shown === undefined ? null : (
        <Popup isOpen place="side" title={shown.name} onClose={() => setShown(undefined)}>
          <FactList facts={[[own.longest, shown.maxSessionSeconds]]} />
          <h2>{own.trust}</h2>
          <pre className="document">{JSON.stringify(shown.trustPolicy, null, 2)}</pre>
          <AttachedPolicies account={account} subject={`role:${shown.id}`} />
        </Popup>
      )}
    </>
  );
}
