import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { listRecords } from '../api/admin-api.ts';
import { sendRequest } from '../api/send-request.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Field } from '../parts/field.tsx';
import { Loaded } from '../parts/loading.tsx';
import { notifyError } from '../parts/notices.tsx';
import { useAction } from '../parts/use-action.ts';
import { defineText, useText } from '../text/define-text.ts';
import { recordsKey } from './record-list.tsx';

const text = defineText(
  {
    title: 'Members',
    none: 'Nobody is in this group.',
    member: 'Member',
    hint: 'user:name or service:name',
    add: 'Add',
    actions: 'Actions',
    remove: 'Remove',
    removeOf: (member: string) => `Remove ${member}`,
    failed: 'The member is still in the group',
  },
  {
    title: '구성원',
    none: '구성원이 없습니다.',
    member: '구성원',
    hint: 'user:이름 또는 service:이름',
    add: '추가',
    actions: '작업',
    remove: '빼기',
    removeOf: (member: string) => `${member} 빼기`,
    failed: '구성원이 아직 그룹에 있습니다',
  },
);

interface Member {
  readonly member: string;
}

/** `path`: of the members of one group. */
export function GroupMembers({ path }: { readonly path: string }) {
  const own = useText(text);
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const list = useQuery({
    queryKey: recordsKey(path),
    queryFn: () => listRecords<Member>(`${path}?limit=1000`, 'members', undefined),
  });
  const refresh = (): Promise<void> => queries.refetchQueries({ queryKey: recordsKey(path) });
  const add = useAction(async () => {
    await sendRequest(`${path}/${encodeURIComponent(typed.trim())}`, { method: 'PUT' });
    setTyped('');
    await refresh();
  });
  const remove = (member: string): void => {
    sendRequest(`${path}/${encodeURIComponent(member)}`, { method: 'DELETE' }).then(
      refresh,
      (error: unknown) => notifyError(own.failed, error),
    );
  };
  return (
    <section className="records" aria-label={own.title}>
      <h2>{own.title}</h2>
      <Loaded query={list}>
        {({ rows }) => (
          <DataTable
            label={own.title}
            rows={rows}
            keyOf={({ member }) => member}
            empty={own.none}
            columns={[
              { name: 'member', title: own.member, cell: ({ member }) => <code>{member}</code> },
              {
                name: 'actions',
                title: own.actions,
                cell: ({ member }) => (
                  <button
                    type="button"
                    className="small"
                    aria-label={own.removeOf(member)}
                    onClick={() => remove(member)}
                  >
                    {own.remove}
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <div className="new-grant">
        <Field
          label={own.member}
          hint={own.hint}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
        />
        <button type="button" disabled={typed.trim() === '' || add.isRunning} onClick={add.run}>
          {own.add}
        </button>
      </div>
      {add.error === undefined ? null : <ErrorNote error={add.error} />}
    </section>
  );
}
