import { Progress } from '@base-ui/react/progress';
import { useEffect, useState } from 'react';
import { describeError } from '../parts/describe-error.ts';
import { notifyError } from '../parts/notices.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { useInterruptedUploads } from './continue-upload.tsx';
import { InterruptedUploads } from './interrupted-uploads.tsx';
import { rememberUploadsOf } from './remembered-uploads.ts';
import {
  cancelUpload,
  clearEnded,
  pauseUpload,
  resumeUpload,
  type Upload,
  useUploads,
} from './upload-queue.ts';

const text = defineText(
  {
    title: (done: number, all: number) => `Uploads: ${done} of ${all} done`,
    interrupted: (count: number) => `Interrupted uploads: ${count}`,
    waiting: 'Waiting',
    running: 'Uploading',
    paused: 'Paused',
    done: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
    pause: 'Pause',
    resume: 'Resume',
    retry: 'Try again',
    cancel: 'Cancel',
    ofFile: (what: string, key: string) => `${what}: ${key}`,
    clear: 'Remove finished',
    hide: 'Hide',
    show: 'Show',
    cancelFailed: 'The unfinished upload is still on the server',
  },
  {
    title: (done: number, all: number) => `업로드: ${all}개 중 ${done}개 완료`,
    interrupted: (count: number) => `중단된 업로드: ${count}개`,
    waiting: '대기 중',
    running: '업로드 중',
    paused: '일시 중지됨',
    done: '완료',
    failed: '실패',
    cancelled: '취소됨',
    pause: '일시 중지',
    resume: '계속',
    retry: '다시 시도',
    cancel: '취소',
    ofFile: (what: string, key: string) => `${what}: ${key}`,
    clear: '끝난 항목 지우기',
    hide: '숨기기',
    show: '보이기',
    cancelFailed: '끝나지 않은 업로드가 서버에 남아 있습니다',
  },
);

/** Rows beyond this are counted only. */
const SHOWN_MAX = 100;

export function UploadTray() {
  const words = useText(text);
  const uploads = useUploads();
  const { user } = useSession();
  useEffect(() => rememberUploadsOf(user.id), [user.id]);
  const interrupted = useInterruptedUploads();
  const [isOpen, setOpen] = useState(true);
  if (uploads.length === 0 && interrupted.length === 0) return null;
  const done = uploads.filter(({ state }) => state === 'done').length;
  const open = uploads.filter(({ state }) => state !== 'done');
  const shown = [...open, ...uploads.filter(({ state }) => state === 'done')].slice(0, SHOWN_MAX);
  const title =
    uploads.length === 0 ? words.interrupted(interrupted.length) : words.title(done, uploads.length);
  return (
    <section className="tray" aria-label={title}>
      <header className="tray-head">
        <h2 role="status">{title}</h2>
        {uploads.length === 0 ? null : (
          <button type="button" className="small" onClick={clearEnded}>
            {words.clear}
          </button>
        )}
        <button type="button" className="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? words.hide : words.show}
        </button>
      </header>
      {isOpen ? (
        <ul className="tray-list">
          {shown.map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
          <InterruptedUploads uploads={interrupted} />
        </ul>
      ) : null}
    </section>
  );
}

function UploadRow({ upload }: { readonly upload: Upload }) {
  const words = useText(text);
  const language = useLanguage();
  const { address, file, state, bytesSent, error } = upload;
  const percent = file.size === 0 ? 100 : Math.floor((bytesSent / file.size) * 100);
  return (
    <li className="tray-row" data-state={state}>
      <Progress.Root value={state === 'done' ? 100 : percent} className="progress">
        <div className="progress-head">
          <Progress.Label className="progress-label">{address.key}</Progress.Label>
          <span className="progress-state">
            {words[state]} · {formatBytes(bytesSent, language)} / {formatBytes(file.size, language)}
          </span>
        </div>
        <Progress.Track className="progress-track">
          <Progress.Indicator className="progress-indicator" />
        </Progress.Track>
      </Progress.Root>
      {error === undefined ? null : <p className="field-problem">{describeError(error).title}</p>}
      <UploadButtons upload={upload} />
    </li>
  );
}

function UploadButtons({ upload: { id, state, address } }: { readonly upload: Upload }) {
  const words = useText(text);
  const cancel = (): void => {
    cancelUpload(id).catch((error: unknown) => notifyError(words.cancelFailed, error));
  };
  const button = (label: string, onClick: () => void) => (
    <button type="button" className="small" aria-label={words.ofFile(label, address.key)} onClick={onClick}>
      {label}
    </button>
  );
  if (state === 'done' || state === 'cancelled') return null;
  return (
    <div className="button-row">
      {state === 'running' || state === 'waiting' ? button(words.pause, () => pauseUpload(id)) : null}
      {state === 'paused' ? button(words.resume, () => resumeUpload(id)) : null}
      {state === 'failed' ? button(words.retry, () => resumeUpload(id)) : null}
      {button(words.cancel, cancel)}
    </div>
  );
}
