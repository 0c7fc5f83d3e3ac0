import { type DragEvent, type ReactNode, useState } from 'react';
import { notifyError } from '../parts/notices.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import { defineText, useText } from '../text/define-text.ts';
import { droppedFiles } from '../uploads/dropped-files.ts';
import { uploadInto } from './upload-into.ts';

const text = defineText(
  { drop: 'Drop to upload here', failed: 'These files could not be read' },
  { drop: '여기에 놓으면 업로드됩니다', failed: '파일을 읽지 못했습니다' },
);

interface DropAreaProps {
  readonly address: BucketAddress;
  readonly prefix: string;
  readonly children: ReactNode;
}

export function DropArea({ address, prefix, children }: DropAreaProps) {
  const { drop, failed } = useText(text);
  const [isOver, setOver] = useState(false);
  const take = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    droppedFiles(event.dataTransfer).then(
      (files) => uploadInto(address, prefix, files),
      (error: unknown) => notifyError(failed, error),
    );
  };
  const hover = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is beside the buttons, not instead of them
    <div className="drop-area" onDragOver={hover} onDragLeave={() => setOver(false)} onDrop={take}>
      {children}
      {isOver ? <div className="drop-hint">{drop}</div> : null}
    </div>
  );
}
