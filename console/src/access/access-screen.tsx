import { useQuery } from '@tanstack/react-query';
import { adminPath, listRecords } from '../api/admin-api.ts';
import { Choice } from '../parts/field.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { goTo } from '../parts/route.ts';
import { TabList, type TabSpec } from '../parts/tab-list.tsx';
import { useSession } from '../session/session-state.ts';
import { useText } from '../text/define-text.ts';
import { accessText } from './access-text.ts';
import { type Account, Accounts } from './accounts.tsx';
import { Groups } from './groups.tsx';
import { MyKeys } from './my-keys.tsx';
import { Policies } from './policies.tsx';
import { Roles } from './roles.tsx';
import { SamlProviders } from './saml-providers.tsx';
import { ServiceCredentials } from './service-credentials.tsx';
import { Services } from './services.tsx';
import { Users } from './users.tsx';

/** `rest`: the tab, then the account. Everybody has keys; the rest is for who administers the server. */
export function AccessScreen({ rest }: { readonly rest: readonly string[] }) {
  const words = useText(accessText);
  const { isServerAdmin, account: own } = useSession();
  const [asked = isServerAdmin ? 'users' : 'mine', account = own.id] = rest;
  const accounts = useQuery({
    queryKey: ['account-choice'],
    queryFn: () => listRecords<Account>(`${adminPath('accounts')}?limit=1000`, 'accounts', undefined),
    enabled: isServerAdmin,
  });
  const mine: TabSpec = { value: 'mine', label: words.mine, content: <MyKeys /> };
  const tabs: readonly TabSpec[] = isServerAdmin
    ? [
        { value: 'users', label: words.users, content: <Users account={account} /> },
        { value: 'services', label: words.services, content: <Services account={account} /> },
        { value: 'groups', label: words.groups, content: <Groups account={account} /> },
        { value: 'roles', label: words.roles, content: <Roles account={account} /> },
        { value: 'policies', label: words.policies, content: <Policies account={account} /> },
        { value: 'saml', label: words.saml, content: <SamlProviders /> },
        { value: 'credentials', label: words.credentials, content: <ServiceCredentials /> },
        mine,
        { value: 'accounts', label: words.accounts, content: <Accounts /> },
      ]
    : [mine];
  const rows = accounts.data?.rows ?? [own];
  return (
    <>
      <PageHead title={words.title}>
        {isServerAdmin && !['accounts', 'mine', 'credentials', 'saml'].includes(asked) ? (
          <Choice
            label={words.account}
            value={account}
            options={rows.map(({ id, name }) => [id, name])}
            onPick={(id) => goTo('access', asked, id)}
          />
        ) : null}
      </PageHead>
      <TabList value={asked} onChange={(tab) => goTo('access', tab, account)} tabs={tabs} />
    </>
  );
}
