import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { sendJson } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Loading } from '../parts/loading.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';

const text = defineText(
  {
    label: 'Logins and changes',
    time: 'Time',
    who: 'Who',
    what: 'What',
    target: 'On what',
    outcome: 'Outcome',
    from: 'From',
    success: 'done',
    failure: 'refused',
    filter: 'Find in what is shown',
    refresh: 'Refresh',
    more: 'Show older',
    empty: 'Nothing like this in what is shown.',
  },
  {
    label: '로그인과 변경 내역',
    time: '일시',
    who: '사용자',
    what: '작업',
    target: '대상',
    outcome: '결과',
    from: '주소',
    success: '완료',
    failure: '거부',
    filter: '표시된 내역에서 찾기',
    refresh: '새로 고침',
    more: '이전 내역 보기',
    empty: '표시된 내역에 없습니다.',
  },
);

interface AuditEvent {
  readonly time: string;
  readonly requestId: string;
  readonly api: string;
  readonly operation: string;
  readonly outcome: 'success' | 'failure';
  readonly reason?: string;
  readonly remote: string;
  readonly account?: string;
  readonly user?: string;
  readonly service?: string;
  readonly loginUser?: string;
  readonly target: Readonly<Record<string, string>>;
}

interface AuditPage {
  readonly events: readonly AuditEvent[];
  readonly next?: number;
}

export function AuditLog() {
  const words = useText(text);
  const session = useSession();
  const [filter, setFilter] = useState('');
  const path = adminPath('audit');
  const list = useInfiniteQuery({
    queryKey: ['audit'],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      sendJson<AuditPage>('GET', pageParam === undefined ? path : `${path}?before=${pageParam}`),
    getNextPageParam: (page) => page.next,
  });
  const events = list.data?.pages.flatMap((page) => page.events) ?? [];
  const shown = events.filter((event) => JSON.stringify(event).toLowerCase().includes(filter.toLowerCase()));
  return (
    <>
      <div className="toolbar">
        <input
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <button type="button" onClick={() => void list.refetch()}>
          {words.refresh}
        </button>
      </div>
      {list.error === null ? null : <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending ? <Loading /> : <EventTable events={shown} />}
      {list.hasNextPage ? (
        <button type="button" onClick={() => void list.fetchNextPage()}>
          {words.more}
        </button>
      ) : null}
      <CommandTwin commands={[adminCurl(session, 'GET', path)]} />
    </>
  );
}

function EventTable({ events }: { readonly events: readonly AuditEvent[] }) {
  const words = useText(text);
  const language = useLanguage();
  return (
    <DataTable
      label={words.label}
      rows={events}
      keyOf={({ requestId, operation }) => requestId + operation}
      empty={words.empty}
      columns={[
        { name: 'time', title: words.time, cell: ({ time }) => formatTime(time, language) },
        {
          name: 'who',
          title: words.who,
          cell: ({ user, service, loginUser }) => <code>{user ?? service ?? loginUser ?? '—'}</code>,
        },
        { name: 'what', title: words.what, cell: ({ api, operation }) => `${operation} (${api})` },
        {
          name: 'target',
          title: words.target,
          cell: ({ target }) =>
            Object.entries(target)
              .map(([kind, value]) => `${kind} ${value}`)
              .join(', '),
        },
        {
          name: 'outcome',
          title: words.outcome,
          cell: ({ outcome, reason }) => (
            <span className={outcome === 'success' ? 'state-on' : 'state-off'}>
              {words[outcome]} {reason}
            </span>
          ),
        },
        { name: 'from', title: words.from, cell: ({ remote }) => remote },
      ]}
    />
  );
}
