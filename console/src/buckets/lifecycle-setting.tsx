import { useState } from 'react';
import { SettingCard } from '../parts/setting-card.tsx';
import { useSaving } from '../parts/stored-setting.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import { type LifecycleRule, newRule, writeLifecycle } from '../s3/s3-lifecycle.ts';
import { defineText, useText } from '../text/define-text.ts';
import { LifecycleRuleForm } from './lifecycle-rule-form.tsx';

const text = defineText(
  {
    title: 'Lifecycle rules',
    hint: 'What expires by itself, and when. Days count from the upload and end at the next midnight UTC. What a rule deletes is gone, unless the bucket keeps versions.',
    none: 'No rules: nothing expires by itself.',
    add: 'Add a rule',
  },
  {
    title: '수명 주기 규칙',
    hint: '오브젝트가 언제 자동으로 삭제되는지 정합니다. 기간은 업로드한 때부터 세며 다음 UTC 자정에 끝납니다. 버전을 보관하지 않는 버킷에서는 규칙에 따라 삭제된 오브젝트를 되돌릴 수 없습니다.',
    none: '규칙이 없습니다. 자동으로 삭제되는 오브젝트가 없습니다.',
    add: '규칙 추가',
  },
);

interface LifecycleSettingProps {
  readonly address: BucketAddress;
  readonly found: readonly LifecycleRule[];
}

export function LifecycleSetting({ address, found }: LifecycleSettingProps) {
  const words = useText(text);
  const [rules, setRules] = useState(found);
  const action = useSaving(address, 'lifecycle', () => writeLifecycle(address, rules));
  return (
    <SettingCard title={words.title} hint={words.hint} action={action} isChanged={rules !== found}>
      {rules.length === 0 ? <p>{words.none}</p> : null}
      {rules.map((rule, index) => (
        <LifecycleRuleForm
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have no identity but their place
          key={index}
          number={index + 1}
          rule={rule}
          isNew={index >= found.length}
          onChange={(changed) => setRules(rules.map((old, at) => (at === index ? changed : old)))}
          onRemove={() => setRules(rules.filter((_, at) => at !== index))}
        />
      ))}
      <button type="button" className="small" onClick={() => setRules([...rules, newRule])}>
        {words.add}
      </button>
    </SettingCard>
  );
}
