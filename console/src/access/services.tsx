import { useState } from 'react';
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { accessText } from './access-text.ts';
import { HolderDetails } from './holder-details.tsx';
import type { RecordRow } from './record-kind.ts';
import { RecordList } from './record-list.tsx';

const text = defineText(
  {
    hint: 'Identities for programs. They own nothing: they have what policies say.',
    create: 'Create a service ID',
    empty: 'There is no service ID.',
    loss: 'Its key pairs and API keys go with it: what uses them is refused from the next request on.',
  },
  {
    hint: '프로그램이 쓰는 신원입니다. 소유하는 것이 없으며 정책에 있는 권한만 가집니다.',
    create: '서비스 ID 만들기',
    empty: '서비스 ID가 없습니다.',
    loss: '키 쌍과 API 키도 함께 사라지고, 이를 쓰는 프로그램은 다음 요청부터 거부됩니다.',
  },
);

interface Service extends RecordRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt?: string;
}

export function Services({ account }: { readonly account: string }) {
  const words = useText(accessText);
  const own = useText(text);
  const language = useLanguage();
  const session = useSession();
  const [shown, setShown] = useState<Service>();
  const path = adminPath('accounts', account, 'services');
  return (
    <>
      <RecordList<Service>
        kind={{
          title: words.services,
          hint: own.hint,
          empty: own.empty,
          path,
          member: 'services',
          singular: 'service',
          nameOf: ({ name }) => name,
          lossOf: () => own.loss,
          canDisable: true,
          canLock: true,
          create: {
            action: own.create,
            fields: [
              { name: 'name', label: words.name, kind: 'text', isRequired: true },
              { name: 'description', label: words.description, kind: 'text' },
            ],
          },
          actions: [{ label: words.details, onClick: setShown }],
          columns: [
            { name: 'name', title: words.name, cell: ({ name }) => <strong>{name}</strong> },
            { name: 'description', title: words.description, cell: ({ description }) => description },
            { name: 'id', title: words.id, cell: ({ id }) => <code>{id}</code> },
            {
              name: 'created',
              title: words.created,
              cell: ({ createdAt = '' }) => formatTime(createdAt, language),
            },
          ],
          commands: [`gotgan service list --account ${account}`, adminCurl(session, 'GET', path)],
        }}
      />
      {shown === undefined ? null : (
        <HolderDetails
          account={account}
          holder={{ kind: 'service', id: shown.id, name: shown.name }}
          onClose={() => setShown(undefined)}
        />
      )}
    </>
  );
}
