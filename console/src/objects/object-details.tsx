import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { urlOf } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { Popup } from '../parts/dialogs.tsx';
import { Loaded } from '../parts/loading.tsx';
import { saveUrl } from '../parts/save-file.ts';
import { awsCommand } from '../parts/shell-words.ts';
import { TabList } from '../parts/tab-list.tsx';
import { isReachable, type ObjectAddress, objectPath } from '../s3/s3-address.ts';
import { headObject, type ObjectHead } from '../s3/s3-objects.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes, formatNumber, formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { ObjectPreview } from './object-preview.tsx';
import { folderHref } from './object-routes.ts';

const text = defineText(
  {
    overview: 'Overview',
    download: 'Download',
    size: 'Size',
    type: 'Type',
    modified: 'Modified',
    etag: 'ETag',
    version: 'Version',
    metadata: 'Metadata',
    unreachable: 'A browser cannot ask for a key with the segments . or .. in it. Use a command line.',
  },
  {
    overview: '개요',
    download: '다운로드',
    size: '크기',
    type: '형식',
    modified: '수정 일시',
    etag: 'ETag',
    version: '버전',
    metadata: '메타데이터',
    unreachable: '브라우저는 경로에 . 이나 .. 이 있는 키를 요청할 수 없습니다. 명령줄을 사용하세요.',
  },
);

interface ObjectDetailsProps {
  readonly address: ObjectAddress;
  /** Of the list behind. */
  readonly prefix: string;
}

export function ObjectDetails({ address, prefix }: ObjectDetailsProps) {
  const words = useText(text);
  const [tab, setTab] = useState('overview');
  const close = (): void => {
    window.location.hash = folderHref(address, prefix);
  };
  return (
    <Popup isOpen place="side" title={address.key} onClose={close}>
      {isReachable(address.key) ? (
        <TabList
          value={tab}
          onChange={setTab}
          tabs={[{ value: 'overview', label: words.overview, content: <Overview address={address} /> }]}
        />
      ) : (
        <p className="warning">{words.unreachable}</p>
      )}
    </Popup>
  );
}

function Overview({ address }: { readonly address: ObjectAddress }) {
  const words = useText(text);
  const session = useSession();
  const { place, bucket, key } = address;
  const head = useQuery({ queryKey: ['object', place, bucket, key], queryFn: () => headObject(address) });
  return (
    <Loaded query={head}>
      {(found) => (
        <>
          <div className="button-row">
            <button type="button" className="primary" onClick={() => download(address)}>
              {words.download}
            </button>
          </div>
          <Facts head={found} />
          <ObjectPreview address={address} head={found} />
          <CommandTwin
            commands={[
              awsCommand(session, place, 's3api', 'head-object', '--bucket', bucket, '--key', key),
              awsCommand(session, place, 's3', 'cp', `s3://${bucket}/${key}`, '.'),
            ]}
          />
        </>
      )}
    </Loaded>
  );
}

function Facts({ head }: { readonly head: ObjectHead }) {
  const words = useText(text);
  const language = useLanguage();
  const rows: readonly (readonly [string, string])[] = [
    [words.size, `${formatBytes(head.size, language)} (${formatNumber(head.size, language)} B)`],
    [words.type, head.contentType],
    [words.modified, formatTime(head.modifiedAt, language)],
    [words.etag, head.etag],
    ...(head.versionId === undefined ? [] : [[words.version, head.versionId] as const]),
    ...head.metadata.map(([name, value]) => [`x-amz-meta-${name}`, value] as const),
  ];
  return (
    <dl className="facts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function download(address: ObjectAddress): void {
  const name = address.key.split('/').at(-1) || 'object';
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
  saveUrl(urlOf(objectPath(address, { 'response-content-disposition': disposition })), name);
}
