/** In the tray: what was under way when the page was closed or loaded again. */
import { Progress } from '@base-ui/react/progress';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { isCode } from '../api/api-error.ts';
import { notifyError } from '../parts/notices.tsx';
import { listParts } from '../s3/s3-uploads.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { ContinueUpload } from './continue-upload.tsx';
import { forgetUpload, type RememberedUpload } from './remembered-uploads.ts';
import { endUpload } from './upload-queue.ts';

const text = defineText(
  {
    hint: 'Choose the same file again, and the upload goes on with what is missing.',
    interrupted: 'Interrupted',
    end: 'Cancel',
    endOf: (key: string) => `Cancel: ${key}`,
    endFailed: 'The unfinished upload is still on the server',
  },
  {
    hint: '같은 파일을 다시 선택하면 남은 부분부터 이어서 업로드합니다.',
    interrupted: '중단됨',
    end: '취소',
    endOf: (key: string) => `취소: ${key}`,
    endFailed: '끝나지 않은 업로드가 서버에 남아 있습니다',
  },
);

/** Each asks the server once; more are counted in the title and stand under "Unfinished uploads". */
const SHOWN_MAX = 20;

export function InterruptedUploads({ uploads }: { readonly uploads: readonly RememberedUpload[] }) {
  const words = useText(text);
  if (uploads.length === 0) return null;
  return (
    <>
      <li className="tray-row field-hint">{words.hint}</li>
      {uploads.slice(0, SHOWN_MAX).map((upload) => (
        <InterruptedRow key={upload.uploadId} upload={upload} />
      ))}
    </>
  );
}

function InterruptedRow({ upload }: { readonly upload: RememberedUpload }) {
  const words = useText(text);
  const language = useLanguage();
  const { place, bucket, key, uploadId, size } = upload;
  const { data: parts, error } = useQuery({
    queryKey: ['parts-of-upload', place, bucket, key, uploadId],
    queryFn: () => listParts(upload),
  });
  const isOver = isCode(error, 'NoSuchUpload', 'NoSuchBucket');
  useEffect(() => {
    if (isOver) forgetUpload(uploadId);
  }, [isOver, uploadId]);
  const arrived = parts?.reduce((sum, part) => sum + part.size, 0);
  const end = (): void => {
    endUpload({ place, bucket, key, uploadId }).catch((thrown: unknown) =>
      notifyError(words.endFailed, thrown),
    );
  };
  return (
    <li className="tray-row" data-state="interrupted">
      <Progress.Root value={Math.floor(((arrived ?? 0) / size) * 100)} className="progress">
        <div className="progress-head">
          <Progress.Label className="progress-label">{key}</Progress.Label>
          <span className="progress-state">
            {words.interrupted} · {arrived === undefined ? '' : `${formatBytes(arrived, language)} / `}
            {formatBytes(size, language)}
          </span>
        </div>
        <Progress.Track className="progress-track">
          <Progress.Indicator className="progress-indicator" />
        </Progress.Track>
      </Progress.Root>
      <div className="button-row">
        <ContinueUpload uploadId={uploadId} />
        <button type="button" className="small" aria-label={words.endOf(key)} onClick={end}>
          {words.end}
        </button>
      </div>
    </li>
  );
}
