import { useState } from 'react';
import { ErrorNote } from '../parts/error-note.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { TabList } from '../parts/tab-list.tsx';
import { defineText, useText } from '../text/define-text.ts';
import { AuditLog } from './audit-log.tsx';
import { LiveCharts } from './live-charts.tsx';
import { OperationTable } from './operation-table.tsx';
import { ServerStatus } from './server-status.tsx';
import { useLiveMetrics } from './use-live-metrics.ts';

const text = defineText(
  { title: 'Operations', live: 'Live', operations: 'By operation', server: 'Server', audit: 'Audit log' },
  { title: '운영', live: '실시간', operations: '작업별', server: '서버', audit: '감사 로그' },
);

export function OperationsScreen() {
  const words = useText(text);
  const [tab, setTab] = useState('live');
  const metrics = useLiveMetrics();
  return (
    <>
      <PageHead title={words.title} />
      {metrics.error === null ? null : <ErrorNote error={metrics.error} />}
      <TabList
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'live', label: words.live, content: <LiveCharts metrics={metrics} /> },
          {
            value: 'operations',
            label: words.operations,
            content: <OperationTable totals={metrics.totals} />,
          },
          { value: 'server', label: words.server, content: <ServerStatus /> },
          { value: 'audit', label: words.audit, content: <AuditLog /> },
        ]}
      />
    </>
  );
}
