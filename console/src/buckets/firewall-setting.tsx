import { useId, useState } from 'react';
import { type BucketFirewall, patchConfiguration } from '../api/bucket-configuration.ts';
import { SettingCard } from '../parts/setting-card.tsx';
import { useSaving } from '../parts/stored-setting.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  {
    title: 'Firewall',
    hint: 'From where the bucket and what is in it may be reached, whoever asks and by whichever API; this console is no exception. The firewall itself can always be changed.',
    allowed: 'Only from these addresses',
    allowedHint: 'An address or network (192.0.2.0/24) in each line. Empty: from everywhere.',
    denied: 'Never from these addresses',
    deniedHint: 'Counts before the others.',
    networks: 'Only by these networks',
    public: 'Public',
    private: 'Private (addresses of private use)',
    direct: 'Direct (addresses of private use)',
  },
  {
    title: '방화벽',
    hint: '누가 어떤 API로 요청하든, 버킷과 그 안의 오브젝트에 접근할 수 있는 위치를 제한합니다. 이 콘솔도 예외가 아닙니다. 방화벽 설정 자체는 언제든지 바꿀 수 있습니다.',
    allowed: '이 주소에서만 허용',
    allowedHint: '한 줄에 주소나 네트워크(192.0.2.0/24) 하나씩. 비워 두면 어디서나 허용합니다.',
    denied: '이 주소에서는 항상 거부',
    deniedHint: '다른 설정보다 먼저 적용됩니다.',
    networks: '이 네트워크로만 허용',
    public: '퍼블릭',
    private: '프라이빗(사설 주소)',
    direct: '다이렉트(사설 주소)',
  },
);

const networkTypes = ['public', 'private', 'direct'] as const;

interface FirewallSettingProps {
  readonly address: BucketAddress;
  readonly found: BucketFirewall;
}

export function FirewallSetting({ address, found }: FirewallSettingProps) {
  const words = useText(text);
  const [allowed, setAllowed] = useState((found.allowed_ip ?? []).join('\n'));
  const [denied, setDenied] = useState((found.denied_ip ?? []).join('\n'));
  const [networks, setNetworks] = useState<ReadonlySet<string>>(new Set(found.allowed_network_type));
  const action = useSaving(address, 'configuration', () => {
    const [allowedIps, deniedIps] = [linesOf(allowed), linesOf(denied)];
    const isNone = allowedIps.length === 0 && deniedIps.length === 0 && networks.size === 0;
    const firewall = { allowed_ip: allowedIps, denied_ip: deniedIps, allowed_network_type: [...networks] };
    return patchConfiguration(address, { firewall: isNone ? null : firewall });
  });
  const toggle = (name: string): void => {
    const next = new Set(networks);
    if (!next.delete(name)) next.add(name);
    setNetworks(next);
  };
  return (
    <SettingCard title={words.title} hint={words.hint} action={action}>
      <Lines label={words.allowed} hint={words.allowedHint} value={allowed} onChange={setAllowed} />
      <Lines label={words.denied} hint={words.deniedHint} value={denied} onChange={setDenied} />
      <fieldset className="plain">
        <legend>{words.networks}</legend>
        {networkTypes.map((name) => (
          <label key={name} className="check">
            <input type="checkbox" checked={networks.has(name)} onChange={() => toggle(name)} />
            <span>{words[name]}</span>
          </label>
        ))}
      </fieldset>
    </SettingCard>
  );
}

interface LinesProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Lines({ label, hint, value, onChange }: LinesProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="mono"
        rows={3}
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-hint`} className="field-hint">
        {hint}
      </p>
    </div>
  );
}

function linesOf(value: string): readonly string[] {
  return value.split(/[\s,]+/).filter((line) => line !== '');
}
