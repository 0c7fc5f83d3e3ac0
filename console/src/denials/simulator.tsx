/** Asks before a call what would be answered, and shows it like a denial that has happened. */
import { type FormEvent, useState } from 'react';
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { sendJson } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Field } from '../parts/field.tsx';
import { notifyError } from '../parts/notices.tsx';
import { commandLine } from '../parts/shell-words.ts';
import { useAction } from '../parts/use-action.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { causeText } from './cause-text.ts';
import { Changes } from './changes.tsx';
import type { DeniedParty, Explained, PolicyDraft } from './denial-records.ts';
import { LayerPicture } from './layer-picture.tsx';

const text = defineText(
  {
    hint: 'Asks the same code that decides calls, with what is stored now. Nothing is done.',
    draftHint:
      'Asks the same code that decides calls, with the policy as it is on the screen. Nothing is saved, nothing is done.',
    who: 'Who',
    whoHint: 'user:name, service:name, role:name or public; empty: you',
    action: 'Action',
    actionHint: 's3:GetObject, s3:PutObject, s3:ListBucket …',
    bucket: 'Bucket',
    key: 'Key',
    address: 'From the address',
    addressHint: 'For conditions on aws:SourceIp; may stay empty.',
    go: 'Ask',
    going: 'Asking …',
    allowed: 'It would be allowed.',
    denied: 'It would be denied.',
    notAsked: 'The draft is changed, but the question was not answered',
  },
  {
    hint: '실제 요청을 판정하는 것과 같은 코드에, 지금 저장된 설정으로 묻습니다. 아무 작업도 하지 않습니다.',
    draftHint:
      '실제 요청을 판정하는 것과 같은 코드에, 화면에 있는 정책으로 묻습니다. 저장하지 않으며 아무 작업도 하지 않습니다.',
    who: '호출자',
    whoHint: 'user:이름, service:이름, role:이름 또는 public. 비워 두면 나',
    action: '작업',
    actionHint: 's3:GetObject, s3:PutObject, s3:ListBucket …',
    bucket: '버킷',
    key: '키',
    address: '요청 주소',
    addressHint: 'aws:SourceIp 조건에 쓰입니다. 비워 두어도 됩니다.',
    go: '물어보기',
    going: '묻는 중…',
    allowed: '허용됩니다.',
    denied: '거부됩니다.',
    notAsked: '초안은 바꿨지만 답을 받지 못했습니다',
  },
);

interface Simulation extends Explained {
  readonly allowed: boolean;
  readonly principal: DeniedParty;
  readonly bucket?: string;
  readonly unusable?: string;
}

interface Question {
  readonly principal: string;
  readonly action: string;
  readonly bucket: string;
  readonly key: string;
  readonly address: string;
}

interface SimulatorProps {
  readonly bucket: string;
  readonly draft?: PolicyDraft;
}

const PATH = adminPath('simulate');

export function Simulator({ bucket, draft }: SimulatorProps) {
  const words = useText(text);
  const session = useSession();
  const [question, setQuestion] = useState<Question>({
    principal: '',
    action: 's3:GetObject',
    bucket,
    key: '',
    address: '',
  });
  const [simulation, setSimulation] = useState<Simulation>();
  const body = bodyOf(question, draft);
  const ask = async (sent: object): Promise<void> => {
    setSimulation(undefined);
    setSimulation((await sendJson<{ simulation: Simulation }>('POST', PATH, sent)).simulation);
  };
  const action = useAction(() => ask(body));
  const changeDraft = (policy: string): void => {
    if (draft === undefined) return;
    draft.onChange(policy);
    ask(bodyOf(question, { ...draft, policy })).catch((error: unknown) => notifyError(words.notAsked, error));
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    action.run();
  };
  const field = (name: keyof Question, hint?: string, isRequired = false) => (
    <Field
      label={words[name === 'principal' ? 'who' : name]}
      hint={hint}
      value={question[name]}
      required={isRequired}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => setQuestion({ ...question, [name]: event.target.value })}
    />
  );
  return (
    <>
      <p className="faint">{draft === undefined ? words.hint : words.draftHint}</p>
      <form className="card simulator" onSubmit={send}>
        {field('principal', words.whoHint)}
        {field('action', words.actionHint, true)}
        {draft === undefined ? field('bucket') : null}
        {field('key')}
        {field('address', words.addressHint)}
        <button
          type="submit"
          className="primary"
          disabled={question.action.trim() === '' || action.isRunning}
        >
          {action.isRunning ? words.going : words.go}
        </button>
      </form>
      {action.error === undefined ? null : <ErrorNote error={action.error} />}
      {simulation === undefined ? null : (
        <Answer
          simulation={simulation}
          draft={draft && { ...draft, onChange: changeDraft }}
          onApplied={() => ask(body)}
        />
      )}
      <CommandTwin commands={[simulateCommand(question, draft), adminCurl(session, 'POST', PATH, body)]} />
    </>
  );
}

interface AnswerProps {
  readonly simulation: Simulation;
  readonly draft: PolicyDraft | undefined;
  readonly onApplied: () => Promise<void>;
}

function Answer({ simulation, draft, onApplied }: AnswerProps) {
  const words = useText(text);
  const causes = useText(causeText);
  const { allowed, cause = '', layers = [], unusable, bucket, principal } = simulation;
  const denial = {
    principal,
    ...(bucket === undefined ? {} : { bucket }),
    ...(draft === undefined ? {} : { bucketPolicy: draft.policy }),
  };
  return (
    <>
      <p className={allowed ? 'good-note' : 'warning'} role="status">
        {allowed ? words.allowed : `${words.denied} ${causes[cause] ?? cause} ${unusable ?? ''}`}
      </p>
      <div className="cards">
        <LayerPicture layers={layers} denial={denial} />
        {allowed ? null : (
          <Changes explained={simulation} account={principal.account} draft={draft} onApplied={onApplied} />
        )}
      </div>
    </>
  );
}

function simulateCommand(
  { principal, action, bucket, key }: Question,
  draft: PolicyDraft | undefined,
): string {
  const options = {
    '--principal': principal,
    '--bucket': bucket,
    '--key': key,
    '--region': draft?.place ?? '',
    '--bucket-policy': draft === undefined ? '' : 'draft.json',
  };
  const given = Object.entries(options).filter(([, value]) => value.trim() !== '');
  return commandLine('gotgan', 'simulate', action, ...given.flat());
}

/** What was left empty is left out. */
function bodyOf({ address, ...question }: Question, draft: PolicyDraft | undefined): object {
  const given = Object.entries(question).filter(([, value]) => value.trim() !== '');
  return {
    ...Object.fromEntries(given.map(([name, value]) => [name, value.trim()])),
    ...(address.trim() === '' ? {} : { conditions: { 'aws:SourceIp': address.trim() } }),
    ...(draft === undefined ? {} : { region: draft.place, bucketPolicy: draft.policy }),
  };
}
