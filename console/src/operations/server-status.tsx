import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { adminPath } from '../api/admin-api.ts';
import { sendJson } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { FactList } from '../parts/fact-list.tsx';
import { Loaded } from '../parts/loading.tsx';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes, formatNumber, formatTime } from '../text/format-values.ts';
import { type Language, useLanguage } from '../text/language.ts';

const text = defineText(
  {
    process: 'Process',
    version: 'Version',
    started: 'Started',
    workers: 'Workers',
    ofWorkers: (listening: string, wanted: string, restarts: string) =>
      `${listening} of ${wanted} listening, ${restarts} replaced`,
    regions: 'Regions',
    store: 'Store',
    accounts: 'Accounts',
    buckets: 'Buckets',
    objects: 'Objects',
    bytes: 'Bytes of objects',
    partial: '(not all were counted)',
    disk: 'Disk',
    metadata: 'Metadata',
    blobs: 'Blobs',
    files: (size: string, count: string) => `${size} in ${count} files`,
    free: 'Free',
    ofTotal: (free: string, total: string) => `${free} of ${total}`,
    scrub: 'Scrub',
    scrubbed: 'Last complete',
    never: 'never',
    findings: 'Findings',
    none: 'none',
  },
  {
    process: '프로세스',
    version: '버전',
    started: '시작 일시',
    workers: '워커',
    ofWorkers: (listening: string, wanted: string, restarts: string) =>
      `${wanted}개 중 ${listening}개 동작, ${restarts}개 교체됨`,
    regions: '리전',
    store: '저장소',
    accounts: '계정',
    buckets: '버킷',
    objects: '오브젝트',
    bytes: '오브젝트 크기',
    partial: '(일부만 셈)',
    disk: '디스크',
    metadata: '메타데이터',
    blobs: '블롭',
    files: (size: string, count: string) => `파일 ${count}개, ${size}`,
    free: '남은 공간',
    ofTotal: (free: string, total: string) => `${total} 중 ${free}`,
    scrub: '무결성 검사',
    scrubbed: '마지막 완료',
    never: '없음',
    findings: '발견한 문제',
    none: '없음',
  },
);

interface Status {
  readonly version: string;
  readonly startedAt: string;
  readonly workers: { readonly configured: number; readonly listening: number; readonly restarts: number };
  readonly regions: readonly string[];
  readonly store: Figures & {
    readonly accounts: number;
    readonly buckets: number;
    readonly isPartial: boolean;
  };
  readonly disk: {
    readonly metadataBytes: number;
    readonly blobFiles: number;
    readonly blobBytes: number;
    readonly freeBytes: number;
    readonly totalBytes: number;
  };
  readonly scrub: { readonly completedAt?: string | null; readonly findings: readonly unknown[] };
}

interface Figures {
  readonly objects: number;
  readonly bytes: number;
}

const EVERY_MILLIS = 10_000;

export function ServerStatus() {
  const query = useQuery({
    queryKey: ['status'],
    queryFn: () => sendJson<Status>('GET', adminPath('status')),
    refetchInterval: EVERY_MILLIS,
  });
  return (
    <>
      <Loaded query={query}>{(status) => <StatusCards status={status} />}</Loaded>
      <CommandTwin commands={['gotgan status', 'gotgan check']} />
    </>
  );
}

function StatusCards({ status }: { readonly status: Status }) {
  const words = useText(text);
  const language = useLanguage();
  const cards = factsOf(status, words, language);
  return (
    <div className="cards">
      {cards.map(([title, facts]) => (
        <section key={title} className="card" aria-label={title}>
          <h2>{title}</h2>
          <FactList facts={facts} />
        </section>
      ))}
    </div>
  );
}

type Card = readonly [title: string, facts: readonly (readonly [string, ReactNode])[]];

function factsOf(status: Status, words: (typeof text)['en'], language: Language): readonly Card[] {
  const { workers, store, disk, scrub } = status;
  const number = (value: number): string => formatNumber(value, language);
  const bytes = (value: number): string => formatBytes(value, language);
  const { completedAt } = scrub;
  return [
    [
      words.process,
      [
        [words.version, status.version],
        [words.started, formatTime(status.startedAt, language)],
        [
          words.workers,
          words.ofWorkers(number(workers.listening), number(workers.configured), number(workers.restarts)),
        ],
        [words.regions, status.regions.join(', ')],
      ],
    ],
    [
      words.store,
      [
        [words.accounts, number(store.accounts)],
        [words.buckets, `${number(store.buckets)} ${store.isPartial ? words.partial : ''}`],
        [words.objects, number(store.objects)],
        [words.bytes, bytes(store.bytes)],
      ],
    ],
    [
      words.disk,
      [
        [words.metadata, bytes(disk.metadataBytes)],
        [words.blobs, words.files(bytes(disk.blobBytes), number(disk.blobFiles))],
        [words.free, words.ofTotal(bytes(disk.freeBytes), bytes(disk.totalBytes))],
      ],
    ],
    [
      words.scrub,
      [
        [
          words.scrubbed,
          completedAt === undefined || completedAt === null ? words.never : formatTime(completedAt, language),
        ],
        [
          words.findings,
          scrub.findings.length === 0 ? words.none : <Findings key="findings" findings={scrub.findings} />,
        ],
      ],
    ],
  ];
}

function Findings({ findings }: { readonly findings: readonly unknown[] }) {
  return (
    <ul>
      {findings.map((finding) => {
        const shown = JSON.stringify(finding);
        return (
          <li key={shown}>
            <code>{shown}</code>
          </li>
        );
      })}
    </ul>
  );
}
