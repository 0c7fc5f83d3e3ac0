import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CommandTwin } from '../parts/command-twin.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Question } from '../parts/dialogs.tsx';
import { Loaded } from '../parts/loading.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import type { BucketAddress } from '../s3/s3-address.ts';
import { listUploads, type UnfinishedUpload } from '../s3/s3-uploads.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { ContinueUpload } from '../uploads/continue-upload.tsx';
import { endUpload } from '../uploads/upload-queue.ts';

const text = defineText(
  {
    label: 'Unfinished uploads',
    key: 'Key',
    started: 'Started',
    actions: 'Actions',
    end: 'End',
    endOf: (key: string) => `End the upload of ${key}`,
    ask: 'End this upload?',
    lost: 'The parts that have arrived are lost.',
    empty: 'No upload is under way or was left unfinished.',
  },
  {
    label: '끝나지 않은 업로드',
    key: '키',
    started: '시작 일시',
    actions: '작업',
    end: '중단',
    endOf: (key: string) => `${key} 업로드 중단`,
    ask: '이 업로드를 중단할까요?',
    lost: '이미 올라온 파트가 사라집니다.',
    empty: '진행 중이거나 끝나지 않은 업로드가 없습니다.',
  },
);

export function UnfinishedUploads({ address }: { readonly address: BucketAddress }) {
  const words = useText(text);
  const language = useLanguage();
  const session = useSession();
  const queries = useQueryClient();
  const [ended, setEnded] = useState<UnfinishedUpload>();
  const queryKey = ['uploads', address.place, address.bucket];
  const list = useQuery({ queryKey, queryFn: () => listUploads(address) });
  const end = async (): Promise<void> => {
    if (ended !== undefined) await endUpload({ ...address, ...ended });
    await queries.refetchQueries({ queryKey });
  };
  return (
    <>
      <Loaded query={list}>
        {(rows) => (
          <DataTable
            label={words.label}
            rows={rows}
            keyOf={({ uploadId }) => uploadId}
            empty={words.empty}
            columns={[
              { name: 'key', title: words.key, cell: ({ key }) => key },
              {
                name: 'started',
                title: words.started,
                cell: ({ startedAt }) => formatTime(startedAt, language),
              },
              {
                name: 'actions',
                title: words.actions,
                cell: (row) => (
                  <div className="button-row">
                    <ContinueUpload uploadId={row.uploadId} />
                    <button
                      type="button"
                      className="small"
                      aria-label={words.endOf(row.key)}
                      onClick={() => setEnded(row)}
                    >
                      {words.end}
                    </button>
                  </div>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <CommandTwin
        commands={[
          awsCommand(session, address.place, 's3api', 'list-multipart-uploads', '--bucket', address.bucket),
        ]}
      />
      {ended === undefined ? null : (
        <Question
          isOpen
          title={words.ask}
          action={words.end}
          onClose={() => setEnded(undefined)}
          onConfirm={end}
        >
          <p>{ended.key}</p>
          <p className="warning">{words.lost}</p>
        </Question>
      )}
    </>
  );
}
