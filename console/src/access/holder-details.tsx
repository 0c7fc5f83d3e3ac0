/** What somebody holds: access-key pairs, API keys, and the policies that are attached to them. */
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { Popup } from '../parts/dialogs.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { accessText } from './access-text.ts';
import { AttachedPolicies } from './attached-policies.tsx';
import type { RecordRow } from './record-kind.ts';
import { RecordList } from './record-list.tsx';

const text = defineText(
  {
    pairs: 'Access-key pairs (HMAC)',
    pairsHint: 'Sign S3 requests. The secret is shown once, when the pair is made.',
    createPair: 'Create a pair',
    noPairs: 'No pairs.',
    pairLoss: 'Programs that sign with it are refused from the next request on.',
    apiKeys: 'API keys',
    apiKeysHint: 'Give tokens of IAM. The key is shown once, when it is made.',
    createApiKey: 'Create an API key',
    noApiKeys: 'No API keys.',
    apiKeyLoss: 'Programs that log in with it are refused from the next request on.',
    made: (what: string, name: string) => `${what} of ${name}`,
  },
  {
    pairs: '액세스 키 쌍(HMAC)',
    pairsHint: 'S3 요청에 서명합니다. 비밀 키는 만들 때 한 번만 표시됩니다.',
    createPair: '키 쌍 만들기',
    noPairs: '키 쌍이 없습니다.',
    pairLoss: '이 키로 서명하는 프로그램은 다음 요청부터 거부됩니다.',
    apiKeys: 'API 키',
    apiKeysHint: 'IAM 토큰을 받습니다. 키는 만들 때 한 번만 표시됩니다.',
    createApiKey: 'API 키 만들기',
    noApiKeys: 'API 키가 없습니다.',
    apiKeyLoss: '이 키로 로그인하는 프로그램은 다음 요청부터 거부됩니다.',
    made: (what: string, name: string) => `${name}의 ${what}`,
  },
);

export interface Holder {
  readonly kind: 'user' | 'service';
  readonly id: string;
  readonly name: string;
}

interface AccessKeyRow {
  readonly accessKey: string;
  readonly enabled: boolean;
  readonly createdAt: string;
}

interface ApiKeyRow extends RecordRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt?: string;
  readonly expiresAt?: string;
}

interface HolderDetailsProps {
  readonly account: string;
  readonly holder: Holder;
  readonly onClose: () => void;
}

export function HolderDetails({ account, holder, onClose }: HolderDetailsProps) {
  return (
    <Popup isOpen place="side" title={holder.name} onClose={onClose}>
      <AccessKeys account={account} holder={holder} />
      <ApiKeys account={account} holder={holder} />
      <AttachedPolicies account={account} subject={`${holder.kind}:${holder.id}`} />
    </Popup>
  );
}

type HoldingsProps = Pick<HolderDetailsProps, 'account' | 'holder'>;

function AccessKeys({ account, holder }: HoldingsProps) {
  const own = useText(text);
  const words = useText(accessText);
  const language = useLanguage();
  const session = useSession();
  const path = adminPath(
    'accounts',
    account,
    holder.kind === 'user' ? 'users' : 'services',
    holder.id,
    'keys',
  );
  return (
    <RecordList<AccessKeyRow>
      kind={{
        title: own.pairs,
        hint: own.pairsHint,
        empty: own.noPairs,
        path,
        pathOf: ({ accessKey }) => adminPath('keys', accessKey),
        member: 'keys',
        singular: 'key',
        nameOf: ({ accessKey }) => accessKey,
        lossOf: () => own.pairLoss,
        canDisable: true,
        create: {
          action: own.createPair,
          fields: [],
          secretOf: (key) => ({
            title: own.made(own.pairs, holder.name),
            fileName: `gotgan-${holder.name}.json`,
            rows: [
              [words.accessKey, String(key['accessKey'])],
              [words.secretKey, String(key['secretKey'])],
            ],
          }),
        },
        columns: [
          { name: 'key', title: words.accessKey, cell: ({ accessKey }) => <code>{accessKey}</code> },
          { name: 'created', title: words.created, cell: ({ createdAt }) => formatTime(createdAt, language) },
        ],
        commands: [adminCurl(session, 'GET', path)],
      }}
    />
  );
}

function ApiKeys({ account, holder }: HoldingsProps) {
  const own = useText(text);
  const words = useText(accessText);
  const language = useLanguage();
  const session = useSession();
  const subject = `${holder.kind}:${holder.id}`;
  const path = `${adminPath('accounts', account, 'api-keys')}?holder=${encodeURIComponent(subject)}`;
  return (
    <RecordList<ApiKeyRow>
      kind={{
        title: own.apiKeys,
        hint: own.apiKeysHint,
        empty: own.noApiKeys,
        path,
        pathOf: ({ id }) => adminPath('api-keys', id),
        member: 'apiKeys',
        singular: 'apiKey',
        nameOf: ({ name }) => name,
        lossOf: () => own.apiKeyLoss,
        canDisable: true,
        canLock: true,
        create: {
          action: own.createApiKey,
          added: { holder: subject },
          fields: [
            { name: 'name', label: words.name, kind: 'text', isRequired: true },
            { name: 'description', label: words.description, kind: 'text' },
          ],
          secretOf: (key) => ({
            title: own.made(own.apiKeys, holder.name),
            fileName: `gotgan-api-key-${holder.name}.json`,
            rows: [[words.apiKey, String(key['value'])]],
          }),
        },
        columns: [
          { name: 'name', title: words.name, cell: ({ name }) => name },
          {
            name: 'created',
            title: words.created,
            cell: ({ createdAt = '' }) => formatTime(createdAt, language),
          },
          {
            name: 'expires',
            title: words.expires,
            cell: ({ expiresAt }) =>
              expiresAt === undefined ? words.never : formatTime(expiresAt, language),
          },
        ],
        commands: [adminCurl(session, 'GET', path)],
      }}
    />
  );
}
