import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { sendJson } from '../api/send-request.ts';
import { Popup } from '../parts/dialogs.tsx';
import { notify } from '../parts/notices.tsx';
import { SettingCard } from '../parts/setting-card.tsx';
import { useAction } from '../parts/use-action.ts';
import { PolicyText, policyProblem } from '../policies/policy-text.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { accessText } from './access-text.ts';
import type { Policy } from './record-kind.ts';
import { RecordList, recordsKey } from './record-list.tsx';

const text = defineText(
  {
    hint: 'Documents that say what those they are attached to may do.',
    create: 'Create a policy',
    empty: 'There is no policy.',
    loss: 'It grants and denies nothing from the next request on.',
    language: 'Language',
    document: 'Document',
    attached: 'Attached to',
    edit: 'Edit',
    editHint: 'Counts from the next request on, for everybody it is attached to.',
    saved: 'The policy is saved',
  },
  {
    hint: '연결된 대상이 무엇을 할 수 있는지 정하는 문서입니다.',
    create: '정책 만들기',
    empty: '정책이 없습니다.',
    loss: '다음 요청부터 아무것도 허용하거나 거부하지 않습니다.',
    language: '정책 언어',
    document: '문서',
    attached: '연결된 대상',
    edit: '편집',
    editHint: '연결된 모든 대상에 다음 요청부터 적용됩니다.',
    saved: '정책을 저장했습니다',
  },
);

const EXAMPLE = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:GetObject'],
        Resource: ['arn:aws:s3:::example-bucket*'],
      },
    ],
  },
  null,
  2,
);

export function Policies({ account }: { readonly account: string }) {
  const words = useText(accessText);
  const own = useText(text);
  const session = useSession();
  const [edited, setEdited] = useState<Policy>();
  const path = adminPath('accounts', account, 'policies');
  return (
    <>
      <RecordList<Policy>
        kind={{
          title: words.policies,
          hint: own.hint,
          empty: own.empty,
          path,
          member: 'policies',
          singular: 'policy',
          nameOf: ({ name }) => name,
          lossOf: () => own.loss,
          create: {
            action: own.create,
            fields: [
              { name: 'name', label: words.name, kind: 'text', isRequired: true },
              { name: 'description', label: words.description, kind: 'text' },
              {
                name: 'language',
                label: own.language,
                kind: 'choice',
                initial: 'aws',
                options: [
                  ['aws', 'AWS'],
                  ['ibm', 'IBM'],
                  ['scp', 'SCP'],
                ],
              },
              { name: 'document', label: own.document, kind: 'document', initial: EXAMPLE, isRequired: true },
            ],
          },
          actions: [{ label: own.edit, onClick: setEdited }],
          columns: [
            { name: 'name', title: words.name, cell: ({ name }) => <strong>{name}</strong> },
            { name: 'description', title: words.description, cell: ({ description }) => description },
            { name: 'language', title: own.language, cell: ({ language }) => language },
            {
              name: 'attached',
              title: own.attached,
              cell: ({ attachedTo = [] }) =>
                attachedTo.map((subject) => <code key={subject}>{subject} </code>),
            },
          ],
          commands: [`gotgan policy list --account ${account}`, adminCurl(session, 'GET', path)],
        }}
      />
      {edited === undefined ? null : (
        <EditPolicy key={edited.id} path={path} policy={edited} onClose={() => setEdited(undefined)} />
      )}
    </>
  );
}

interface EditPolicyProps {
  readonly path: string;
  readonly policy: Policy;
  readonly onClose: () => void;
}

function EditPolicy({ path, policy, onClose }: EditPolicyProps) {
  const own = useText(text);
  const queries = useQueryClient();
  const [document, setDocument] = useState(() => JSON.stringify(policy.document, null, 2));
  const action = useAction(async () => {
    await sendJson('PATCH', `${path}/${encodeURIComponent(policy.id)}`, {
      document: JSON.parse(document) as unknown,
    });
    await queries.refetchQueries({ queryKey: recordsKey(path) });
    notify(own.saved);
    onClose();
  });
  const isJson = policy.language === 'aws' ? policyProblem(document) === undefined : document.trim() !== '';
  return (
    <Popup isOpen place="side" title={policy.name} onClose={onClose}>
      <SettingCard title={own.document} hint={own.editHint} action={action} isChanged={isJson}>
        <PolicyText label={own.document} value={document} onChange={setDocument} />
      </SettingCard>
    </Popup>
  );
}
