/** A link that opens the object for whoever has it, until it expires. */
import { useState } from 'react';
import { sendJson } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { FactList } from '../parts/fact-list.tsx';
import { Choice } from '../parts/field.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import { useAction } from '../parts/use-action.ts';
import type { ObjectAddress } from '../s3/s3-address.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';

const text = defineText(
  {
    hint: 'Whoever has the link can read this object until it expires. It is signed with a key pair of yours; disabling the pair ends the link, too.',
    expires: 'Holds for',
    hour: '1 hour',
    day: '1 day',
    week: '1 week',
    minutes: '15 minutes',
    make: 'Make a link',
    link: 'Link',
    until: 'Until',
    pair: 'Signed with',
  },
  {
    hint: '링크를 가진 사람은 만료될 때까지 이 오브젝트를 읽을 수 있습니다. 링크는 내 키 쌍으로 서명되며, 키 쌍을 비활성화하면 링크도 끝납니다.',
    expires: '유효 기간',
    hour: '1시간',
    day: '1일',
    week: '1주',
    minutes: '15분',
    make: '링크 만들기',
    link: '링크',
    until: '만료 일시',
    pair: '서명한 키',
  },
);

interface Link {
  readonly url: string;
  readonly accessKey: string;
  readonly expiresAt: string;
}

export function ObjectLink({ address }: { readonly address: ObjectAddress }) {
  const words = useText(text);
  const language = useLanguage();
  const session = useSession();
  const { place, bucket, key, versionId } = address;
  const [seconds, setSeconds] = useState('3600');
  const [link, setLink] = useState<Link>();
  const action = useAction(async () => {
    const input = { region: place, bucket, key, versionId, expiresSeconds: seconds };
    setLink((await sendJson<{ link: Link }>('POST', 'session/links', input)).link);
  });
  return (
    <>
      <p className="faint">{words.hint}</p>
      <Choice
        label={words.expires}
        value={seconds}
        options={[
          ['900', words.minutes],
          ['3600', words.hour],
          ['86400', words.day],
          ['604800', words.week],
        ]}
        onPick={setSeconds}
      />
      <button type="button" className="primary" disabled={action.isRunning} onClick={action.run}>
        {words.make}
      </button>
      {action.error === undefined ? null : <ErrorNote error={action.error} />}
      {link === undefined ? null : (
        <FactList
          facts={[
            [
              words.link,
              <>
                <code className="long">{link.url}</code> <CopyButton value={link.url} />
              </>,
            ],
            [words.until, formatTime(link.expiresAt, language)],
            [words.pair, <code key="pair">{link.accessKey}</code>],
          ]}
        />
      )}
      <CommandTwin
        commands={[
          awsCommand(session, place, 's3', 'presign', `s3://${bucket}/${key}`, '--expires-in', seconds),
        ]}
      />
    </>
  );
}
