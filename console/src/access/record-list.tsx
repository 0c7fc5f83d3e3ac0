import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { listRecords } from '../api/admin-api.ts';
import { sendJson, sendRequest } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Question } from '../parts/dialogs.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Loading } from '../parts/loading.tsx';
import { notifyError } from '../parts/notices.tsx';
import { SecretOnce, type ShownSecret } from '../parts/secret-once.tsx';
import { defineText, useText } from '../text/define-text.ts';
import { CreateRecord } from './create-record.tsx';
import type { RecordKind, RecordRow } from './record-kind.ts';

const text = defineText(
  {
    state: 'State',
    actions: 'Actions',
    on: 'enabled',
    off: 'disabled',
    locked: 'locked',
    enable: 'Enable',
    disable: 'Disable',
    lock: 'Lock',
    unlock: 'Unlock',
    remove: 'Delete',
    of: (what: string, name: string) => `${what}: ${name}`,
    ask: (name: string) => `Delete ${name}?`,
    more: 'Show more',
    failed: 'Nothing was changed',
  },
  {
    state: '상태',
    actions: '작업',
    on: '사용',
    off: '사용 안 함',
    locked: '잠김',
    enable: '사용',
    disable: '사용 중지',
    lock: '잠그기',
    unlock: '잠금 풀기',
    remove: '삭제',
    of: (what: string, name: string) => `${what}: ${name}`,
    ask: (name: string) => `${name}을(를) 삭제할까요?`,
    more: '더 보기',
    failed: '변경하지 못했습니다',
  },
);

export function recordsKey(path: string): readonly string[] {
  return ['records', path];
}

/** A list of records with everything that can be done with them. */
export function RecordList<T extends RecordRow>({ kind }: { readonly kind: RecordKind<T> }) {
  const words = useText(text);
  const queries = useQueryClient();
  const [isCreating, setCreating] = useState(false);
  const [removed, setRemoved] = useState<T>();
  const [secret, setSecret] = useState<ShownSecret>();
  const queryKey = recordsKey(kind.path);
  const list = useInfiniteQuery({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => listRecords<T>(kind.path, kind.member, pageParam),
    getNextPageParam: (page) => page.next,
  });
  const refresh = (): Promise<void> => queries.refetchQueries({ queryKey });
  const remove = async (): Promise<void> => {
    if (removed !== undefined) await sendRequest(pathOf(kind, removed), { method: 'DELETE' });
    await refresh();
  };
  return (
    <section className="records" aria-label={kind.title}>
      <header className="section-head">
        <h2>{kind.title}</h2>
        {kind.create === undefined ? null : (
          <button type="button" className="primary" onClick={() => setCreating(true)}>
            {kind.create.action}
          </button>
        )}
      </header>
      {kind.hint === undefined ? null : <p className="faint">{kind.hint}</p>}
      {list.error === null ? null : <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending ? <Loading /> : null}
      {list.data === undefined ? null : (
        <RecordTable
          kind={kind}
          rows={list.data.pages.flatMap((page) => page.rows)}
          onRemove={setRemoved}
          onChanged={refresh}
        />
      )}
      {list.hasNextPage ? (
        <button type="button" onClick={() => void list.fetchNextPage()}>
          {words.more}
        </button>
      ) : null}
      <CommandTwin commands={kind.commands} />
      {isCreating ? (
        <CreateRecord kind={kind} onClose={() => setCreating(false)} onDone={refresh} onSecret={setSecret} />
      ) : null}
      {removed === undefined ? null : (
        <Question
          isOpen
          title={words.ask(kind.nameOf(removed))}
          action={words.remove}
          onClose={() => setRemoved(undefined)}
          onConfirm={remove}
        >
          <p>{kind.lossOf(removed)}</p>
        </Question>
      )}
      {secret === undefined ? null : <SecretOnce secret={secret} onClose={() => setSecret(undefined)} />}
    </section>
  );
}

interface RecordTableProps<T extends RecordRow> {
  readonly kind: RecordKind<T>;
  readonly rows: readonly T[];
  readonly onRemove: (row: T) => void;
  readonly onChanged: () => Promise<void>;
}

function RecordTable<T extends RecordRow>({ kind, rows, onRemove, onChanged }: RecordTableProps<T>) {
  const words = useText(text);
  const change = (row: T, changes: object): void => {
    sendJson('PATCH', pathOf(kind, row), changes).then(onChanged, (error: unknown) =>
      notifyError(words.failed, error),
    );
  };
  const button = (row: T, label: string, onClick: () => void): ReactNode => (
    <button
      key={label}
      type="button"
      className="small"
      aria-label={words.of(label, kind.nameOf(row))}
      onClick={onClick}
    >
      {label}
    </button>
  );
  const actions = (row: T): ReactNode => {
    const { enabled = true, locked = false } = row;
    const isPermanent = kind.isPermanent?.(row) === true;
    return (
      <div className="button-row">
        {kind.actions?.map(({ label, onClick }) => button(row, label, () => onClick(row)))}
        {kind.canLock === true
          ? button(row, locked ? words.unlock : words.lock, () => change(row, { locked: !locked }))
          : null}
        {kind.canDisable === true && !isPermanent
          ? button(row, enabled ? words.disable : words.enable, () => change(row, { enabled: !enabled }))
          : null}
        {isPermanent ? null : button(row, words.remove, () => onRemove(row))}
      </div>
    );
  };
  const state = ({ enabled = true, locked = false }: T): ReactNode => (
    <span className={enabled ? 'state-on' : 'state-off'}>
      {enabled ? words.on : words.off}
      {locked ? `, ${words.locked}` : ''}
    </span>
  );
  return (
    <DataTable
      label={kind.title}
      rows={rows}
      keyOf={(row) => pathOf(kind, row)}
      empty={kind.empty}
      columns={[
        ...kind.columns,
        ...(kind.canDisable === true ? [{ name: 'state', title: words.state, cell: state }] : []),
        { name: 'actions', title: words.actions, cell: actions },
      ]}
    />
  );
}

function pathOf<T extends RecordRow>(kind: RecordKind<T>, row: T): string {
  return kind.pathOf?.(row) ?? `${kind.path}/${encodeURIComponent(row.id ?? '')}`;
}
