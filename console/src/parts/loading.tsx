import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { defineText, useText } from '../text/define-text.ts';
import { ErrorNote } from './error-note.tsx';

const text = defineText({ loading: 'Loading …' }, { loading: '불러오는 중…' });

export function Loading() {
  return (
    <p className="loading" role="status">
      {useText(text).loading}
    </p>
  );
}

/** What a query brings, or that it is under way, or why it failed. */
export function Loaded<T>({
  query,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading />;
}
