import { useState } from 'react';
import { Question } from '../parts/dialogs.tsx';
import { notify } from '../parts/notices.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import { deleteBelow, deleteObjects } from '../s3/s3-deleting.ts';
import { type ListingRow, nameOf } from '../s3/s3-listing.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatNumber } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';

const text = defineText(
  {
    title: 'Delete what is selected?',
    folder: (name: string) => `${name} and everything below it`,
    note: 'Without versioning this cannot be undone.',
    action: 'Delete',
    done: 'Deleted',
    progress: (count: string) => `${count} deleted so far`,
    more: (count: string) => `and ${count} more`,
  },
  {
    title: '선택한 항목을 삭제할까요?',
    folder: (name: string) => `${name} 및 그 아래의 모든 오브젝트`,
    note: '버전 관리를 쓰지 않으면 되돌릴 수 없습니다.',
    action: '삭제',
    done: '삭제했습니다',
    progress: (count: string) => `지금까지 ${count}개 삭제`,
    more: (count: string) => `외 ${count}개`,
  },
);

const NAMED_MAX = 8;

interface DeleteRowsProps {
  readonly address: BucketAddress;
  readonly rows: readonly ListingRow[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function DeleteRows({ address, rows, onClose, onDone }: DeleteRowsProps) {
  const words = useText(text);
  const language = useLanguage();
  const [count, setCount] = useState(0);
  const remove = async (): Promise<void> => {
    const objects = rows.filter((row) => row.kind === 'object');
    await deleteObjects(
      address,
      objects.map(({ key }) => ({ key })),
    );
    for (const row of rows) if (row.kind === 'folder') await deleteBelow(address, row.prefix, setCount);
    notify(words.done);
    onDone();
  };
  return (
    <Question isOpen title={words.title} action={words.action} onClose={onClose} onConfirm={remove}>
      <ul className="names">
        {rows.slice(0, NAMED_MAX).map((row) => (
          <li key={nameOf(row)}>{row.kind === 'folder' ? words.folder(row.prefix) : row.key}</li>
        ))}
        {rows.length > NAMED_MAX ? (
          <li>{words.more(formatNumber(rows.length - NAMED_MAX, language))}</li>
        ) : null}
      </ul>
      <p className="warning">{words.note}</p>
      {count === 0 ? null : <p role="status">{words.progress(formatNumber(count, language))}</p>}
    </Question>
  );
}
