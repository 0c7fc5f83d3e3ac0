import { useState } from 'react';
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { sendJson } from '../api/send-request.ts';
import { Question } from '../parts/dialogs.tsx';
import { Field } from '../parts/field.tsx';
import { notify } from '../parts/notices.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { accessText } from './access-text.ts';
import { HolderDetails } from './holder-details.tsx';
import type { RecordRow } from './record-kind.ts';
import { RecordList } from './record-list.tsx';

const text = defineText(
  {
    create: 'Create a user',
    empty: 'There is no user.',
    loss: 'The keys of the user go with it; what it stored stays.',
    setPassword: 'Set password',
    passwordFor: (name: string) => `New password for ${name}`,
    ends: 'Sessions and tokens of the user end at once.',
    done: 'The password is set',
  },
  {
    create: '사용자 만들기',
    empty: '사용자가 없습니다.',
    loss: '사용자의 키도 함께 사라집니다. 저장한 오브젝트는 남습니다.',
    setPassword: '비밀번호 설정',
    passwordFor: (name: string) => `${name}의 새 비밀번호`,
    ends: '이 사용자의 세션과 토큰은 바로 끝납니다.',
    done: '비밀번호를 설정했습니다',
  },
);

interface User extends RecordRow {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  readonly isRoot: boolean;
  readonly role: string;
}

export function Users({ account }: { readonly account: string }) {
  const words = useText(accessText);
  const own = useText(text);
  const session = useSession();
  const [shown, setShown] = useState<User>();
  const [changed, setChanged] = useState<User>();
  const path = adminPath('accounts', account, 'users');
  return (
    <>
      <RecordList<User>
        kind={{
          title: words.users,
          empty: own.empty,
          path,
          member: 'users',
          singular: 'user',
          nameOf: ({ name }) => name,
          lossOf: () => own.loss,
          canDisable: true,
          isPermanent: ({ isRoot }) => isRoot,
          create: { action: own.create, fields: userFields(words) },
          actions: [
            { label: words.details, onClick: setShown },
            { label: own.setPassword, onClick: setChanged },
          ],
          columns: [
            { name: 'name', title: words.name, cell: ({ name }) => <strong>{name}</strong> },
            { name: 'display', title: words.displayName, cell: ({ displayName }) => displayName },
            { name: 'email', title: words.email, cell: ({ email }) => email },
            { name: 'role', title: words.role, cell: ({ role }) => role },
          ],
          commands: [`gotgan user list --account ${account}`, adminCurl(session, 'GET', path)],
        }}
      />
      {shown === undefined ? null : (
        <HolderDetails
          account={account}
          holder={{ kind: 'user', id: shown.id, name: shown.name }}
          onClose={() => setShown(undefined)}
        />
      )}
      {changed === undefined ? null : (
        <SetPassword path={path} user={changed} onClose={() => setChanged(undefined)} />
      )}
    </>
  );
}

function userFields(words: (typeof accessText)['en']) {
  return [
    { name: 'name', label: words.name, kind: 'text', isRequired: true },
    { name: 'displayName', label: words.displayName, kind: 'text' },
    { name: 'email', label: words.email, kind: 'text' },
    { name: 'password', label: words.password, kind: 'password', hint: words.passwordHint },
    {
      name: 'role',
      label: words.role,
      kind: 'choice',
      initial: 'member',
      options: (['member', 'operator', 'admin'] as const).map((role) => [role, words[role]] as const),
    },
  ] as const;
}

interface SetPasswordProps {
  readonly path: string;
  readonly user: User;
  readonly onClose: () => void;
}

function SetPassword({ path, user, onClose }: SetPasswordProps) {
  const own = useText(text);
  const { password } = useText(accessText);
  const [value, setValue] = useState('');
  const save = async (): Promise<void> => {
    await sendJson('PUT', `${path}/${encodeURIComponent(user.id)}/password`, { password: value });
    notify(own.done);
  };
  return (
    <Question
      isOpen
      title={own.passwordFor(user.name)}
      action={own.setPassword}
      isDangerous={false}
      isBlocked={value === ''}
      onClose={onClose}
      onConfirm={save}
    >
      <p>{own.ends}</p>
      <Field
        label={password}
        type="password"
        autoComplete="new-password"
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
    </Question>
  );
}
