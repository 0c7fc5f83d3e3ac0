import { type FormEvent, useState } from 'react';
import { sendJson } from '../api/send-request.ts';
import { Popup } from '../parts/dialogs.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Choice, Field } from '../parts/field.tsx';
import type { ShownSecret } from '../parts/secret-once.tsx';
import { useAction } from '../parts/use-action.ts';
import { PolicyText } from '../policies/policy-text.tsx';
import { defineText, useText } from '../text/define-text.ts';
import type { RecordField, RecordKind, RecordRow } from './record-kind.ts';

const text = defineText({ go: 'Create', going: 'Creating …' }, { go: '만들기', going: '만드는 중…' });

interface CreateRecordProps<T extends RecordRow> {
  readonly kind: RecordKind<T>;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
  readonly onSecret: (secret: ShownSecret) => void;
}

export function CreateRecord<T extends RecordRow>({ kind, onClose, onDone, onSecret }: CreateRecordProps<T>) {
  const words = useText(text);
  const fields = kind.create?.fields ?? [];
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(fields.map(({ name, initial = '' }) => [name, initial])),
  );
  const isComplete = fields.every(
    ({ name, isRequired }) => isRequired !== true || values[name]?.trim() !== '',
  );
  const action = useAction(async () => {
    const body = { ...kind.create?.added, ...bodyOf(fields, values) };
    const answer = await sendJson<Record<string, unknown>>('POST', kind.path, body);
    await onDone();
    onClose();
    const made = answer[kind.singular];
    if (kind.create?.secretOf !== undefined && isRecord(made)) onSecret(kind.create.secretOf(made));
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    action.run();
  };
  return (
    <Popup isOpen title={kind.create?.action ?? ''} onClose={onClose}>
      <form onSubmit={send}>
        {fields.map((field) => (
          <RecordInput
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        {action.error === undefined ? null : <ErrorNote error={action.error} />}
        <div className="button-row end">
          <button type="submit" className="primary" disabled={!isComplete || action.isRunning}>
            {action.isRunning ? words.going : words.go}
          </button>
        </div>
      </form>
    </Popup>
  );
}

interface RecordInputProps {
  readonly field: RecordField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function RecordInput({ field, value, onChange }: RecordInputProps) {
  const { kind, label, options = [], hint, isRequired = false } = field;
  if (kind === 'choice') return <Choice label={label} value={value} options={options} onPick={onChange} />;
  if (kind === 'document') return <PolicyText label={label} value={value} onChange={onChange} />;
  return (
    <Field
      label={label}
      hint={hint}
      type={kind}
      value={value}
      required={isRequired}
      autoComplete={kind === 'password' ? 'new-password' : 'off'}
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** What was left empty is left out. */
function bodyOf(fields: readonly RecordField[], values: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    fields.flatMap(({ name, kind }): [string, unknown][] => {
      const value = values[name] ?? '';
      if (value.trim() === '') return [];
      return [[name, kind === 'document' ? (JSON.parse(value) as unknown) : value]];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
