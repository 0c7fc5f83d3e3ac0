/** One's own key pairs, by the identity service that NHN Cloud has for it (credentials of the type EC2), which everybody may use. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sendJson, sendRequest } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Question } from '../parts/dialogs.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Loaded } from '../parts/loading.tsx';
import { SecretOnce, type ShownSecret } from '../parts/secret-once.tsx';
import { useAction } from '../parts/use-action.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { accessText } from './access-text.ts';

const text = defineText(
  {
    title: 'My key pairs (EC2 credentials)',
    hint: 'They sign S3 requests in your name. You can have three made here.',
    create: 'Create a pair',
    empty: 'You have no key pair.',
    actions: 'Actions',
    remove: 'Delete',
    removeOf: (key: string) => `Delete ${key}`,
    ask: 'Delete this key pair?',
    loss: 'Programs that sign with it, and links signed with it, are refused from the next request on.',
    copySecret: 'Copy the secret key',
  },
  {
    title: '내 키 쌍(EC2 자격 증명)',
    hint: '내 이름으로 S3 요청에 서명합니다. 여기서는 세 개까지 만들 수 있습니다.',
    create: '키 쌍 만들기',
    empty: '키 쌍이 없습니다.',
    actions: '작업',
    remove: '삭제',
    removeOf: (key: string) => `${key} 삭제`,
    ask: '이 키 쌍을 삭제할까요?',
    loss: '이 키로 서명하는 프로그램과 이 키로 서명한 링크는 다음 요청부터 거부됩니다.',
    copySecret: '비밀 키 복사',
  },
);

interface Ec2Credential {
  readonly access: string;
  readonly secret: string;
  readonly created_at: string;
}

export function MyKeys() {
  const own = useText(text);
  const words = useText(accessText);
  const { user, account, controlUrl } = useSession();
  const queries = useQueryClient();
  const [removed, setRemoved] = useState<Ec2Credential>();
  const [secret, setSecret] = useState<ShownSecret>();
  const path = `api/v3/users/${encodeURIComponent(user.id)}/credentials/OS-EC2`;
  const queryKey = ['ec2', user.id];
  const list = useQuery({
    queryKey,
    queryFn: async () => (await sendJson<{ credentials: readonly Ec2Credential[] }>('GET', path)).credentials,
  });
  const refresh = (): Promise<void> => queries.refetchQueries({ queryKey });
  const create = useAction(async () => {
    const { credential } = await sendJson<{ credential: Ec2Credential }>('POST', path, {
      tenant_id: account.id,
    });
    setSecret({
      title: own.title,
      fileName: `gotgan-${user.name}.json`,
      rows: [
        [words.accessKey, credential.access],
        [words.secretKey, credential.secret],
      ],
    });
    await refresh();
  });
  const remove = async (): Promise<void> => {
    if (removed !== undefined) await sendRequest(`${path}/${removed.access}`, { method: 'DELETE' });
    await refresh();
  };
  const url = `${controlUrl}/v3/users/${user.id}/credentials/OS-EC2`;
  return (
    <section className="records" aria-label={own.title}>
      <header className="section-head">
        <h2>{own.title}</h2>
        <button type="button" className="primary" disabled={create.isRunning} onClick={create.run}>
          {own.create}
        </button>
      </header>
      <p className="faint">{own.hint}</p>
      {create.error === undefined ? null : <ErrorNote error={create.error} />}
      <Loaded query={list}>{(rows) => <KeyTable rows={rows} onRemove={setRemoved} />}</Loaded>
      <CommandTwin commands={[`curl -H "X-Auth-Token: $OS_TOKEN" ${url}`]} />
      {removed === undefined ? null : (
        <Question
          isOpen
          title={own.ask}
          action={own.remove}
          onClose={() => setRemoved(undefined)}
          onConfirm={remove}
        >
          <p>
            <code>{removed.access}</code>
          </p>
          <p className="warning">{own.loss}</p>
        </Question>
      )}
      {secret === undefined ? null : <SecretOnce secret={secret} onClose={() => setSecret(undefined)} />}
    </section>
  );
}

interface KeyTableProps {
  readonly rows: readonly Ec2Credential[];
  readonly onRemove: (row: Ec2Credential) => void;
}

function KeyTable({ rows, onRemove }: KeyTableProps) {
  const own = useText(text);
  const words = useText(accessText);
  const language = useLanguage();
  return (
    <DataTable
      label={own.title}
      rows={rows}
      keyOf={({ access }) => access}
      empty={own.empty}
      columns={[
        { name: 'key', title: words.accessKey, cell: ({ access }) => <code>{access}</code> },
        {
          name: 'secret',
          title: words.secretKey,
          cell: ({ secret }) => (
            <>
              •••••••• <CopyButton value={secret} label={own.copySecret} />
            </>
          ),
        },
        { name: 'created', title: words.created, cell: (row) => formatTime(`${row.created_at}`, language) },
        {
          name: 'actions',
          title: own.actions,
          cell: (row) => (
            <button
              type="button"
              className="small"
              aria-label={own.removeOf(row.access)}
              onClick={() => onRemove(row)}
            >
              {own.remove}
            </button>
          ),
        },
      ]}
    />
  );
}
