/** The access control list of a bucket or an object. */
import { useState } from 'react';
import { Choice, Field } from '../parts/field.tsx';
import { SettingCard } from '../parts/setting-card.tsx';
import { useSaving } from '../parts/stored-setting.tsx';
import {
  type Acl,
  type AclGrant,
  ALL_USERS,
  AUTHENTICATED_USERS,
  aclPermissions,
  type Grantee,
  writeAcl,
} from '../s3/s3-acl.ts';
import type { BucketAddress } from '../s3/s3-address.ts';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  {
    title: 'Access control list',
    hint: 'Grants to accounts and to everybody, beside the policy.',
    everybody: 'Everybody, also without logging in',
    everyUser: 'Every user of this server',
    account: 'Account',
    accountId: 'Id of the account',
    to: 'To whom',
    permission: 'May',
    add: 'Add',
    remove: 'Remove',
    removeOf: (who: string, what: string) => `Remove ${what} of ${who}`,
    none: 'No grants.',
    public: 'Everybody can reach this.',
    READ: { bucket: 'list objects', object: 'read' },
    WRITE: { bucket: 'write and delete objects', object: '(nothing)' },
    READ_ACP: { bucket: 'read this list', object: 'read this list' },
    WRITE_ACP: { bucket: 'change this list', object: 'change this list' },
    FULL_CONTROL: { bucket: 'all of these', object: 'all of these' },
  },
  {
    title: '액세스 제어 목록(ACL)',
    hint: '정책과 별도로 계정이나 모두에게 허용합니다.',
    everybody: '모두(로그인하지 않아도)',
    everyUser: '이 서버의 모든 사용자',
    account: '계정',
    accountId: '계정 ID',
    to: '대상',
    permission: '권한',
    add: '추가',
    remove: '삭제',
    removeOf: (who: string, what: string) => `${who}의 ${what} 삭제`,
    none: '허용된 대상이 없습니다.',
    public: '누구나 접근할 수 있습니다.',
    READ: { bucket: '오브젝트 목록 조회', object: '읽기' },
    WRITE: { bucket: '오브젝트 쓰기와 삭제', object: '(없음)' },
    READ_ACP: { bucket: 'ACL 조회', object: 'ACL 조회' },
    WRITE_ACP: { bucket: 'ACL 변경', object: 'ACL 변경' },
    FULL_CONTROL: { bucket: '모든 권한', object: '모든 권한' },
  },
);

interface AclEditorProps {
  readonly address: BucketAddress;
  /** Of `?acl`. */
  readonly path: string;
  readonly found: Acl;
  readonly kind: 'bucket' | 'object';
  /** Of the query that reads it. */
  readonly name?: string;
}

export function AclEditor({ address, path, found, kind, name = 'acl' }: AclEditorProps) {
  const words = useText(text);
  const [grants, setGrants] = useState(found.grants);
  const action = useSaving(address, name, () => writeAcl(path, { ...found, grants }));
  const isPublic = grants.some(({ grantee }) => grantee.kind === 'group');
  const who = useGranteeName();
  return (
    <SettingCard title={words.title} hint={words.hint} action={action}>
      {isPublic ? <p className="warning">{words.public}</p> : null}
      {grants.length === 0 ? <p>{words.none}</p> : null}
      <ul className="grants">
        {grants.map((grant) => (
          <li key={`${JSON.stringify(grant)}`}>
            <span>
              <strong>{who(grant.grantee)}</strong> — {permissionText(words, grant.permission, kind)}{' '}
              <code className="faint">{grant.permission}</code>
            </span>
            <button
              type="button"
              className="small"
              aria-label={words.removeOf(who(grant.grantee), grant.permission)}
              onClick={() => setGrants(grants.filter((other) => other !== grant))}
            >
              {words.remove}
            </button>
          </li>
        ))}
      </ul>
      <NewGrant kind={kind} onAdd={(grant) => setGrants([...grants, grant])} />
    </SettingCard>
  );
}

function NewGrant({
  kind,
  onAdd,
}: {
  readonly kind: 'bucket' | 'object';
  readonly onAdd: (grant: AclGrant) => void;
}) {
  const words = useText(text);
  const [to, setTo] = useState('account');
  const [id, setId] = useState('');
  const [permission, setPermission] = useState<string>('READ');
  const grantee: Grantee =
    to === 'account' ? { kind: 'account', id: id.trim(), name: '' } : { kind: 'group', uri: to };
  return (
    <div className="new-grant">
      <Choice
        label={words.to}
        value={to}
        options={[
          ['account', words.account],
          [AUTHENTICATED_USERS, words.everyUser],
          [ALL_USERS, words.everybody],
        ]}
        onPick={setTo}
      />
      {to === 'account' ? (
        <Field label={words.accountId} value={id} onChange={(event) => setId(event.target.value)} />
      ) : null}
      <Choice
        label={words.permission}
        value={permission}
        options={aclPermissions
          .filter((name) => kind === 'bucket' || name !== 'WRITE')
          .map((name) => [name, permissionText(words, name, kind)])}
        onPick={setPermission}
      />
      <button
        type="button"
        disabled={to === 'account' && id.trim() === ''}
        onClick={() => onAdd({ grantee, permission })}
      >
        {words.add}
      </button>
    </div>
  );
}

function useGranteeName(): (grantee: Grantee) => string {
  const { everybody, everyUser } = useText(text);
  return (grantee) => {
    if (grantee.kind === 'account')
      return grantee.name === '' ? grantee.id : `${grantee.name} (${grantee.id})`;
    if (grantee.uri === ALL_USERS) return everybody;
    return grantee.uri === AUTHENTICATED_USERS ? everyUser : grantee.uri;
  };
}

function permissionText(words: (typeof text)['en'], permission: string, kind: 'bucket' | 'object'): string {
  const known = aclPermissions.find((name) => name === permission);
  return known === undefined ? permission : words[known][kind];
}
