import { useState } from 'react';
import { Question } from '../parts/dialogs.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { SettingCard } from '../parts/setting-card.tsx';
import { useSaving } from '../parts/stored-setting.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import { type BucketLock, type LockMode, writeBucketLock } from '../s3/s3-object-lock.ts';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  {
    title: 'Object lock',
    hint: 'Keeps versions of objects from being deleted until a date. Takes versioning; once on, it stays on.',
    off: 'Object lock is off.',
    turnOn: 'Turn on …',
    ask: 'Turn object lock on?',
    forEver: 'It cannot be turned off again, and versioning can no longer be suspended.',
    confirm: 'Turn on',
    mode: 'Default retention of new objects',
    none: 'None',
    GOVERNANCE: 'Governance: who has a permission for it may shorten it',
    COMPLIANCE: 'Compliance: nobody shortens it, administrators included',
    count: 'For how long',
    unit: 'Unit',
    Days: 'Days',
    Years: 'Years',
  },
  {
    title: '오브젝트 잠금',
    hint: '정한 날짜까지 오브젝트 버전을 삭제할 수 없게 합니다. 버전 관리가 필요하며, 한 번 켜면 끌 수 없습니다.',
    off: '오브젝트 잠금이 꺼져 있습니다.',
    turnOn: '켜기…',
    ask: '오브젝트 잠금을 켤까요?',
    forEver: '다시 끌 수 없으며, 버전 관리도 더는 일시 중지할 수 없습니다.',
    confirm: '켜기',
    mode: '새 오브젝트의 기본 보존',
    none: '없음',
    GOVERNANCE: '거버넌스: 전용 권한이 있으면 줄일 수 있음',
    COMPLIANCE: '규정 준수: 관리자를 포함해 누구도 줄일 수 없음',
    count: '기간',
    unit: '단위',
    Days: '일',
    Years: '년',
  },
);

const lockModes = ['GOVERNANCE', 'COMPLIANCE'] as const;

interface ObjectLockSettingProps {
  readonly address: BucketAddress;
  readonly found: BucketLock;
}

export function ObjectLockSetting({ address, found }: ObjectLockSettingProps) {
  const words = useText(text);
  const [isAsked, setAsked] = useState(false);
  const [lock, setLock] = useState<BucketLock>(found);
  const action = useSaving(address, 'object-lock', () => writeBucketLock(address, lock));
  if (!found.isOn) {
    return (
      <SettingCard
        title={words.title}
        hint={words.hint}
        action={action}
        buttons={
          <button type="button" onClick={() => setAsked(true)}>
            {words.turnOn}
          </button>
        }
        hasSave={false}
      >
        <p>{words.off}</p>
        <Question
          isOpen={isAsked}
          title={words.ask}
          action={words.confirm}
          onClose={() => setAsked(false)}
          onConfirm={async () => action.run()}
        >
          <p className="warning">{words.forEver}</p>
        </Question>
      </SettingCard>
    );
  }
  const { mode, count, unit } = lock;
  return (
    <SettingCard
      title={words.title}
      hint={words.hint}
      action={action}
      isChanged={lock !== found && (mode === '' || count !== '')}
    >
      <Choice
        label={words.mode}
        value={mode}
        options={[['', words.none], ...lockModes.map((name) => [name, words[name]] as const)]}
        onPick={(name) => setLock({ ...lock, mode: name as LockMode })}
      />
      {mode === '' ? null : (
        <div className="form-grid">
          <Field
            label={words.count}
            type="number"
            min={1}
            value={count}
            onChange={(event) => setLock({ ...lock, count: event.target.value })}
          />
          <Choice
            label={words.unit}
            value={unit}
            options={[
              ['Days', words.Days],
              ['Years', words.Years],
            ]}
            onPick={(name) => setLock({ ...lock, unit: name === 'Years' ? 'Years' : 'Days' })}
          />
        </div>
      )}
    </SettingCard>
  );
}
