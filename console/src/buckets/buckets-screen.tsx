import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CommandTwin } from '../parts/command-twin.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Loading } from '../parts/loading.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { hrefOf } from '../parts/route.ts';
import { awsCommand } from '../parts/shell-words.ts';
import { type BucketRow, listBuckets } from '../s3/s3-buckets.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { CreateBucket } from './create-bucket.tsx';
import { DeleteBucket } from './delete-bucket.tsx';

const text = defineText(
  {
    title: 'Buckets',
    create: 'Create a bucket',
    filter: 'Find by name',
    name: 'Name',
    region: 'Region',
    created: 'Created',
    actions: 'Actions',
    remove: 'Delete',
    removeOne: (name: string) => `Delete bucket ${name}`,
    empty: 'There is no bucket yet.',
    none: 'No bucket has this in its name.',
  },
  {
    title: '버킷',
    create: '버킷 만들기',
    filter: '이름으로 찾기',
    name: '이름',
    region: '리전',
    created: '생성 일시',
    actions: '작업',
    remove: '삭제',
    removeOne: (name: string) => `버킷 ${name} 삭제`,
    empty: '아직 버킷이 없습니다.',
    none: '이름이 일치하는 버킷이 없습니다.',
  },
);

function bucketsKey(place: string): readonly string[] {
  return ['buckets', place];
}

export function BucketsScreen() {
  const words = useText(text);
  const session = useSession();
  const queries = useQueryClient();
  const [isCreating, setCreating] = useState(false);
  const [removed, setRemoved] = useState<BucketRow>();
  const [filter, setFilter] = useState('');
  const places = session.places.map(({ region }) => region);
  const lists = useQueries({
    queries: places.map((place) => ({ queryKey: bucketsKey(place), queryFn: () => listBuckets(place) })),
  });
  const isLoading = lists.some(({ isPending }) => isPending);
  const failed = lists.find(({ error }) => error !== null);
  const rows = lists.flatMap(({ data }) => data ?? []);
  const refresh = (): void => void queries.invalidateQueries({ queryKey: ['buckets'] });
  return (
    <>
      <PageHead title={words.title}>
        <input
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <button type="button" className="primary" onClick={() => setCreating(true)}>
          {words.create}
        </button>
      </PageHead>
      {failed === undefined ? null : <ErrorNote error={failed.error} onRetry={refresh} />}
      {isLoading ? <Loading /> : <BucketTable rows={rows} filter={filter} onRemove={setRemoved} />}
      <CommandTwin commands={places.map((place) => awsCommand(session, place, 's3', 'ls'))} />
      {isCreating ? <CreateBucket onClose={() => setCreating(false)} onDone={refresh} /> : null}
      {removed === undefined ? null : (
        <DeleteBucket address={removed} onClose={() => setRemoved(undefined)} onDone={refresh} />
      )}
    </>
  );
}

interface BucketTableProps {
  readonly rows: readonly BucketRow[];
  readonly filter: string;
  readonly onRemove: (row: BucketRow) => void;
}

function BucketTable({ rows, filter, onRemove }: BucketTableProps) {
  const words = useText(text);
  const language = useLanguage();
  const shown = rows.filter(({ bucket }) => bucket.includes(filter.trim()));
  return (
    <DataTable
      label={words.title}
      rows={shown}
      keyOf={({ place, bucket }) => `${place}/${bucket}`}
      empty={rows.length === 0 ? words.empty : words.none}
      columns={[
        {
          name: 'name',
          title: words.name,
          cell: ({ place, bucket }) => (
            <a className="strong" href={hrefOf('buckets', place, bucket)}>
              {bucket}
            </a>
          ),
        },
        { name: 'region', title: words.region, cell: ({ place }) => place },
        { name: 'created', title: words.created, cell: ({ createdAt }) => formatTime(createdAt, language) },
        {
          name: 'actions',
          title: words.actions,
          cell: (row) => (
            <button
              type="button"
              className="small"
              aria-label={words.removeOne(row.bucket)}
              onClick={() => onRemove(row)}
            >
              {words.remove}
            </button>
          ),
        },
      ]}
    />
  );
}
