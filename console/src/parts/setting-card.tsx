import type { ReactNode } from 'react';
import { defineText, useText } from '../text/define-text.ts';
import { ErrorNote } from './error-note.tsx';
import type { Action } from './use-action.ts';

const text = defineText({ save: 'Save', saving: 'Saving …' }, { save: '저장', saving: '저장하는 중…' });

interface SettingCardProps {
  readonly title: string;
  readonly hint: string;
  readonly children: ReactNode;
  readonly action?: Action;
  readonly isChanged?: boolean;
  readonly buttons?: ReactNode;
  /** Else only `buttons` start the action. */
  readonly hasSave?: boolean;
}

/** One setting: what it is, its form, and what saving it has brought. */
export function SettingCard(props: SettingCardProps) {
  const { title, hint, children, action, isChanged = true, buttons, hasSave = true } = props;
  const { save, saving } = useText(text);
  return (
    <section className="card setting" aria-label={title}>
      <h2>{title}</h2>
      <p className="faint">{hint}</p>
      {children}
      {action === undefined || action.error === undefined ? null : <ErrorNote error={action.error} />}
      <div className="button-row end">
        {buttons}
        {action === undefined || !hasSave ? null : (
          <button
            type="button"
            className="primary"
            disabled={!isChanged || action.isRunning}
            onClick={action.run}
          >
            {action.isRunning ? saving : save}
          </button>
        )}
      </div>
    </section>
  );
}
