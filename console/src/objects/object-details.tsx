import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Popup } from '../parts/dialogs.tsx';
import { Loaded } from '../parts/loading.tsx';
import { objectSettingName, settingKey } from '../parts/stored-setting.tsx';
import { TabList } from '../parts/tab-list.tsx';
import { isReachable, type ObjectAddress } from '../s3/s3-address.ts';
import { headObject } from '../s3/s3-objects.ts';
import { defineText, useText } from '../text/define-text.ts';
import { ObjectAccess } from './object-access.tsx';
import { ObjectLink } from './object-link.tsx';
import { ObjectLockTab } from './object-lock.tsx';
import { ObjectMetadata } from './object-metadata.tsx';
import { ObjectOverview } from './object-overview.tsx';
import { folderHref } from './object-routes.ts';
import { ObjectVersions } from './object-versions.tsx';

const text = defineText(
  {
    overview: 'Overview',
    metadata: 'Metadata and tags',
    versions: 'Versions',
    access: 'Access',
    lock: 'Lock',
    link: 'Link',
    unreachable: 'A browser cannot ask for a key with the segments . or .. in it. Use a command line.',
  },
  {
    overview: '개요',
    metadata: '메타데이터와 태그',
    versions: '버전',
    access: '접근 권한',
    lock: '잠금',
    link: '링크',
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
  const close = (): void => {
    window.location.hash = folderHref(address, prefix);
  };
  return (
    <Popup isOpen place="side" title={address.key} onClose={close}>
      {isReachable(address.key) ? (
        <DetailTabs address={address} />
      ) : (
        <p className="warning">{words.unreachable}</p>
      )}
    </Popup>
  );
}

function DetailTabs({ address }: { readonly address: ObjectAddress }) {
  const words = useText(text);
  const [tab, setTab] = useState('overview');
  const head = useQuery({
    queryKey: settingKey(address, objectSettingName('head', address)),
    queryFn: () => headObject(address),
  });
  return (
    <TabList
      value={tab}
      onChange={setTab}
      tabs={[
        {
          value: 'overview',
          label: words.overview,
          content: (
            <Loaded query={head}>{(found) => <ObjectOverview address={address} head={found} />}</Loaded>
          ),
        },
        {
          value: 'metadata',
          label: words.metadata,
          content: (
            <Loaded query={head}>
              {(found) => (
                <ObjectMetadata key={found.etag + found.modifiedAt} address={address} head={found} />
              )}
            </Loaded>
          ),
        },
        { value: 'versions', label: words.versions, content: <ObjectVersions address={address} /> },
        { value: 'access', label: words.access, content: <ObjectAccess address={address} /> },
        { value: 'lock', label: words.lock, content: <ObjectLockTab address={address} /> },
        { value: 'link', label: words.link, content: <ObjectLink address={address} /> },
      ]}
    />
  );
}
