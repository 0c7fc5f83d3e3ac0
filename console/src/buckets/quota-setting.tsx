import { useState } from 'react';
import { patchConfiguration } from '../api/bucket-configuration.ts';
import { Field } from '../parts/field.tsx';
import { SettingCard } from '../parts/setting-card.tsx';
import { useSaving } from '../parts/stored-setting.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';

const text = defineText(
  {
    title: 'Quota',
    hint: 'Bytes of all versions together. Uploads beyond it are refused; what is there stays.',
    bytes: 'At most (bytes)',
    none: 'Empty: no quota.',
    used: (used: string) => `Used by current objects: ${used}`,
  },
  {
    title: '할당량',
    hint: '모든 버전을 합한 바이트 수입니다. 넘치는 업로드는 거부되고, 이미 있는 오브젝트는 그대로 남습니다.',
    bytes: '최대 크기(바이트)',
    none: '비워 두면 제한이 없습니다.',
    used: (used: string) => `현재 오브젝트가 쓰는 크기: ${used}`,
  },
);

interface QuotaSettingProps {
  readonly address: BucketAddress;
  /** Bytes; 0 for none. */
  readonly found: number;
  readonly used: number;
}

export function QuotaSetting({ address, found, used }: QuotaSettingProps) {
  const words = useText(text);
  const language = useLanguage();
  const [bytes, setBytes] = useState(found === 0 ? '' : String(found));
  const wanted = Number(bytes);
  const action = useSaving(address, 'configuration', () =>
    patchConfiguration(address, { hard_quota: wanted }),
  );
  return (
    <SettingCard title={words.title} hint={words.hint} action={action} isChanged={wanted !== found}>
      <p>{words.used(formatBytes(used, language))}</p>
      <Field
        label={words.bytes}
        hint={wanted > 0 ? formatBytes(wanted, language) : words.none}
        type="number"
        min={0}
        value={bytes}
        onChange={(event) => setBytes(event.target.value)}
      />
    </SettingCard>
  );
}
