import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { urlOf } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Question } from '../parts/dialogs.tsx';
import { Loaded } from '../parts/loading.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import { type ObjectAddress, objectPath } from '../s3/s3-address.ts';
import { deleteObjects } from '../s3/s3-deleting.ts';
import { restoreVersion } from '../s3/s3-objects.ts';
import { type VersionRow, versionsOf } from '../s3/s3-versions.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes, formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';

const text = defineText(
  {
    label: 'Versions',
    version: 'Version',
    modified: 'Modified',
    size: 'Size',
    actions: 'Actions',
    current: 'current',
    marker: 'delete marker',
    remove: 'Delete',
    restore: 'Restore',
    download: 'Download',
    ask: 'Delete this version for ever?',
    askRestore: 'Make this version the current one?',
    copies: 'It is copied; the versions in between stay.',
    empty: 'There are no versions.',
  },
  {
    label: '버전',
    version: '버전',
    modified: '수정 일시',
    size: '크기',
    actions: '작업',
    current: '현재',
    marker: '삭제 마커',
    remove: '삭제',
    restore: '복원',
    download: '다운로드',
    ask: '이 버전을 영구히 삭제할까요?',
    askRestore: '이 버전을 현재 버전으로 만들까요?',
    copies: '복사본이 만들어지며, 사이의 버전은 그대로 남습니다.',
    empty: '버전이 없습니다.',
  },
);

type Asked = { readonly kind: 'remove' | 'restore'; readonly row: VersionRow };

export function ObjectVersions({ address }: { readonly address: ObjectAddress }) {
  const words = useText(text);
  const session = useSession();
  const queries = useQueryClient();
  const { place, bucket, key } = address;
  const [asked, setAsked] = useState<Asked>();
  const queryKey = ['versions', place, bucket, key];
  const list = useQuery({ queryKey, queryFn: () => versionsOf(address, key) });
  const confirm = async (): Promise<void> => {
    if (asked === undefined) return;
    const { versionId } = asked.row;
    if (asked.kind === 'remove') await deleteObjects(address, [{ key, versionId }]);
    else await restoreVersion(address, versionId);
    await Promise.all([
      queries.refetchQueries({ queryKey }),
      queries.invalidateQueries({ queryKey: ['setting', place, bucket] }),
      queries.invalidateQueries({ queryKey: ['objects', place, bucket] }),
    ]);
  };
  return (
    <>
      <Loaded query={list}>
        {(rows) => <VersionTable address={address} rows={rows} onAsk={setAsked} />}
      </Loaded>
      <CommandTwin
        commands={[
          awsCommand(session, place, 's3api', 'list-object-versions', '--bucket', bucket, '--prefix', key),
        ]}
      />
      {asked === undefined ? null : (
        <Question
          isOpen
          title={asked.kind === 'remove' ? words.ask : words.askRestore}
          action={asked.kind === 'remove' ? words.remove : words.restore}
          isDangerous={asked.kind === 'remove'}
          onClose={() => setAsked(undefined)}
          onConfirm={confirm}
        >
          <p>
            <code>{asked.row.versionId}</code>
          </p>
          {asked.kind === 'restore' ? <p>{words.copies}</p> : null}
        </Question>
      )}
    </>
  );
}

interface VersionTableProps {
  readonly address: ObjectAddress;
  readonly rows: readonly VersionRow[];
  readonly onAsk: (asked: Asked) => void;
}

function VersionTable({ address, rows, onAsk }: VersionTableProps) {
  const words = useText(text);
  const language = useLanguage();
  const act = (kind: Asked['kind'], row: VersionRow) => (
    <button
      type="button"
      className="small"
      aria-label={`${words[kind]} ${row.versionId}`}
      onClick={() => onAsk({ kind, row })}
    >
      {words[kind]}
    </button>
  );
  const download = ({ versionId }: VersionRow) => (
    <a className="button small" href={urlOf(objectPath({ ...address, versionId }))} download>
      {words.download}
    </a>
  );
  return (
    <DataTable
      label={words.label}
      rows={rows}
      keyOf={({ versionId }) => versionId}
      empty={words.empty}
      columns={[
        {
          name: 'version',
          title: words.version,
          cell: ({ versionId, isLatest, isDeleteMarker }) => (
            <>
              <code>{versionId}</code> {isLatest ? <em>{words.current}</em> : null}{' '}
              {isDeleteMarker ? <em>{words.marker}</em> : null}
            </>
          ),
        },
        {
          name: 'modified',
          title: words.modified,
          cell: ({ modifiedAt }) => formatTime(modifiedAt, language),
        },
        {
          name: 'size',
          title: words.size,
          isNumber: true,
          cell: ({ size, isDeleteMarker }) => (isDeleteMarker ? '' : formatBytes(size, language)),
        },
        {
          name: 'actions',
          title: words.actions,
          cell: (row) => (
            <div className="button-row">
              {row.isDeleteMarker ? null : download(row)}
              {row.isDeleteMarker || row.isLatest ? null : act('restore', row)}
              {act('remove', row)}
            </div>
          ),
        },
      ]}
    />
  );
}
