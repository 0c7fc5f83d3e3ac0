/** What would have allowed the call: the smallest change first, with a button that asks before it changes anything. */
import { useState } from 'react';
import { Question } from '../parts/dialogs.tsx';
import { notify } from '../parts/notices.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { applyChange, draftedBy, isApplicable } from './apply-change.ts';
import type { Change, Explained, PolicyDraft } from './denial-records.ts';
import { repairText } from './repair-text.ts';

const text = defineText(
  {
    title: 'The smallest change that allows it',
    others: 'Other changes, each enough by itself',
    together: 'No single change is enough. These two are:',
    none: 'No change that you may know of would allow it.',
    apply: 'Apply …',
    draft: 'Put into the draft',
    ask: 'Make this change?',
    confirm: 'Make the change',
    counts: 'It counts from the next request on, for everybody it concerns.',
    where: (what: string, name: string) => `Changes: ${what} ${name}`,
    elsewhere: 'This is not changed here: it is a matter of the request, or of somebody with other rights.',
    done: 'The change is made',
  },
  {
    title: '허용되게 하는 가장 작은 변경',
    others: '다른 방법(각각 하나로 충분)',
    together: '하나로는 부족하고, 다음 둘이 함께 필요합니다:',
    none: '볼 수 있는 변경 중에는 허용되게 하는 것이 없습니다.',
    apply: '적용…',
    draft: '초안에 반영',
    ask: '이렇게 변경할까요?',
    confirm: '변경하기',
    counts: '다음 요청부터, 관련된 모두에게 적용됩니다.',
    where: (what: string, name: string) => `변경 대상: ${what} ${name}`,
    elsewhere: '여기서 바꿀 수 없습니다. 요청 자체를 바꾸거나 다른 권한을 가진 사람이 바꿔야 합니다.',
    done: '변경했습니다',
  },
);

interface ChangesProps {
  readonly explained: Explained;
  /** Of the policies of who was refused. */
  readonly account: string | undefined;
  /** What is on the screen and counts in place of the bucket's policy: changes to that go there. */
  readonly draft?: Pick<PolicyDraft, 'policy' | 'onChange'> | undefined;
  /** The explanation is read again: whether it helped is the server's to say. */
  readonly onApplied: () => Promise<void>;
}

export function Changes({ explained, account, draft, onApplied }: ChangesProps) {
  const words = useText(text);
  const { smallestChange, otherChanges = [], changesTogether = [] } = explained;
  const say = useText(repairText);
  const [asked, setAsked] = useState<Change>();
  const session = useSession();
  const confirm = async (): Promise<void> => {
    if (asked === undefined) return;
    await applyChange(asked, { account, place: session.places[0]?.region ?? '' });
    await onApplied();
    notify(words.done);
  };
  const show = (change: Change) => (
    <ChangeCard
      key={JSON.stringify(change)}
      change={change}
      account={account}
      onDraft={
        draft && change.target.what === 'bucket-policy'
          ? () => draft.onChange(draftedBy(change, draft.policy))
          : undefined
      }
      onApply={() => setAsked(change)}
    />
  );
  return (
    <section className="card changes" aria-label={words.title}>
      <h2>{words.title}</h2>
      {smallestChange === undefined && changesTogether.length === 0 ? <p>{words.none}</p> : null}
      {smallestChange === undefined ? null : show(smallestChange)}
      {changesTogether.length === 0 ? null : (
        <>
          <p>{words.together}</p>
          {changesTogether.map(show)}
        </>
      )}
      {otherChanges.length === 0 ? null : (
        <details open={draft !== undefined}>
          <summary>{words.others}</summary>
          {otherChanges.map(show)}
        </details>
      )}
      {asked === undefined ? null : (
        <Question
          isOpen
          title={words.ask}
          action={words.confirm}
          isDangerous={false}
          onClose={() => setAsked(undefined)}
          onConfirm={confirm}
        >
          <p>{say(asked)}</p>
          <ChangeDocument change={asked} />
          <p className="warning">{words.counts}</p>
        </Question>
      )}
    </section>
  );
}

interface ChangeCardProps {
  readonly change: Change;
  readonly account: string | undefined;
  readonly onDraft: (() => void) | undefined;
  readonly onApply: () => void;
}

function ChangeCard({ change, account, onDraft, onApply }: ChangeCardProps) {
  const words = useText(text);
  const say = useText(repairText);
  const { isServerAdmin } = useSession();
  const { target } = change;
  const name = target.name ?? target.subject ?? [target.bucket, target.key].filter(Boolean).join('/');
  return (
    <div className="change">
      <p className="strong">{say(change)}</p>
      <p className="faint">{words.where(target.what, name)}</p>
      <ChangeDocument change={change} />
      {onDraft !== undefined ? (
        <button type="button" className="primary" onClick={onDraft}>
          {words.draft}
        </button>
      ) : isApplicable(change, { isServerAdmin, account }) ? (
        <button type="button" className="primary" onClick={onApply}>
          {words.apply}
        </button>
      ) : (
        <p className="faint">{words.elsewhere}</p>
      )}
    </div>
  );
}

function ChangeDocument({ change: { patch, document, grant } }: { readonly change: Change }) {
  const shown = patch ?? document ?? grant;
  return shown === undefined ? null : <pre className="document">{JSON.stringify(shown, null, 2)}</pre>;
}
