/** Settings of a bucket or an object: read, changed, and read again. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { BucketAddress, ObjectAddress } from '../s3/s3-address.ts';
import { defineText, useText } from '../text/define-text.ts';
import { Loaded } from './loading.tsx';
import { notify } from './notices.tsx';
import { type Action, useAction } from './use-action.ts';

const text = defineText({ saved: 'Saved' }, { saved: '저장했습니다' });

interface LoadedSettingProps<T> {
  readonly name: string;
  readonly address: BucketAddress;
  readonly read: () => Promise<T>;
  readonly children: (found: T) => ReactNode;
}

export function settingKey(address: BucketAddress, name: string): readonly string[] {
  return ['setting', address.place, address.bucket, name];
}

/** The form begins anew whenever what is stored has changed. */
export function LoadedSetting<T>({ name, address, read, children }: LoadedSettingProps<T>) {
  const query = useQuery({ queryKey: settingKey(address, name), queryFn: read });
  return (
    <Loaded query={query}>
      {(found) => (
        <div key={JSON.stringify(found instanceof Set ? [...found] : found)}>{children(found)}</div>
      )}
    </Loaded>
  );
}

/** Writes, and then shows what is stored. */
export function useSaving(address: BucketAddress, name: string, write: () => Promise<void>): Action {
  const { saved } = useText(text);
  const queries = useQueryClient();
  return useAction(async () => {
    await write();
    await queries.refetchQueries({ queryKey: settingKey(address, name) }, { throwOnError: true });
    notify(saved);
  });
}

/** Settings of an object are kept beside those of its bucket. */
export function objectSettingName(kind: string, { key, versionId = '' }: ObjectAddress): string {
  return `${kind} ${versionId} ${key}`;
}
