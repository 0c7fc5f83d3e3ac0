import { type FormEvent, useState } from 'react';
import { CommandTwin } from '../parts/command-twin.tsx';
import { Popup } from '../parts/dialogs.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { notify } from '../parts/notices.tsx';
import { goTo } from '../parts/route.ts';
import { awsCommand } from '../parts/shell-words.ts';
import { createBucket } from '../s3/s3-buckets.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { checkBucketName, ruleText } from './bucket-name-rules.ts';

const text = defineText(
  {
    title: 'Create a bucket',
    name: 'Name',
    region: 'Region',
    kept: 'kept',
    broken: 'not kept',
    go: 'Create',
    going: 'Creating …',
    done: (name: string) => `Bucket ${name} is there`,
  },
  {
    title: '버킷 만들기',
    name: '이름',
    region: '리전',
    kept: '충족',
    broken: '미충족',
    go: '만들기',
    going: '만드는 중…',
    done: (name: string) => `버킷 ${name}을(를) 만들었습니다`,
  },
);

interface CreateBucketProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function CreateBucket({ onClose, onDone }: CreateBucketProps) {
  const words = useText(text);
  const session = useSession();
  const places = session.places.map(({ region }) => region);
  const [name, setName] = useState('');
  const [place, setPlace] = useState(places[0] ?? '');
  const [error, setError] = useState<unknown>();
  const [isRunning, setRunning] = useState(false);
  const isLegal = checkBucketName(name).every(({ isKept }) => isKept);
  const create = async (): Promise<void> => {
    setRunning(true);
    setError(undefined);
    try {
      await createBucket({ place, bucket: name });
      notify(words.done(name));
      onDone();
      onClose();
      goTo('buckets', place, name);
    } catch (thrown) {
      setError(thrown);
      setRunning(false);
    }
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void create();
  };
  return (
    <Popup isOpen title={words.title} onClose={onClose}>
      <form onSubmit={send}>
        <Field
          label={words.name}
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          hint={<NameRules name={name} />}
        />
        {places.length > 1 ? (
          <Choice
            label={words.region}
            value={place}
            options={places.map((region) => [region, region])}
            onPick={setPlace}
          />
        ) : null}
        {error === undefined ? null : <ErrorNote error={error} />}
        <CommandTwin commands={[awsCommand(session, place, 's3', 'mb', `s3://${name}`)]} />
        <div className="button-row end">
          <button type="submit" className="primary" disabled={!isLegal || isRunning}>
            {isRunning ? words.going : words.go}
          </button>
        </div>
      </form>
    </Popup>
  );
}

function NameRules({ name }: { readonly name: string }) {
  const rules = useText(ruleText);
  const { kept, broken } = useText(text);
  return (
    <ul className="rules">
      {checkBucketName(name).map(({ rule, isKept }) => (
        <li key={rule} data-kept={name === '' ? undefined : isKept}>
          {rules[rule]}
          {name === '' ? null : <span className="off-screen"> ({isKept ? kept : broken})</span>}
        </li>
      ))}
    </ul>
  );
}
