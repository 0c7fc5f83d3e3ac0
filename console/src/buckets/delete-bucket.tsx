/** Deleting a bucket says first what would be lost, and empties it only when its name has been typed. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Question } from '../parts/dialogs.tsx';
import { Field } from '../parts/field.tsx';
import { Loaded } from '../parts/loading.tsx';
import { notify } from '../parts/notices.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import { deleteBucket } from '../s3/s3-buckets.ts';
import { abortUpload, listUploads } from '../s3/s3-uploads.ts';
import { deleteAllVersions, listVersions } from '../s3/s3-versions.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes, formatNumber } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';

const text = defineText(
  {
    title: (name: string) => `Delete bucket ${name}?`,
    empty: 'The bucket is empty. Nothing is lost but its settings.',
    lost: (versions: string, bytes: string, more: boolean) =>
      `${more ? 'More than ' : ''}${versions} objects and versions (${bytes}) would be lost for ever.`,
    uploads: (count: string) => `${count} unfinished uploads would be ended.`,
    type: 'Type the name of the bucket to delete it with everything in it',
    action: 'Delete',
    done: (name: string) => `Bucket ${name} is gone`,
    progress: (count: string) => `${count} deleted so far`,
  },
  {
    title: (name: string) => `버킷 ${name}을(를) 삭제할까요?`,
    empty: '버킷이 비어 있습니다. 버킷 설정만 사라집니다.',
    lost: (versions: string, bytes: string, more: boolean) =>
      `오브젝트와 버전 ${versions}개${more ? ' 이상' : ''}(${bytes})가 영구히 사라집니다.`,
    uploads: (count: string) => `끝나지 않은 업로드 ${count}개가 중단됩니다.`,
    type: '안에 있는 것까지 모두 삭제하려면 버킷 이름을 입력하세요',
    action: '삭제',
    done: (name: string) => `버킷 ${name}을(를) 삭제했습니다`,
    progress: (count: string) => `지금까지 ${count}개 삭제`,
  },
);

interface DeleteBucketProps {
  readonly address: BucketAddress;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

interface Loss {
  readonly versions: number;
  readonly bytes: number;
  readonly hasMore: boolean;
  readonly uploads: number;
}

async function lossOf(address: BucketAddress): Promise<Loss> {
  const [page, uploads] = await Promise.all([listVersions({ ...address, prefix: '' }), listUploads(address)]);
  return {
    versions: page.rows.length,
    bytes: page.rows.reduce((sum, { size }) => sum + size, 0),
    hasMore: page.next !== undefined,
    uploads: uploads.length,
  };
}

export function DeleteBucket({ address, onClose, onDone }: DeleteBucketProps) {
  const words = useText(text);
  const language = useLanguage();
  const { bucket } = address;
  const [typed, setTyped] = useState('');
  const [count, setCount] = useState(0);
  const loss = useQuery({
    queryKey: ['loss', address.place, bucket],
    queryFn: () => lossOf(address),
    gcTime: 0,
  });
  const isEmpty = loss.data !== undefined && loss.data.versions === 0 && loss.data.uploads === 0;
  const remove = async (): Promise<void> => {
    if (!isEmpty) {
      await deleteAllVersions(address, setCount);
      for (const upload of await listUploads(address)) await abortUpload({ ...address, ...upload });
    }
    await deleteBucket(address);
    notify(words.done(bucket));
    onDone();
  };
  return (
    <Question
      isOpen
      title={words.title(bucket)}
      action={words.action}
      onClose={onClose}
      onConfirm={remove}
      isBlocked={loss.data === undefined || (!isEmpty && typed !== bucket)}
    >
      <Loaded query={loss}>
        {({ versions, bytes, hasMore, uploads }) =>
          isEmpty ? (
            <p>{words.empty}</p>
          ) : (
            <>
              <p className="warning">
                {words.lost(formatNumber(versions, language), formatBytes(bytes, language), hasMore)}
              </p>
              {uploads === 0 ? null : <p>{words.uploads(formatNumber(uploads, language))}</p>}
              <Field
                label={words.type}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoComplete="off"
                spellCheck={false}
              />
              {count === 0 ? null : <p role="status">{words.progress(formatNumber(count, language))}</p>}
            </>
          )
        }
      </Loaded>
    </Question>
  );
}
