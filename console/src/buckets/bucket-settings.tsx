import { useState } from 'react';
import { configurationPath, readConfiguration } from '../api/bucket-configuration.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { Choice } from '../parts/field.tsx';
import { PairEditor, type Pairs } from '../parts/pair-editor.tsx';
import { SettingCard } from '../parts/setting-card.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import { LoadedSetting, useSaving } from '../parts/stored-setting.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import {
  bucketTagsPath,
  readTags,
  readVersioning,
  type Versioning,
  writeTags,
  writeVersioning,
} from '../s3/s3-configuration.ts';
import { readLifecycle } from '../s3/s3-lifecycle.ts';
import { readBucketLock } from '../s3/s3-object-lock.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { FirewallSetting } from './firewall-setting.tsx';
import { LifecycleSetting } from './lifecycle-setting.tsx';
import { ObjectLockSetting } from './object-lock-setting.tsx';
import { QuotaSetting } from './quota-setting.tsx';

const text = defineText(
  {
    versioning: 'Versioning',
    versioningHint:
      'Keeps what is replaced or deleted as older versions, which take space until they are deleted one by one. Once on, it can only be suspended.',
    Enabled: 'On',
    Suspended: 'Suspended',
    Off: 'Off',
    tags: 'Tags',
    tagsHint: 'Names and values of your own, up to 50.',
    elsewhere:
      'Quota and firewall are set by an API that names no region, and an earlier region has a bucket of this name, too: they cannot be shown here.',
  },
  {
    versioning: '버전 관리',
    versioningHint:
      '덮어쓰거나 삭제한 오브젝트를 이전 버전으로 보관합니다. 이전 버전은 하나씩 삭제할 때까지 공간을 차지합니다. 한 번 켜면 일시 중지만 할 수 있습니다.',
    Enabled: '켜짐',
    Suspended: '일시 중지됨',
    Off: '꺼짐',
    tags: '태그',
    tagsHint: '직접 정하는 이름과 값입니다. 최대 50개.',
    elsewhere:
      '할당량과 방화벽을 설정하는 API에는 리전이 없고, 앞선 리전에 같은 이름의 버킷이 있어 여기서는 볼 수 없습니다.',
  },
);

export function BucketSettings({ address }: { readonly address: BucketAddress }) {
  const words = useText(text);
  const session = useSession();
  const { place, bucket } = address;
  return (
    <>
      <div className="cards">
        <div className="stack">
          <LoadedSetting name="versioning" address={address} read={() => readVersioning(address)}>
            {(found) => <VersioningSetting address={address} found={found} />}
          </LoadedSetting>
          <LoadedSetting name="object-lock" address={address} read={() => readBucketLock(address)}>
            {(found) => <ObjectLockSetting address={address} found={found} />}
          </LoadedSetting>
          <LoadedSetting name="lifecycle" address={address} read={() => readLifecycle(address)}>
            {(found) => <LifecycleSetting address={address} found={found} />}
          </LoadedSetting>
        </div>
        <div className="stack">
          <LoadedSetting name="tags" address={address} read={() => readTags(bucketTagsPath(address))}>
            {(found) => <TagsSetting address={address} found={found} />}
          </LoadedSetting>
          <LoadedSetting
            name="configuration"
            address={address}
            read={async () => (await readConfiguration(address, session)) ?? 'elsewhere'}
          >
            {(found) =>
              found === 'elsewhere' ? (
                <p className="card">{words.elsewhere}</p>
              ) : (
                <div className="stack">
                  <QuotaSetting address={address} found={found.hard_quota ?? 0} used={found.bytes_used} />
                  <FirewallSetting address={address} found={found.firewall ?? {}} />
                </div>
              )
            }
          </LoadedSetting>
        </div>
      </div>
      <CommandTwin
        commands={[
          ...readers.map((command) => awsCommand(session, place, 's3api', command, '--bucket', bucket)),
          `curl -H "Authorization: Bearer $IAM_TOKEN" '${session.controlUrl}${configurationPath(address).slice('api'.length)}'`,
        ]}
      />
    </>
  );
}

const readers = [
  'get-bucket-versioning',
  'get-bucket-tagging',
  'get-bucket-lifecycle-configuration',
  'get-object-lock-configuration',
];

interface SettingProps<T> {
  readonly address: BucketAddress;
  readonly found: T;
}

function VersioningSetting({ address, found }: SettingProps<Versioning>) {
  const words = useText(text);
  const [wanted, setWanted] = useState(found);
  const action = useSaving(address, 'versioning', () => writeVersioning(address, wanted));
  const choices: readonly Versioning[] = found === 'Off' ? ['Off', 'Enabled'] : ['Enabled', 'Suspended'];
  return (
    <SettingCard
      title={words.versioning}
      hint={words.versioningHint}
      action={action}
      isChanged={wanted !== found}
    >
      <Choice
        label={words.versioning}
        isLabelHidden
        value={wanted}
        options={choices.map((value) => [value, words[value]])}
        onPick={(value) => setWanted(value as Versioning)}
      />
    </SettingCard>
  );
}

function TagsSetting({ address, found }: SettingProps<Pairs>) {
  const words = useText(text);
  const [pairs, setPairs] = useState(found);
  const action = useSaving(address, 'tags', () => writeTags(bucketTagsPath(address), pairs));
  return (
    <SettingCard title={words.tags} hint={words.tagsHint} action={action}>
      <PairEditor pairs={pairs} onChange={setPairs} />
    </SettingCard>
  );
}
