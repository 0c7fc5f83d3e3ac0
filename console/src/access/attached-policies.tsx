import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { adminPath, listRecords } from '../api/admin-api.ts';
import { sendRequest } from '../api/send-request.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Choice } from '../parts/field.tsx';
import { Loaded } from '../parts/loading.tsx';
import { notifyError } from '../parts/notices.tsx';
import { useAction } from '../parts/use-action.ts';
import { defineText, useText } from '../text/define-text.ts';
import { accessText } from './access-text.ts';
import type { Policy } from './record-kind.ts';
import { recordsKey } from './record-list.tsx';

const text = defineText(
  {
    title: 'Attached policies',
    none: 'None: nothing is granted by policies.',
    attach: 'Attach',
    choose: 'Choose a policy …',
    detach: 'Detach',
    detachOf: (name: string) => `Detach ${name}`,
    unnamed: '(without a name)',
    actions: 'Actions',
    failed: 'The policy is still attached',
  },
  {
    title: '연결된 정책',
    none: '없음: 정책으로 허용된 것이 없습니다.',
    attach: '연결',
    choose: '정책 선택…',
    detach: '연결 해제',
    detachOf: (name: string) => `${name} 연결 해제`,
    unnamed: '(이름 없음)',
    actions: '작업',
    failed: '정책이 아직 연결되어 있습니다',
  },
);

interface AttachedPoliciesProps {
  readonly account: string;
  /** `user:…`, `service:…`, `group:…`, `role:…`. */
  readonly subject: string;
}

export function AttachedPolicies({ account, subject }: AttachedPoliciesProps) {
  const own = useText(text);
  const words = useText(accessText);
  const queries = useQueryClient();
  const [picked, setPicked] = useState('');
  const collection = adminPath('accounts', account, 'policies');
  const attachedPath = `${collection}?subject=${encodeURIComponent(subject)}`;
  const attached = useQuery({
    queryKey: recordsKey(attachedPath),
    queryFn: () => listRecords<Policy>(attachedPath, 'policies', undefined),
  });
  const all = useQuery({
    queryKey: ['policy-choice', account],
    staleTime: 0,
    queryFn: () => listRecords<Policy>(`${collection}?limit=1000`, 'policies', undefined),
  });
  const attachmentOf = (policy: string): string =>
    `${collection}/${encodeURIComponent(policy)}/attachments/${encodeURIComponent(subject)}`;
  const refresh = (): Promise<void> => queries.refetchQueries({ queryKey: recordsKey(attachedPath) });
  const attach = useAction(async () => {
    await sendRequest(attachmentOf(picked), { method: 'PUT' });
    setPicked('');
    await refresh();
  });
  const detach = ({ id }: Policy): void => {
    sendRequest(attachmentOf(id), { method: 'DELETE' }).then(refresh, (error: unknown) =>
      notifyError(own.failed, error),
    );
  };
  return (
    <section className="records" aria-label={own.title}>
      <h2>{own.title}</h2>
      <Loaded query={attached}>
        {({ rows }) => (
          <DataTable
            label={own.title}
            rows={rows}
            keyOf={({ id }) => id}
            empty={own.none}
            columns={[
              { name: 'name', title: words.name, cell: ({ name }) => name || own.unnamed },
              {
                name: 'document',
                title: words.description,
                cell: ({ description, document }) => description || <code>{JSON.stringify(document)}</code>,
              },
              {
                name: 'actions',
                title: own.actions,
                cell: (row) => (
                  <button
                    type="button"
                    className="small"
                    aria-label={own.detachOf(row.name || row.id)}
                    onClick={() => detach(row)}
                  >
                    {own.detach}
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <div className="new-grant">
        <Choice
          label={own.choose}
          value={picked}
          options={[['', own.choose], ...(all.data?.rows ?? []).map(({ id, name }) => [id, name] as const)]}
          onPick={setPicked}
        />
        <button type="button" disabled={picked === '' || attach.isRunning} onClick={attach.run}>
          {own.attach}
        </button>
      </div>
      {attach.error === undefined ? null : <ErrorNote error={attach.error} />}
    </section>
  );
}
