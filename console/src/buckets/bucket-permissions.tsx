import { useState } from 'react';
import { CommandTwin } from '../parts/command-twin.tsx';
import { Choice } from '../parts/field.tsx';
import { SettingCard } from '../parts/setting-card.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import { LoadedSetting, useSaving } from '../parts/stored-setting.tsx';
import { AclEditor } from '../policies/acl-editor.tsx';
import { readAcl } from '../s3/s3-acl.ts';
import { type BucketAddress, bucketPath } from '../s3/s3-address.ts';
import {
  type AccessSwitch,
  accessSwitches,
  type Ownership,
  ownerships,
  readAccessBlock,
  readOwnership,
  readPolicy,
  writeAccessBlock,
  writeOwnership,
} from '../s3/s3-configuration.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { BucketPolicy } from './bucket-policy.tsx';

const text = defineText(
  {
    block: 'Public access block',
    blockHint: 'What is switched on here is refused, whatever the policy and the lists say.',
    BlockPublicAcls: 'Refuse new lists that grant to everybody',
    IgnorePublicAcls: 'Ignore grants to everybody in lists',
    BlockPublicPolicy: 'Refuse new policies that allow everybody',
    RestrictPublicBuckets: 'While the policy allows everybody, allow the own account only',
    ownership: 'Ownership of objects',
    ownershipHint: 'Who owns what others write into the bucket, and whether lists count.',
    BucketOwnerEnforced: 'The owner of the bucket; lists are switched off',
    BucketOwnerPreferred: 'The owner of the bucket, if the writer agrees; lists count',
    ObjectWriter: 'Who writes them; lists count',
    unset: 'Not set: who writes them; lists count',
  },
  {
    block: '퍼블릭 액세스 차단',
    blockHint: '여기서 켠 항목은 정책이나 ACL에 무엇이 있든 거부됩니다.',
    BlockPublicAcls: '모두에게 허용하는 새 ACL을 거부',
    IgnorePublicAcls: 'ACL에 있는 모두에 대한 허용을 무시',
    BlockPublicPolicy: '모두에게 허용하는 새 정책을 거부',
    RestrictPublicBuckets: '정책이 모두에게 허용하는 동안 자기 계정만 허용',
    ownership: '오브젝트 소유권',
    ownershipHint: '다른 계정이 올린 오브젝트의 소유자와 ACL 사용 여부를 정합니다.',
    BucketOwnerEnforced: '버킷 소유자. ACL을 쓰지 않음',
    BucketOwnerPreferred: '올린 쪽이 동의하면 버킷 소유자. ACL 사용',
    ObjectWriter: '올린 계정. ACL 사용',
    unset: '설정 안 함: 올린 계정. ACL 사용',
  },
);

export function BucketPermissions({ address }: { readonly address: BucketAddress }) {
  const session = useSession();
  const { place, bucket } = address;
  const aclPath = bucketPath(address, { acl: '' });
  const read = [
    'get-bucket-policy',
    'get-bucket-acl',
    'get-public-access-block',
    'get-bucket-ownership-controls',
  ];
  return (
    <>
      <div className="cards">
        <LoadedSetting name="policy" address={address} read={() => readPolicy(address)}>
          {(found) => <BucketPolicy address={address} found={found} />}
        </LoadedSetting>
        <LoadedSetting name="acl" address={address} read={() => readAcl(aclPath)}>
          {(found) => <AclEditor address={address} path={aclPath} found={found} kind="bucket" />}
        </LoadedSetting>
        <LoadedSetting name="block" address={address} read={() => readAccessBlock(address)}>
          {(found) => <AccessBlockSetting address={address} found={found} />}
        </LoadedSetting>
        <LoadedSetting name="ownership" address={address} read={() => readOwnership(address)}>
          {(found) => <OwnershipSetting address={address} found={found} />}
        </LoadedSetting>
      </div>
      <CommandTwin
        commands={read.map((command) => awsCommand(session, place, 's3api', command, '--bucket', bucket))}
      />
    </>
  );
}

interface SettingProps<T> {
  readonly address: BucketAddress;
  readonly found: T;
}

function AccessBlockSetting({ address, found }: SettingProps<ReadonlySet<AccessSwitch>>) {
  const words = useText(text);
  const [on, setOn] = useState(found);
  const action = useSaving(address, 'block', () => writeAccessBlock(address, on));
  const toggle = (name: AccessSwitch): void => {
    const next = new Set(on);
    if (!next.delete(name)) next.add(name);
    setOn(next);
  };
  return (
    <SettingCard title={words.block} hint={words.blockHint} action={action}>
      {accessSwitches.map((name) => (
        <label key={name} className="check">
          <input type="checkbox" checked={on.has(name)} onChange={() => toggle(name)} />
          <span>
            {words[name]} <code className="faint">{name}</code>
          </span>
        </label>
      ))}
    </SettingCard>
  );
}

function OwnershipSetting({ address, found }: SettingProps<Ownership | ''>) {
  const words = useText(text);
  const [rule, setRule] = useState(found);
  const action = useSaving(address, 'ownership', async () => {
    if (rule !== '') await writeOwnership(address, rule);
  });
  const options = ownerships.map((name) => [name, words[name]] as const);
  return (
    <SettingCard
      title={words.ownership}
      hint={words.ownershipHint}
      action={action}
      isChanged={rule !== found}
    >
      <Choice
        label={words.ownership}
        isLabelHidden
        value={rule}
        options={found === '' ? [['', words.unset], ...options] : options}
        onPick={(value) => setRule(value as Ownership | '')}
      />
    </SettingCard>
  );
}
