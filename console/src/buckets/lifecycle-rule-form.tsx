import { Choice, Field } from '../parts/field.tsx';
import { PairEditor } from '../parts/pair-editor.tsx';
import type { Expiry, LifecycleRule } from '../s3/s3-lifecycle.ts';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  {
    rule: (number: number) => `Rule ${number}`,
    everything: 'all objects',
    begins: (prefix: string) => `objects below “${prefix}”`,
    never: 'Current objects stay',
    days: 'After a number of days',
    date: 'On a date',
    markers: 'Only delete markers that hide nothing any more',
    off: 'off',
    isEnabled: 'The rule is in force',
    id: 'Name',
    idHint: 'May stay empty: the server gives one.',
    prefix: 'Keys begin with',
    prefixHint: 'Empty: all.',
    tags: 'Only objects with these tags',
    sizeAbove: 'Larger than (bytes)',
    sizeBelow: 'Smaller than (bytes)',
    expiry: 'Delete objects',
    expiryDays: 'Days after the upload',
    expiryDate: 'Date (midnight UTC)',
    olderDays: 'Delete older versions after (days)',
    olderKept: 'but keep the newest (count)',
    abortDays: 'End unfinished uploads after (days)',
    empty: 'Empty: never.',
    idle: 'This rule does nothing yet.',
    remove: 'Remove the rule',
    removeOf: (number: number) => `Remove rule ${number}`,
  },
  {
    rule: (number: number) => `규칙 ${number}`,
    everything: '모든 오브젝트',
    begins: (prefix: string) => `“${prefix}” 아래의 오브젝트`,
    never: '현재 오브젝트는 삭제하지 않음',
    days: '며칠 뒤에',
    date: '정한 날짜에',
    markers: '더는 가리는 버전이 없는 삭제 마커만',
    off: '사용 안 함',
    isEnabled: '규칙 사용',
    id: '이름',
    idHint: '비워 두면 서버가 정합니다.',
    prefix: '키의 시작 문자열',
    prefixHint: '비워 두면 모든 오브젝트.',
    tags: '이 태그가 있는 오브젝트만',
    sizeAbove: '이보다 큰 오브젝트(바이트)',
    sizeBelow: '이보다 작은 오브젝트(바이트)',
    expiry: '오브젝트 삭제',
    expiryDays: '업로드 후 일수',
    expiryDate: '날짜(UTC 자정)',
    olderDays: '이전 버전 보관 일수',
    olderKept: '항상 남길 최근 이전 버전 수',
    abortDays: '끝나지 않은 업로드 보관 일수',
    empty: '비워 두면 계속 보관합니다.',
    idle: '아직 아무 일도 하지 않는 규칙입니다.',
    remove: '규칙 삭제',
    removeOf: (number: number) => `규칙 ${number} 삭제`,
  },
);

const expiries: readonly Expiry[] = ['never', 'days', 'date', 'markers'];

interface LifecycleRuleFormProps {
  readonly number: number;
  readonly rule: LifecycleRule;
  readonly isNew: boolean;
  readonly onChange: (rule: LifecycleRule) => void;
  readonly onRemove: () => void;
}

type NumberMember = 'sizeAbove' | 'sizeBelow' | 'days' | 'olderDays' | 'olderKept' | 'abortDays';

export function LifecycleRuleForm({ number, rule, isNew, onChange, onRemove }: LifecycleRuleFormProps) {
  const words = useText(text);
  const { id, isEnabled, prefix, expiry, date, olderDays, abortDays } = rule;
  const isIdle = expiry === 'never' && olderDays === '' && abortDays === '';
  const amount = (name: NumberMember, label: string, hint?: string, least = 1) => (
    <Field
      label={label}
      hint={hint}
      type="number"
      min={least}
      step={1}
      value={rule[name]}
      onChange={(event) => onChange({ ...rule, [name]: event.target.value })}
    />
  );
  return (
    <details className="rule" open={isNew}>
      <summary>
        <strong>{id === '' ? words.rule(number) : id}</strong>{' '}
        {prefix === '' ? words.everything : words.begins(prefix)}
        {isEnabled ? '' : ` (${words.off})`}
      </summary>
      {isIdle ? <p className="warning">{words.idle}</p> : null}
      <label className="check">
        <input
          type="checkbox"
          checked={isEnabled}
          onChange={(event) => onChange({ ...rule, isEnabled: event.target.checked })}
        />
        <span>{words.isEnabled}</span>
      </label>
      <div className="form-grid">
        <Field
          label={words.id}
          hint={words.idHint}
          value={id}
          onChange={(event) => onChange({ ...rule, id: event.target.value })}
        />
        <Field
          label={words.prefix}
          hint={words.prefixHint}
          value={prefix}
          spellCheck={false}
          onChange={(event) => onChange({ ...rule, prefix: event.target.value })}
        />
        <Choice
          label={words.expiry}
          value={expiry}
          options={expiries.map((name) => [name, words[name]] as const)}
          onPick={(name) =>
            onChange({ ...rule, expiry: expiries.find((known) => known === name) ?? 'never' })
          }
        />
        {expiry === 'days' ? amount('days', words.expiryDays) : null}
        {expiry === 'date' ? (
          <Field
            label={words.expiryDate}
            type="date"
            value={date}
            onChange={(event) => onChange({ ...rule, date: event.target.value })}
          />
        ) : null}
        {amount('olderDays', words.olderDays, words.empty)}
        {olderDays === '' ? null : amount('olderKept', words.olderKept)}
        {amount('abortDays', words.abortDays, words.empty)}
        {amount('sizeAbove', words.sizeAbove, undefined, 0)}
        {amount('sizeBelow', words.sizeBelow)}
      </div>
      <h3>{words.tags}</h3>
      <PairEditor pairs={rule.tags} onChange={(tags) => onChange({ ...rule, tags })} />
      <div className="button-row end">
        <button type="button" className="small" aria-label={words.removeOf(number)} onClick={onRemove}>
          {words.remove}
        </button>
      </div>
    </details>
  );
}
