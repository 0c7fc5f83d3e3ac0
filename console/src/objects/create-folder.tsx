/** A folder is what keys have in common; an empty one is an object of no bytes whose key ends with a slash. */
import { type FormEvent, useState } from 'react';
import { sendRequest } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { Popup } from '../parts/dialogs.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Field } from '../parts/field.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import { type BucketAddress, isReachable, objectPath } from '../s3/s3-address.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  { title: 'New folder', name: 'Name', go: 'Create', wrong: 'A folder cannot be called . or ..' },
  { title: '새 폴더', name: '이름', go: '만들기', wrong: '폴더 이름으로 . 또는 ..은 쓸 수 없습니다' },
);

interface CreateFolderProps {
  readonly address: BucketAddress;
  readonly prefix: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function CreateFolder({ address, prefix, onClose, onDone }: CreateFolderProps) {
  const words = useText(text);
  const session = useSession();
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>();
  const key = `${prefix}${name.replace(/\/+$/, '')}/`;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    sendRequest(objectPath({ ...address, key }), { method: 'PUT', body: '' })
      .then(() => sendRequest(objectPath({ ...address, key }), { method: 'HEAD' }))
      .then(() => {
        onDone();
        onClose();
      }, setError);
  };
  return (
    <Popup isOpen title={words.title} onClose={onClose}>
      <form onSubmit={send}>
        <Field
          label={words.name}
          value={name}
          onChange={(event) => setName(event.target.value)}
          problem={isReachable(key) ? undefined : words.wrong}
          autoComplete="off"
        />
        {error === undefined ? null : <ErrorNote error={error} />}
        <CommandTwin
          commands={[
            awsCommand(
              session,
              address.place,
              's3api',
              'put-object',
              '--bucket',
              address.bucket,
              '--key',
              key,
            ),
          ]}
        />
        <div className="button-row end">
          <button type="submit" className="primary" disabled={name.trim() === '' || !isReachable(key)}>
            {words.go}
          </button>
        </div>
      </form>
    </Popup>
  );
}
