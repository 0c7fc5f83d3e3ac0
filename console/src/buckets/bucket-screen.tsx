import { lazy, Suspense } from 'react';
import { ObjectBrowser } from '../objects/object-browser.tsx';
import { Loading } from '../parts/loading.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { goTo, hrefOf } from '../parts/route.ts';
import { TabList } from '../parts/tab-list.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import { defineText, useText } from '../text/define-text.ts';
import { BucketPermissions } from './bucket-permissions.tsx';
import { BucketUsage } from './bucket-usage.tsx';
import { UnfinishedUploads } from './unfinished-uploads.tsx';

/** Not needed for the objects. */
const BucketSettings = lazy(async () => ({
  default: (await import('./bucket-settings.tsx')).BucketSettings,
}));

const text = defineText(
  {
    buckets: 'Buckets',
    objects: 'Objects',
    permissions: 'Permissions',
    settings: 'Settings',
    uploads: 'Unfinished uploads',
    usage: 'Usage',
  },
  {
    buckets: '버킷',
    objects: '오브젝트',
    permissions: '권한',
    settings: '설정',
    uploads: '끝나지 않은 업로드',
    usage: '사용량',
  },
);

interface BucketScreenProps {
  readonly address: BucketAddress;
  /** Tab, then what the tab makes of it. */
  readonly rest: readonly string[];
}

export function BucketScreen({ address, rest }: BucketScreenProps) {
  const words = useText(text);
  const { place, bucket } = address;
  const [tab = 'objects', ...more] = rest;
  return (
    <>
      <PageHead
        title={bucket}
        path={
          <p className="crumbs">
            <a href={hrefOf('buckets')}>{words.buckets}</a> / {place}
          </p>
        }
      />
      <TabList
        value={tab}
        onChange={(next) => goTo('buckets', place, bucket, next)}
        tabs={[
          {
            value: 'objects',
            label: words.objects,
            content: (
              <ObjectBrowser address={address} prefix={(more[0] ?? '/').slice(1)} selected={more[1]} />
            ),
          },
          {
            value: 'permissions',
            label: words.permissions,
            content: <BucketPermissions address={address} />,
          },
          {
            value: 'settings',
            label: words.settings,
            content: (
              <Suspense fallback={<Loading />}>
                <BucketSettings address={address} />
              </Suspense>
            ),
          },
          { value: 'uploads', label: words.uploads, content: <UnfinishedUploads address={address} /> },
          { value: 'usage', label: words.usage, content: <BucketUsage address={address} /> },
        ]}
      />
    </>
  );
}
