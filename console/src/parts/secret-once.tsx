/** A secret that the server shows this once: to be copied or saved before the dialog is closed. */
import { defineText, useText } from '../text/define-text.ts';
import { CopyButton } from './copy-button.tsx';
import { Popup } from './dialogs.tsx';
import { saveText } from './save-file.ts';

const text = defineText(
  {
    once: 'The secret is shown this once. The server cannot show it again; whoever has it can act in its name.',
    copy: (what: string) => `Copy: ${what}`,
    save: 'Save as a file',
    done: 'I have stored it',
  },
  {
    once: '비밀 값은 지금 한 번만 표시됩니다. 서버도 다시 보여 줄 수 없으며, 이 값을 아는 사람은 누구나 이 사용자로 작업할 수 있습니다.',
    copy: (what: string) => `복사: ${what}`,
    save: '파일로 저장',
    done: '보관했습니다',
  },
);

export interface ShownSecret {
  readonly title: string;
  readonly fileName: string;
  readonly rows: readonly (readonly [label: string, value: string])[];
}

export function SecretOnce({
  secret,
  onClose,
}: {
  readonly secret: ShownSecret;
  readonly onClose: () => void;
}) {
  const { once, copy, save, done } = useText(text);
  const asText = (): string => `${JSON.stringify(Object.fromEntries(secret.rows), null, 2)}\n`;
  return (
    <Popup isOpen title={secret.title} description={<p className="warning">{once}</p>} onClose={onClose}>
      <dl className="secret-rows">
        {secret.rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <code>{value}</code>
              <CopyButton value={value} label={copy(label)} />
            </dd>
          </div>
        ))}
      </dl>
      <div className="button-row end">
        <button type="button" onClick={() => saveText(secret.fileName, asText(), 'application/json')}>
          {save}
        </button>
        <button type="button" className="primary" onClick={onClose}>
          {done}
        </button>
      </div>
    </Popup>
  );
}
