import { DataTable } from '../parts/data-table.tsx';
import { Loading } from '../parts/loading.tsx';
import { defineText, useText } from '../text/define-text.ts';
import { formatNumber } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import type { Totals } from './read-metrics.ts';

const text = defineText(
  {
    label: 'Operations since the start',
    operation: 'Operation',
    requests: 'Requests',
    errors: 'Refused or failed',
    average: 'Average',
    empty: 'No request since the start.',
  },
  {
    label: '시작 이후 작업',
    operation: '작업',
    requests: '요청 수',
    errors: '거부 또는 실패',
    average: '평균',
    empty: '시작 이후 요청이 없습니다.',
  },
);

export function OperationTable({ totals }: { readonly totals: Totals | undefined }) {
  const words = useText(text);
  const language = useLanguage();
  if (totals === undefined) return <Loading />;
  const rows = [...totals.operations].sort((a, b) => b[1].requests - a[1].requests);
  const millis = (seconds: number, requests: number): string =>
    requests === 0 ? '—' : `${formatNumber(Math.round((seconds / requests) * 10_000) / 10, language)} ms`;
  return (
    <DataTable
      label={words.label}
      rows={rows}
      keyOf={([name]) => name}
      empty={words.empty}
      columns={[
        { name: 'operation', title: words.operation, cell: ([name]) => name },
        {
          name: 'requests',
          title: words.requests,
          isNumber: true,
          cell: ([, { requests }]) => formatNumber(requests, language),
        },
        {
          name: 'errors',
          title: words.errors,
          isNumber: true,
          cell: ([, { errors }]) => formatNumber(errors, language),
        },
        {
          name: 'average',
          title: words.average,
          isNumber: true,
          cell: ([, { seconds, requests }]) => millis(seconds, requests),
        },
      ]}
    />
  );
}
