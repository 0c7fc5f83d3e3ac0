import { type FormEvent, useState } from 'react';
import { type Login, logIn, type Session } from '../api/session.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Field } from '../parts/field.tsx';
import { PageSettings } from '../parts/page-settings.tsx';
import { TabList } from '../parts/tab-list.tsx';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  {
    title: 'Log in to Gotgan',
    ended: 'Your session has ended. Log in again to go on where you were.',
    password: 'Password',
    key: 'Access key',
    user: 'User',
    userHint: 'Name, e-mail address or id',
    account: 'Account (tenant)',
    accountHint: 'Name or id; empty for the account of the server’s root',
    secret: 'Secret key',
    apiKey: 'API key',
    go: 'Log in',
    going: 'Logging in …',
  },
  {
    title: 'Gotgan 로그인',
    ended: '세션이 만료되었습니다. 다시 로그인하면 하던 작업을 이어서 할 수 있습니다.',
    password: '비밀번호',
    key: '액세스 키',
    user: '사용자',
    userHint: '이름, 이메일 주소 또는 ID',
    account: '계정(테넌트)',
    accountHint: '이름 또는 ID. 비워 두면 서버 루트 계정',
    secret: '비밀 키',
    apiKey: 'API 키',
    go: '로그인',
    going: '로그인하는 중…',
  },
);

interface LoginPageProps {
  readonly hasEnded: boolean;
  readonly onLogin: (session: Session) => void;
}

export function LoginPage({ hasEnded, onLogin }: LoginPageProps) {
  const { title, ended, password, key, apiKey } = useText(text);
  const [way, setWay] = useState('password');
  const [error, setError] = useState<unknown>();
  const [isRunning, setRunning] = useState(false);
  const submit = async (login: Login): Promise<void> => {
    setRunning(true);
    setError(undefined);
    try {
      onLogin(await logIn(login));
    } catch (thrown) {
      setError(thrown);
      setRunning(false);
    }
  };
  const form = { isRunning, onSubmit: (login: Login) => void submit(login) };
  return (
    <main className="centred">
      <div className="card login">
        <img src={new URL('../gotgan.svg', import.meta.url).href} alt="" width="40" height="40" />
        <h1>{title}</h1>
        {hasEnded ? <p role="status">{ended}</p> : null}
        <TabList
          value={way}
          onChange={setWay}
          tabs={[
            { value: 'password', label: password, content: <PasswordForm {...form} /> },
            { value: 'key', label: key, content: <KeyForm {...form} /> },
            { value: 'api-key', label: apiKey, content: <ApiKeyForm {...form} /> },
          ]}
        />
        {error === undefined ? null : <ErrorNote error={error} />}
      </div>
      <PageSettings />
    </main>
  );
}

interface FormProps {
  readonly isRunning: boolean;
  readonly onSubmit: (login: Login) => void;
}

function PasswordForm({ isRunning, onSubmit }: FormProps) {
  const { user, userHint, account, accountHint, password, go, going } = useText(text);
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit({
      user: textIn(form, 'user').trim(),
      password: textIn(form, 'password'),
      account: textIn(form, 'account').trim(),
    });
  };
  return (
    <form onSubmit={send}>
      <Field
        name="account"
        label={account}
        hint={accountHint}
        autoComplete="organization"
        spellCheck={false}
      />
      <Field name="user" label={user} hint={userHint} autoComplete="username" required spellCheck={false} />
      <Field name="password" label={password} type="password" autoComplete="current-password" required />
      <button type="submit" className="primary wide" disabled={isRunning}>
        {isRunning ? going : go}
      </button>
    </form>
  );
}

function KeyForm({ isRunning, onSubmit }: FormProps) {
  const { key, secret, go, going } = useText(text);
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit({ accessKey: textIn(form, 'key').trim(), secretKey: textIn(form, 'secret').trim() });
  };
  return (
    <form onSubmit={send}>
      <Field name="key" label={key} autoComplete="username" required spellCheck={false} />
      <Field name="secret" label={secret} type="password" autoComplete="current-password" required />
      <button type="submit" className="primary wide" disabled={isRunning}>
        {isRunning ? going : go}
      </button>
    </form>
  );
}

function ApiKeyForm({ isRunning, onSubmit }: FormProps) {
  const { apiKey, go, going } = useText(text);
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onSubmit({ apiKey: textIn(new FormData(event.currentTarget), 'apiKey').trim() });
  };
  return (
    <form onSubmit={send}>
      <Field name="apiKey" label={apiKey} type="password" autoComplete="off" required />
      <button type="submit" className="primary wide" disabled={isRunning}>
        {isRunning ? going : go}
      </button>
    </form>
  );
}

function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
