import { CommandTwin } from '../parts/command-twin.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes, formatNumber } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { LineChart } from './line-chart.tsx';
import type { LiveMetrics } from './use-live-metrics.ts';

const text = defineText(
  {
    hint: 'Since this screen was opened, every three seconds, of all APIs together.',
    requests: 'Requests per second',
    ok: 'Answered',
    refused: 'Refused (4xx)',
    failed: 'Failed (5xx)',
    latency: 'Time to answer',
    median: 'Half within',
    slow: '99% within',
    bytes: 'Bytes per second',
    received: 'Received',
    sent: 'Sent',
    denials: 'Denials per minute',
    denied: 'Denied (403)',
  },
  {
    hint: '이 화면을 연 뒤부터 3초마다 모든 API를 합친 값입니다.',
    requests: '초당 요청 수',
    ok: '응답',
    refused: '거부(4xx)',
    failed: '실패(5xx)',
    latency: '응답 시간',
    median: '절반이 이내',
    slow: '99%가 이내',
    bytes: '초당 바이트',
    received: '받음',
    sent: '보냄',
    denials: '분당 권한 거부',
    denied: '거부(403)',
  },
);

export function LiveCharts({ metrics: { history } }: { readonly metrics: LiveMetrics }) {
  const words = useText(text);
  const language = useLanguage();
  const { controlUrl } = useSession();
  const times = history.map(({ atMillis }) => atMillis / 1000);
  const number = (value: number): string => formatNumber(Math.round(value * 10) / 10, language);
  const bytes = (value: number): string => formatBytes(Math.round(value), language);
  const millis = (value: number): string => `${number(value)} ms`;
  return (
    <>
      <p className="faint">{words.hint}</p>
      <div className="cards">
        <LineChart
          title={words.requests}
          times={times}
          format={number}
          lines={[
            { label: words.ok, colour: 'good', values: history.map((row) => row.okPerSecond) },
            { label: words.refused, colour: 'accent', values: history.map((row) => row.refusedPerSecond) },
            { label: words.failed, colour: 'bad', values: history.map((row) => row.failedPerSecond) },
          ]}
        />
        <LineChart
          title={words.latency}
          times={times}
          format={millis}
          lines={[
            { label: words.median, colour: 'good', values: history.map((row) => row.medianMillis) },
            { label: words.slow, colour: 'accent', values: history.map((row) => row.slowMillis) },
          ]}
        />
        <LineChart
          title={words.bytes}
          times={times}
          format={bytes}
          lines={[
            { label: words.received, colour: 'good', values: history.map((row) => row.bytesInPerSecond) },
            { label: words.sent, colour: 'accent', values: history.map((row) => row.bytesOutPerSecond) },
          ]}
        />
        <LineChart
          title={words.denials}
          times={times}
          format={number}
          lines={[{ label: words.denied, colour: 'bad', values: history.map((row) => row.deniedPerMinute) }]}
        />
      </div>
      <CommandTwin commands={[`curl ${controlUrl}/metrics`]} />
    </>
  );
}
