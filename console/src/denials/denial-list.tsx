import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Loading } from '../parts/loading.tsx';
import { goTo, hrefOf } from '../parts/route.ts';
import { commandLine } from '../parts/shell-words.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { causeText } from './cause-text.ts';
import { type DenialFilter, type DenialSummary, type DeniedParty, listDenials } from './denial-records.ts';

const text = defineText(
  {
    label: 'Denials, newest first',
    hint: 'New ones appear by themselves. You see what concerns you, and what others tried on what your account owns.',
    time: 'Time',
    who: 'Who',
    what: 'What',
    where: 'On what',
    why: 'Why',
    bucket: 'Bucket',
    principal: 'User, service or key',
    findId: 'Request id',
    find: 'Explain',
    more: 'Show older',
    empty: 'Nothing was denied.',
    nobody: 'nobody',
  },
  {
    label: '거부 내역, 최신순',
    hint: '새 내역은 자동으로 나타납니다. 나와 관련된 거부와, 내 계정이 소유한 것에 대한 거부가 보입니다.',
    time: '일시',
    who: '호출자',
    what: '작업',
    where: '대상',
    why: '이유',
    bucket: '버킷',
    principal: '사용자, 서비스 또는 키',
    findId: '요청 ID',
    find: '이유 보기',
    more: '이전 내역 보기',
    empty: '거부된 요청이 없습니다.',
    nobody: '로그인 안 함',
  },
);

const EVERY_MILLIS = 3000;

export function DenialList() {
  const words = useText(text);
  const session = useSession();
  const [filter, setFilter] = useState<DenialFilter>({ principal: '', bucket: '', cause: '' });
  const list = useInfiniteQuery({
    queryKey: ['denials', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => listDenials(filter, pageParam),
    getNextPageParam: (page) => page.next,
    refetchInterval: EVERY_MILLIS,
    placeholderData: (before) => before,
  });
  return (
    <>
      <p className="faint">{words.hint}</p>
      <DenialTools filter={filter} onFilter={setFilter} />
      {list.error === null ? null : <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending ? <Loading /> : null}
      {list.data === undefined ? null : (
        <DenialTable rows={list.data.pages.flatMap(({ denials }) => denials)} />
      )}
      {list.hasNextPage ? (
        <button type="button" onClick={() => void list.fetchNextPage()}>
          {words.more}
        </button>
      ) : null}
      <CommandTwin
        commands={[
          commandLine('gotgan', 'denials', ...(filter.bucket === '' ? [] : ['--bucket', filter.bucket])),
          adminCurl(session, 'GET', adminPath('denials')),
        ]}
      />
    </>
  );
}

interface DenialToolsProps {
  readonly filter: DenialFilter;
  readonly onFilter: (filter: DenialFilter) => void;
}

function DenialTools({ filter, onFilter }: DenialToolsProps) {
  const words = useText(text);
  const causes = useText(causeText);
  const [id, setId] = useState('');
  return (
    <div className="toolbar">
      <div className="button-row">
        <input
          type="search"
          aria-label={words.bucket}
          placeholder={words.bucket}
          value={filter.bucket}
          onChange={(event) => onFilter({ ...filter, bucket: event.target.value })}
        />
        <input
          type="search"
          aria-label={words.principal}
          placeholder={words.principal}
          value={filter.principal}
          onChange={(event) => onFilter({ ...filter, principal: event.target.value })}
        />
        <select
          aria-label={words.why}
          value={filter.cause}
          onChange={(event) => onFilter({ ...filter, cause: event.target.value })}
        >
          <option value="">{words.why}</option>
          {Object.entries(causes).map(([code, sentence]) => (
            <option key={code} value={code}>
              {sentence}
            </option>
          ))}
        </select>
      </div>
      <form
        className="button-row"
        onSubmit={(event) => {
          event.preventDefault();
          goTo('denials', id.trim());
        }}
      >
        <input
          aria-label={words.findId}
          placeholder={words.findId}
          value={id}
          onChange={(event) => setId(event.target.value)}
        />
        <button type="submit" disabled={id.trim() === ''}>
          {words.find}
        </button>
      </form>
    </div>
  );
}

function DenialTable({ rows }: { readonly rows: readonly DenialSummary[] }) {
  const words = useText(text);
  const causes = useText(causeText);
  const language = useLanguage();
  return (
    <DataTable
      label={words.label}
      rows={rows}
      keyOf={({ requestId }) => requestId}
      empty={words.empty}
      columns={[
        {
          name: 'time',
          title: words.time,
          cell: ({ requestId, time }) => (
            <a href={hrefOf('denials', requestId)}>{formatTime(time, language)}</a>
          ),
        },
        { name: 'who', title: words.who, cell: ({ principal }) => partyName(principal) ?? words.nobody },
        { name: 'what', title: words.what, cell: ({ operation }) => operation },
        {
          name: 'where',
          title: words.where,
          cell: ({ bucket, key, path }) =>
            bucket === undefined ? path : [bucket, key].filter(Boolean).join('/'),
        },
        { name: 'why', title: words.why, cell: ({ cause }) => causes[cause] ?? cause },
      ]}
    />
  );
}

/** Undefined: nobody. */
export function partyName({ kind, name, id }: DeniedParty): string | undefined {
  return kind === 'anonymous' ? undefined : (name ?? id ?? kind);
}
