/** Identity providers whose SAML assertions the account trusts (Samsung Cloud Platform): registered by the metadata file they publish. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sendJson, sendRequest } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Popup, Question } from '../parts/dialogs.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Field } from '../parts/field.tsx';
import { Loaded } from '../parts/loading.tsx';
import { useAction } from '../parts/use-action.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { accessText } from './access-text.ts';

const text = defineText(
  {
    title: 'SAML providers',
    hint: 'Who logs in at a provider can assume the roles that trust it, for some time.',
    create: 'Register a provider',
    empty: 'No provider is registered.',
    issuer: 'Issuer',
    address: 'Where assertions go (ACS)',
    ends: 'Certificates end',
    actions: 'Actions',
    remove: 'Remove',
    removeOf: (name: string) => `Remove ${name}`,
    ask: (name: string) => `Remove ${name}?`,
    loss: 'Its assertions are refused at once.',
    file: 'Metadata (XML)',
    fileHint: 'The file that the provider publishes, at most 10 MB.',
    nameHint: 'Letters, digits, comma, underscore and hyphen.',
    go: 'Register',
  },
  {
    title: 'SAML 공급자',
    hint: '공급자에서 로그인한 사람은 그 공급자를 신뢰하는 역할을 정해진 시간 동안 맡을 수 있습니다.',
    create: '공급자 등록',
    empty: '등록된 공급자가 없습니다.',
    issuer: '발급자',
    address: '어설션을 보낼 주소(ACS)',
    ends: '인증서 만료',
    actions: '작업',
    remove: '삭제',
    removeOf: (name: string) => `${name} 삭제`,
    ask: (name: string) => `${name}을(를) 삭제할까요?`,
    loss: '이 공급자의 어설션은 바로 거부됩니다.',
    file: '메타데이터(XML)',
    fileHint: '공급자가 게시하는 파일. 최대 10MB.',
    nameHint: '영문자, 숫자, 쉼표, 밑줄, 하이픈.',
    go: '등록',
  },
);

interface SamlProvider {
  readonly id: string;
  readonly saml_provider_name: string;
  readonly idp_issuer_url: string;
  readonly acs_url: string;
  readonly idp_cert_end: string;
}

const PATH = 'api/scp/iam/v1/saml-providers';
const QUERY_KEY = ['saml-providers'];

export function SamlProviders() {
  const own = useText(text);
  const { controlUrl } = useSession();
  const queries = useQueryClient();
  const [isCreating, setCreating] = useState(false);
  const [removed, setRemoved] = useState<SamlProvider>();
  const list = useQuery({
    queryKey: QUERY_KEY,
    queryFn: async () =>
      (await sendJson<{ saml_providers: readonly SamlProvider[] }>('GET', `${PATH}?size=1000`))
        .saml_providers,
  });
  const refresh = (): Promise<void> => queries.refetchQueries({ queryKey: QUERY_KEY });
  const remove = async (): Promise<void> => {
    if (removed !== undefined) await sendJson('DELETE', `${PATH}/bulk`, { ids: [removed.id] });
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
      <Loaded query={list}>{(rows) => <ProviderTable rows={rows} onRemove={setRemoved} />}</Loaded>
      <CommandTwin
        commands={[
          `curl -H "Scp-Accesskey: $SCP_ACCESS_KEY" -H "Scp-Signature: $SCP_SIGNATURE" -H "Scp-Timestamp: $SCP_TIMESTAMP" ${controlUrl}/scp/iam/v1/saml-providers`,
        ]}
      />
      {isCreating ? <RegisterProvider onClose={() => setCreating(false)} onDone={refresh} /> : null}
      {removed === undefined ? null : (
        <Question
          isOpen
          title={own.ask(removed.saml_provider_name)}
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

interface ProviderTableProps {
  readonly rows: readonly SamlProvider[];
  readonly onRemove: (row: SamlProvider) => void;
}

function ProviderTable({ rows, onRemove }: ProviderTableProps) {
  const own = useText(text);
  const words = useText(accessText);
  const language = useLanguage();
  return (
    <DataTable
      label={own.title}
      rows={rows}
      keyOf={({ id }) => id}
      empty={own.empty}
      columns={[
        { name: 'name', title: words.name, cell: (row) => <strong>{row.saml_provider_name}</strong> },
        { name: 'issuer', title: own.issuer, cell: (row) => row.idp_issuer_url },
        { name: 'address', title: own.address, cell: (row) => <code>{row.acs_url}</code> },
        { name: 'ends', title: own.ends, cell: (row) => formatTime(row.idp_cert_end, language) },
        {
          name: 'actions',
          title: own.actions,
          cell: (row) => (
            <button
              type="button"
              className="small"
              aria-label={own.removeOf(row.saml_provider_name)}
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

interface RegisterProviderProps {
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function RegisterProvider({ onClose, onDone }: RegisterProviderProps) {
  const own = useText(text);
  const words = useText(accessText);
  const [name, setName] = useState('');
  const [file, setFile] = useState<File>();
  const register = useAction(async () => {
    const body = new FormData();
    body.set('saml_provider_name', name.trim());
    body.set('federation_type', 'SAML');
    if (file !== undefined) body.set('file', file);
    await sendRequest(PATH, { method: 'POST', body });
    await onDone();
    onClose();
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    register.run();
  };
  return (
    <Popup isOpen title={own.create} onClose={onClose}>
      <form onSubmit={send}>
        <Field
          label={words.name}
          hint={own.nameHint}
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoComplete="off"
        />
        <Field
          label={own.file}
          hint={own.fileHint}
          type="file"
          accept=".xml,application/xml,text/xml"
          onChange={(event) => setFile(event.target.files?.[0])}
        />
        {register.error === undefined ? null : <ErrorNote error={register.error} />}
        <div className="button-row end">
          <button
            type="submit"
            className="primary"
            disabled={name.trim() === '' || file === undefined || register.isRunning}
          >
            {own.go}
          </button>
        </div>
      </form>
    </Popup>
  );
}
