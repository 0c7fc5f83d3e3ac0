import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { CommandTwin } from '../parts/command-twin.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Loading } from '../parts/loading.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import type { BucketAddress } from '../s3/s3-address.ts';
import { type ListingRow, listObjects, nameOf } from '../s3/s3-listing.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { watchFinished } from '../uploads/upload-queue.ts';
import { BrowserTools } from './browser-tools.tsx';
import { DropArea } from './drop-area.tsx';
import { FolderPath } from './folder-path.tsx';
import { ObjectDetails } from './object-details.tsx';
import { ObjectRows } from './object-rows.tsx';

const text = defineText(
  { empty: 'Nothing is here yet. Drop files to upload them.', noMatch: 'Nothing begins like this.' },
  {
    empty: '아직 아무것도 없습니다. 파일을 끌어다 놓으면 업로드됩니다.',
    noMatch: '이렇게 시작하는 것이 없습니다.',
  },
);

interface ObjectBrowserProps {
  readonly address: BucketAddress;
  readonly prefix: string;
  /** Key of the object that is shown beside the list. */
  readonly selected: string | undefined;
}

export function ObjectBrowser({ address, prefix, selected }: ObjectBrowserProps) {
  const words = useText(text);
  const session = useSession();
  const [begin, setBegin] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const list = useListing(address, prefix, begin);
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const shown = rows.filter((row) => row.kind === 'folder' || row.key !== prefix);
  return (
    <DropArea address={address} prefix={prefix}>
      <FolderPath address={address} prefix={prefix} />
      <BrowserTools
        address={address}
        prefix={prefix}
        begin={begin}
        onBegin={setBegin}
        chosen={chosenRows(shown, chosen)}
        onDeleted={() => setChosen(new Set())}
      />
      {list.error === null ? null : <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending ? <Loading /> : null}
      {list.data !== undefined && shown.length === 0 ? (
        <p className="empty">{begin === '' ? words.empty : words.noMatch}</p>
      ) : null}
      <ObjectRows
        address={address}
        prefix={prefix}
        rows={shown}
        hasMore={list.hasNextPage}
        onMore={() => (list.isFetching ? undefined : void list.fetchNextPage())}
        chosen={chosen}
        onChoose={setChosen}
      />
      <CommandTwin
        commands={[
          awsCommand(session, address.place, 's3', 'ls', `s3://${address.bucket}/${prefix}${begin}`),
        ]}
      />
      {selected === undefined ? null : (
        <ObjectDetails key={selected} address={{ ...address, key: selected }} prefix={prefix} />
      )}
    </DropArea>
  );
}

function useListing(address: BucketAddress, prefix: string, begin: string) {
  const queries = useQueryClient();
  const { place, bucket } = address;
  useEffect(
    () =>
      watchFinished((arrived) => {
        if (arrived.bucket === bucket && arrived.key.startsWith(prefix)) {
          void queries.invalidateQueries({ queryKey: ['objects', place, bucket] });
        }
      }),
    [queries, place, bucket, prefix],
  );
  return useInfiniteQuery({
    queryKey: ['objects', place, bucket, prefix, begin],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      listObjects({ ...address, prefix: prefix + begin, delimiter: '/', token: pageParam }, signal),
    getNextPageParam: (page) => page.next,
  });
}

function chosenRows(rows: readonly ListingRow[], chosen: ReadonlySet<string>): readonly ListingRow[] {
  return chosen.size === 0 ? [] : rows.filter((row) => chosen.has(nameOf(row)));
}
