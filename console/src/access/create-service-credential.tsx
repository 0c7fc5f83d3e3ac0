import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sendJson } from '../api/send-request.ts';
import { Popup } from '../parts/dialogs.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { useAction } from '../parts/use-action.ts';
import { defineText, useText } from '../text/define-text.ts';
import { accessText } from './access-text.ts';
import type { ResourceKey } from './service-credentials.tsx';

const text = defineText(
  {
    title: 'New service credential',
    instance: 'Service instance',
    none: 'None',
    hmac: 'Include HMAC credential',
    hmacHint: 'A key pair with which S3 clients sign.',
    go: 'Create',
    going: 'Creating …',
  },
  {
    title: '새 서비스 자격 증명',
    instance: '서비스 인스턴스',
    none: '없음',
    hmac: 'HMAC 자격 증명 포함(Include HMAC Credential)',
    hmacHint: 'S3 클라이언트가 서명할 때 쓰는 키 쌍입니다.',
    go: '만들기',
    going: '만드는 중…',
  },
);

/** Roles of object storage at IBM Cloud. */
const roles = ['Writer', 'Reader', 'Manager', 'ContentReader', 'ObjectReader', 'ObjectWriter'] as const;

interface Instance {
  readonly id: string;
  readonly name: string;
}

interface CreateServiceCredentialProps {
  readonly path: string;
  readonly onClose: () => void;
  readonly onDone: (made: ResourceKey) => Promise<void>;
}

export function CreateServiceCredential({ path, onClose, onDone }: CreateServiceCredentialProps) {
  const own = useText(text);
  const words = useText(accessText);
  const [name, setName] = useState('');
  const [role, setRole] = useState<string>(roles[0]);
  const [hasHmac, setHmac] = useState(true);
  const [picked, setPicked] = useState('');
  const instances = useQuery({
    queryKey: ['instances'],
    queryFn: async () =>
      (await sendJson<{ resources: readonly Instance[] }>('GET', 'api/v2/resource_instances')).resources,
  });
  const source = picked === '' ? (instances.data?.[0]?.id ?? '') : picked;
  const create = useAction(async () => {
    const made = await sendJson<ResourceKey>('POST', path, {
      name,
      source,
      role: role === '' ? 'NONE' : role,
      parameters: { HMAC: hasHmac },
    });
    onClose();
    await onDone(made);
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    create.run();
  };
  return (
    <Popup isOpen title={own.title} onClose={onClose}>
      <form onSubmit={send}>
        <Field
          label={words.name}
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoComplete="off"
        />
        <Choice
          label={own.instance}
          value={source}
          options={(instances.data ?? []).map((row) => [row.id, row.name])}
          onPick={setPicked}
        />
        <Choice
          label={words.role}
          value={role}
          options={[...roles.map((known) => [known, known] as const), ['', own.none]]}
          onPick={setRole}
        />
        <label className="check">
          <input type="checkbox" checked={hasHmac} onChange={() => setHmac(!hasHmac)} />
          <span>
            {own.hmac}
            <br />
            <span className="faint">{own.hmacHint}</span>
          </span>
        </label>
        {instances.error === null ? null : <ErrorNote error={instances.error} />}
        {create.error === undefined ? null : <ErrorNote error={create.error} />}
        <div className="button-row end">
          <button
            type="submit"
            className="primary"
            disabled={name.trim() === '' || source === '' || create.isRunning}
          >
            {create.isRunning ? own.going : own.go}
          </button>
        </div>
      </form>
    </Popup>
  );
}
