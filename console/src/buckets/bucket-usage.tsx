/** How much is in a bucket: counted by listing it, with the rights of who asks; versions and unfinished parts are not in it. */
import { useState } from 'react';
import { CommandTwin } from '../parts/command-twin.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import { useAction } from '../parts/use-action.ts';
import type { BucketAddress } from '../s3/s3-address.ts';
import { listObjects } from '../s3/s3-listing.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes, formatNumber } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';

const text = defineText(
  {
    hint: 'Counts the objects by listing them. Older versions and unfinished uploads are not counted.',
    count: 'Count now',
    counting: 'Counting …',
    objects: 'Objects',
    bytes: 'Bytes',
    average: 'Average size',
  },
  {
    hint: '목록을 읽어 오브젝트를 셉니다. 이전 버전과 끝나지 않은 업로드는 포함하지 않습니다.',
    count: '지금 세기',
    counting: '세는 중…',
    objects: '오브젝트 수',
    bytes: '크기',
    average: '평균 크기',
  },
);

interface Usage {
  readonly objects: number;
  readonly bytes: number;
}

export function BucketUsage({ address }: { readonly address: BucketAddress }) {
  const words = useText(text);
  const language = useLanguage();
  const session = useSession();
  const [usage, setUsage] = useState<Usage>();
  const action = useAction(async () => {
    const sum = { objects: 0, bytes: 0 };
    let token: string | undefined;
    do {
      const page = await listObjects({ ...address, prefix: '', delimiter: '', token });
      sum.objects += page.rows.length;
      for (const row of page.rows) sum.bytes += row.kind === 'object' ? row.size : 0;
      setUsage({ ...sum });
      token = page.next;
    } while (token !== undefined);
  });
  const facts: readonly (readonly [string, string])[] =
    usage === undefined
      ? []
      : [
          [words.objects, formatNumber(usage.objects, language)],
          [words.bytes, formatBytes(usage.bytes, language)],
          [words.average, usage.objects === 0 ? '—' : formatBytes(usage.bytes / usage.objects, language)],
        ];
  return (
    <>
      <p className="faint">{words.hint}</p>
      <button type="button" className="primary" disabled={action.isRunning} onClick={action.run}>
        {action.isRunning ? words.counting : words.count}
      </button>
      {action.error === undefined ? null : <ErrorNote error={action.error} />}
      <div className="figures" aria-live="polite">
        {facts.map(([label, value]) => (
          <div key={label} className="figure">
            <span className="figure-value">{value}</span>
            <span className="faint">{label}</span>
          </div>
        ))}
      </div>
      <CommandTwin
        commands={[
          awsCommand(
            session,
            address.place,
            's3',
            'ls',
            '--recursive',
            '--summarize',
            `s3://${address.bucket}/`,
          ),
          `gotgan status --account ${session.account.name}`,
        ]}
      />
    </>
  );
}
