import { useQueryClient } from '@tanstack/react-query';
import { type ChangeEvent, useRef, useState } from 'react';
import type { BucketAddress } from '../s3/s3-address.ts';
import type { ListingRow } from '../s3/s3-listing.ts';
import { defineText, useText } from '../text/define-text.ts';
import { chosenFiles } from '../uploads/dropped-files.ts';
import { CreateFolder } from './create-folder.tsx';
import { DeleteRows } from './delete-rows.tsx';
import { uploadInto } from './upload-into.ts';

const text = defineText(
  {
    begin: 'Begins with',
    files: 'Upload files',
    folder: 'Upload a folder',
    create: 'New folder',
    remove: (count: number) => `Delete ${count} selected`,
    refresh: 'Refresh',
  },
  {
    begin: '시작 문자열로 찾기',
    files: '파일 업로드',
    folder: '폴더 업로드',
    create: '새 폴더',
    remove: (count: number) => `선택한 ${count}개 삭제`,
    refresh: '새로 고침',
  },
);

interface BrowserToolsProps {
  readonly address: BucketAddress;
  readonly prefix: string;
  readonly begin: string;
  readonly onBegin: (begin: string) => void;
  readonly chosen: readonly ListingRow[];
  readonly onDeleted: () => void;
}

export function BrowserTools({ address, prefix, begin, onBegin, chosen, onDeleted }: BrowserToolsProps) {
  const words = useText(text);
  const queries = useQueryClient();
  const [dialog, setDialog] = useState<'create' | 'delete'>();
  const refresh = (): void =>
    void queries.invalidateQueries({ queryKey: ['objects', address.place, address.bucket] });
  return (
    <div className="toolbar">
      <input
        type="search"
        aria-label={words.begin}
        placeholder={words.begin}
        value={begin}
        onChange={(event) => onBegin(event.target.value)}
      />
      <div className="button-row">
        {chosen.length === 0 ? null : (
          <button type="button" className="danger" onClick={() => setDialog('delete')}>
            {words.remove(chosen.length)}
          </button>
        )}
        <button type="button" onClick={refresh}>
          {words.refresh}
        </button>
        <button type="button" onClick={() => setDialog('create')}>
          {words.create}
        </button>
        <UploadButtons address={address} prefix={prefix} />
      </div>
      {dialog === 'create' ? (
        <CreateFolder
          address={address}
          prefix={prefix}
          onClose={() => setDialog(undefined)}
          onDone={refresh}
        />
      ) : null}
      {dialog === 'delete' ? (
        <DeleteRows
          address={address}
          rows={chosen}
          onClose={() => setDialog(undefined)}
          onDone={() => {
            onDeleted();
            refresh();
          }}
        />
      ) : null}
    </div>
  );
}

function UploadButtons({ address, prefix }: { readonly address: BucketAddress; readonly prefix: string }) {
  const words = useText(text);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    uploadInto(address, prefix, chosenFiles(target.files));
    target.value = '';
  };
  return (
    <>
      <button type="button" onClick={() => folder.current?.click()}>
        {words.folder}
      </button>
      <button type="button" className="primary" onClick={() => files.current?.click()}>
        {words.files}
      </button>
      <input ref={files} type="file" multiple hidden onChange={take} data-testid="files" />
      <input ref={folder} type="file" hidden onChange={take} {...{ webkitdirectory: '' }} />
    </>
  );
}
