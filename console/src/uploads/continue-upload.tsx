/** Going on with an upload that was interrupted: a page may not open a file by itself, so somebody chooses it again. */
import { type ChangeEvent, useRef, useState } from 'react';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes, formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { isSameFile, isSameKey, type RememberedUpload, useRememberedUploads } from './remembered-uploads.ts';
import { addUploads, useUploads } from './upload-queue.ts';

const text = defineText(
  {
    choose: 'Choose the file again',
    chooseFor: (key: string) => `Choose the file again: ${key}`,
    other: (name: string, size: string, modified: string) =>
      `That is another file, or it has changed. Needed is “${name}” with ${size}, changed ${modified}.`,
  },
  {
    choose: '파일 다시 선택',
    chooseFor: (key: string) => `파일 다시 선택: ${key}`,
    other: (name: string, size: string, modified: string) =>
      `다른 파일이거나 내용이 바뀐 파일입니다. 필요한 파일은 “${name}”(${size}, 수정 일시 ${modified})입니다.`,
  },
);

/** Those of which this page has no row. */
export function useInterruptedUploads(): readonly RememberedUpload[] {
  const remembered = useRememberedUploads();
  const rows = useUploads().filter(({ state }) => state !== 'done' && state !== 'cancelled');
  return remembered.filter(
    (upload) => !rows.some(({ address, file }) => isSameKey(address, upload) && isSameFile(file, upload)),
  );
}

/** Nothing, when it was not begun in this browser or is under way. */
export function ContinueUpload({ uploadId }: { readonly uploadId: string }) {
  const words = useText(text);
  const language = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  const [isOther, setOther] = useState(false);
  const upload = useInterruptedUploads().find((each) => each.uploadId === uploadId);
  if (upload === undefined) return null;
  const { place, bucket, key, name, size, lastModified } = upload;
  const take = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const file = target.files?.[0];
    if (file === undefined) return;
    if (isSameFile(file, upload)) addUploads([{ address: { place, bucket, key }, file }]);
    else setOther(true);
    target.value = '';
  };
  return (
    <>
      <button
        type="button"
        className="small"
        aria-label={words.chooseFor(key)}
        onClick={() => input.current?.click()}
      >
        {words.choose}
      </button>
      <input ref={input} type="file" hidden onChange={take} data-testid={`continue ${key}`} />
      {isOther ? (
        <p className="field-problem" role="alert">
          {words.other(name, formatBytes(size, language), formatTime(lastModified, language))}
        </p>
      ) : null}
    </>
  );
}
