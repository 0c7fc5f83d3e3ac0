import { useQuery } from '@tanstack/react-query';
import { urlOf } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { FactList } from '../parts/fact-list.tsx';
import { saveUrl } from '../parts/save-file.ts';
import { awsCommand } from '../parts/shell-words.ts';
import { type ObjectAddress, objectPath } from '../s3/s3-address.ts';
import { listObjectParts, type ObjectHead } from '../s3/s3-objects.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes, formatNumber, formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { ObjectPreview } from './object-preview.tsx';

const text = defineText(
  {
    download: 'Download',
    size: 'Size',
    type: 'Type',
    modified: 'Modified',
    version: 'Version',
    parts: (count: string) => `Parts: ${count}`,
    part: (number: string) => `Part ${number}`,
  },
  {
    download: '다운로드',
    size: '크기',
    type: '형식',
    modified: '수정 일시',
    version: '버전',
    parts: (count: string) => `파트: ${count}개`,
    part: (number: string) => `파트 ${number}`,
  },
);

interface ObjectOverviewProps {
  readonly address: ObjectAddress;
  readonly head: ObjectHead;
}

export function ObjectOverview({ address, head }: ObjectOverviewProps) {
  const words = useText(text);
  const language = useLanguage();
  const session = useSession();
  const { place, bucket, key } = address;
  const facts: readonly (readonly [string, string])[] = [
    [words.size, `${formatBytes(head.size, language)} (${formatNumber(head.size, language)} B)`],
    [words.type, head.contentType],
    [words.modified, formatTime(head.modifiedAt, language)],
    ['ETag', head.etag],
    ...(head.versionId === undefined ? [] : [[words.version, head.versionId] as const]),
    ...head.metadata.map(([name, value]) => [`x-amz-meta-${name}`, value] as const),
  ];
  return (
    <>
      <div className="button-row">
        <button type="button" className="primary" onClick={() => download(address)}>
          {words.download}
        </button>
      </div>
      <FactList facts={facts} />
      {/-\d+$/.test(head.etag) ? <Parts address={address} /> : null}
      <ObjectPreview address={address} head={head} />
      <CommandTwin
        commands={[
          awsCommand(session, place, 's3api', 'head-object', '--bucket', bucket, '--key', key),
          awsCommand(session, place, 's3', 'cp', `s3://${bucket}/${key}`, '.'),
        ]}
      />
    </>
  );
}

/** What an object was uploaded in. */
function Parts({ address }: { readonly address: ObjectAddress }) {
  const words = useText(text);
  const language = useLanguage();
  const { place, bucket, key, versionId } = address;
  const query = useQuery({
    queryKey: ['parts', place, bucket, key, versionId],
    queryFn: () => listObjectParts(address),
  });
  if (query.data === undefined) return null;
  const { count, parts } = query.data;
  return (
    <details>
      <summary>{words.parts(formatNumber(count, language))}</summary>
      <FactList
        facts={parts.map(({ number, size }) => [
          words.part(formatNumber(number, language)),
          formatBytes(size, language),
        ])}
      />
    </details>
  );
}

function download(address: ObjectAddress): void {
  const name = address.key.split('/').at(-1) || 'object';
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
  saveUrl(urlOf(objectPath(address, { 'response-content-disposition': disposition })), name);
}
