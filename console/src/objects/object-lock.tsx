/** Until when the current version of an object cannot be deleted. */
import { useState } from 'react';
import { CommandTwin } from '../parts/command-twin.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { hrefOf } from '../parts/route.ts';
import { SettingCard } from '../parts/setting-card.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import { LoadedSetting, objectSettingName, useSaving } from '../parts/stored-setting.tsx';
import type { ObjectAddress } from '../s3/s3-address.ts';
import {
  type LockMode,
  type ObjectLock,
  readObjectLock,
  writeLegalHold,
  writeRetention,
} from '../s3/s3-object-lock.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  {
    none: 'The bucket has no object lock.',
    settings: 'Settings of the bucket',
    retention: 'Retention',
    retentionHint: 'This version cannot be deleted before that time; the object can get newer versions.',
    mode: 'Mode',
    noMode: 'None',
    GOVERNANCE: 'Governance: who has a permission for it may shorten it',
    COMPLIANCE: 'Compliance: nobody shortens it',
    forEver: 'Nobody can shorten or remove a compliance retention, administrators included.',
    until: 'Until (local time)',
    bypass: 'Use my permission to shorten or remove a governance retention',
    hold: 'Legal hold',
    holdHint: 'This version cannot be deleted until the hold is taken away, whatever the retention says.',
    isHeld: 'Under legal hold',
  },
  {
    none: '버킷에 오브젝트 잠금이 켜져 있지 않습니다.',
    settings: '버킷 설정',
    retention: '보존 기간',
    retentionHint: '정한 시각까지 이 버전을 삭제할 수 없습니다. 새 버전은 올릴 수 있습니다.',
    mode: '모드',
    noMode: '없음',
    GOVERNANCE: '거버넌스: 전용 권한이 있으면 줄일 수 있음',
    COMPLIANCE: '규정 준수: 누구도 줄일 수 없음',
    forEver: '규정 준수 보존은 관리자를 포함해 누구도 줄이거나 없앨 수 없습니다.',
    until: '보존 종료 시각(현지 시간)',
    bypass: '전용 권한으로 거버넌스 보존을 줄이거나 없애기',
    hold: '법적 보존(Legal hold)',
    holdHint: '해제할 때까지, 보존 기간과 관계없이 이 버전을 삭제할 수 없습니다.',
    isHeld: '법적 보존 중',
  },
);

const lockModes = ['GOVERNANCE', 'COMPLIANCE'] as const;

export function ObjectLockTab({ address }: { readonly address: ObjectAddress }) {
  const words = useText(text);
  const session = useSession();
  const { place, bucket, key } = address;
  const name = objectSettingName('lock', address);
  return (
    <>
      <LoadedSetting
        name={name}
        address={address}
        read={async () => (await readObjectLock(address)) ?? 'none'}
      >
        {(found) =>
          found === 'none' ? (
            <p>
              {words.none} <a href={hrefOf('buckets', place, bucket, 'settings')}>{words.settings}</a>
            </p>
          ) : (
            <>
              <RetentionForm address={address} found={found} name={name} />
              <HoldForm address={address} found={found} name={name} />
            </>
          )
        }
      </LoadedSetting>
      <CommandTwin
        commands={['get-object-retention', 'get-object-legal-hold'].map((command) =>
          awsCommand(session, place, 's3api', command, '--bucket', bucket, '--key', key),
        )}
      />
    </>
  );
}

interface LockFormProps {
  readonly address: ObjectAddress;
  readonly found: ObjectLock;
  readonly name: string;
}

function RetentionForm({ address, found, name }: LockFormProps) {
  const words = useText(text);
  const [mode, setMode] = useState(found.mode);
  const [until, setUntil] = useState(localTime(found.until));
  const [isBypassing, setBypassing] = useState(false);
  const action = useSaving(address, name, () => writeRetention(address, { mode, until }, isBypassing));
  const isChanged = mode !== found.mode || until !== localTime(found.until);
  return (
    <SettingCard
      title={words.retention}
      hint={words.retentionHint}
      action={action}
      isChanged={isChanged && (mode === '' || until !== '')}
    >
      <Choice
        label={words.mode}
        value={mode}
        options={[['', words.noMode], ...lockModes.map((each) => [each, words[each]] as const)]}
        onPick={(each) => setMode(each as LockMode)}
      />
      {mode === '' ? null : (
        <Field
          label={words.until}
          type="datetime-local"
          value={until}
          onChange={(event) => setUntil(event.target.value)}
        />
      )}
      {mode === 'COMPLIANCE' ? <p className="warning">{words.forEver}</p> : null}
      {found.mode === 'GOVERNANCE' ? (
        <label className="check">
          <input
            type="checkbox"
            checked={isBypassing}
            onChange={(event) => setBypassing(event.target.checked)}
          />
          <span>{words.bypass}</span>
        </label>
      ) : null}
    </SettingCard>
  );
}

function HoldForm({ address, found, name }: LockFormProps) {
  const words = useText(text);
  const [isHeld, setHeld] = useState(found.isHeld);
  const action = useSaving(address, name, () => writeLegalHold(address, isHeld));
  return (
    <SettingCard title={words.hold} hint={words.holdHint} action={action} isChanged={isHeld !== found.isHeld}>
      <label className="check">
        <input type="checkbox" checked={isHeld} onChange={(event) => setHeld(event.target.checked)} />
        <span>{words.isHeld}</span>
      </label>
    </SettingCard>
  );
}

/** As `datetime-local` takes it, to the minute. */
function localTime(iso: string): string {
  if (iso === '') return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
