/**
 * Service credentials of IBM Cloud (resource keys): a service ID with an API key and, with "Include HMAC credential", a pair for S3, all
 * in one document, as the console of IBM makes them.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sendJson, sendRequest } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Popup, Question } from '../parts/dialogs.tsx';
import { Loaded } from '../parts/loading.tsx';
import { saveText } from '../parts/save-file.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { accessText } from './access-text.ts';
import { CreateServiceCredential } from './create-service-credential.tsx';

const text = defineText(
  {
    title: 'Service credentials',
    hint: 'A service ID with an API key and, if wanted, an HMAC pair for S3, made in one go (IBM Cloud: resource keys).',
    create: 'New credential',
    empty: 'There is no service credential.',
    hmac: 'HMAC pair',
    yes: 'yes',
    no: 'no',
    actions: 'Actions',
    show: 'Show',
    of: (what: string, name: string) => `${what}: ${name}`,
    ask: (name: string) => `Delete ${name}?`,
    loss: 'Its service ID, API key and HMAC pair go with it.',
    remove: 'Delete',
    save: 'Save as a file',
    secret: 'Whoever has this document can act in its name.',
  },
  {
    title: '서비스 자격 증명',
    hint: '서비스 ID와 API 키를, 원하면 S3용 HMAC 키 쌍까지 한 번에 만듭니다(IBM Cloud의 resource key).',
    create: '새 자격 증명',
    empty: '서비스 자격 증명이 없습니다.',
    hmac: 'HMAC 키 쌍',
    yes: '있음',
    no: '없음',
    actions: '작업',
    show: '보기',
    of: (what: string, name: string) => `${what}: ${name}`,
    ask: (name: string) => `${name}을(를) 삭제할까요?`,
    loss: '서비스 ID, API 키, HMAC 키 쌍도 함께 사라집니다.',
    remove: '삭제',
    save: '파일로 저장',
    secret: '이 문서를 가진 사람은 누구나 이 자격으로 작업할 수 있습니다.',
  },
);

export interface ResourceKey {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly credentials: Readonly<Record<string, unknown>>;
}

const PATH = 'api/v2/resource_keys';

export function ServiceCredentials() {
  const own = useText(text);
  const { controlUrl } = useSession();
  const queries = useQueryClient();
  const [isCreating, setCreating] = useState(false);
  const [shown, setShown] = useState<ResourceKey>();
  const [removed, setRemoved] = useState<ResourceKey>();
  const queryKey = ['resource-keys'];
  const list = useQuery({
    queryKey,
    queryFn: async () =>
      (await sendJson<{ resources: readonly ResourceKey[] }>('GET', `${PATH}?limit=100`)).resources,
  });
  const refresh = (): Promise<void> => queries.refetchQueries({ queryKey });
  const remove = async (): Promise<void> => {
    if (removed !== undefined)
      await sendRequest(`${PATH}/${encodeURIComponent(removed.id)}`, { method: 'DELETE' });
    await refresh();
  };
  return (
    <section className="records" aria-label={own.title}>
      <header className="section-head">
        <h2>{own.title}</h2>
        <button type="button" className="primary" onClick={() => setCreating(true)}>
          {own.create}
        </button>
      </header>
      <p className="faint">{own.hint}</p>
      <Loaded query={list}>
        {(rows) => <CredentialTable rows={rows} onShow={setShown} onRemove={setRemoved} />}
      </Loaded>
      <CommandTwin commands={[`curl -H "Authorization: Bearer $IAM_TOKEN" ${controlUrl}/v2/resource_keys`]} />
      {isCreating ? (
        <CreateServiceCredential
          path={PATH}
          onClose={() => setCreating(false)}
          onDone={async (made) => {
            await refresh();
            setShown(made);
          }}
        />
      ) : null}
      {shown === undefined ? null : <CredentialDocument shown={shown} onClose={() => setShown(undefined)} />}
      {removed === undefined ? null : (
        <Question
          isOpen
          title={own.ask(removed.name)}
          action={own.remove}
          onClose={() => setRemoved(undefined)}
          onConfirm={remove}
        >
          <p className="warning">{own.loss}</p>
        </Question>
      )}
    </section>
  );
}

interface CredentialTableProps {
  readonly rows: readonly ResourceKey[];
  readonly onShow: (row: ResourceKey) => void;
  readonly onRemove: (row: ResourceKey) => void;
}

function CredentialTable({ rows, onShow, onRemove }: CredentialTableProps) {
  const own = useText(text);
  const words = useText(accessText);
  const language = useLanguage();
  const button = (label: string, row: ResourceKey, onClick: (row: ResourceKey) => void) => (
    <button type="button" className="small" aria-label={own.of(label, row.name)} onClick={() => onClick(row)}>
      {label}
    </button>
  );
  return (
    <DataTable
      label={own.title}
      rows={rows}
      keyOf={({ id }) => id}
      empty={own.empty}
      columns={[
        { name: 'name', title: words.name, cell: ({ name }) => <strong>{name}</strong> },
        {
          name: 'hmac',
          title: own.hmac,
          cell: ({ credentials }) => (credentials['cos_hmac_keys'] === undefined ? own.no : own.yes),
        },
        { name: 'created', title: words.created, cell: (row) => formatTime(row.created_at, language) },
        {
          name: 'actions',
          title: own.actions,
          cell: (row) => (
            <div className="button-row">
              {button(own.show, row, onShow)}
              {button(own.remove, row, onRemove)}
            </div>
          ),
        },
      ]}
    />
  );
}

function CredentialDocument({
  shown,
  onClose,
}: {
  readonly shown: ResourceKey;
  readonly onClose: () => void;
}) {
  const own = useText(text);
  const document = JSON.stringify(shown.credentials, null, 2);
  return (
    <Popup isOpen title={shown.name} onClose={onClose}>
      <p className="warning">{own.secret}</p>
      <pre className="document">{document}</pre>
      <div className="button-row end">
        <CopyButton value={document} />
        <button
          type="button"
          onClick={() => saveText(`${shown.name}.json`, `${document}\n`, 'application/json')}
        >
          {own.save}
        </button>
      </div>
    </Popup>
  );
}
