/** The frame around every screen: where one can go, who one is. */
import { Menu } from '@base-ui/react/menu';
import { lazy, type ReactNode, Suspense } from 'react';
import { logOut } from './api/session.ts';
import { BucketScreen } from './buckets/bucket-screen.tsx';
import { BucketsScreen } from './buckets/buckets-screen.tsx';
import { Loading } from './parts/loading.tsx';
import { notifyError } from './parts/notices.tsx';
import { PageSettings } from './parts/page-settings.tsx';
import { hrefOf, useRoute } from './parts/route.ts';
import { useSession } from './session/session-state.ts';
import { defineText, useText } from './text/define-text.ts';
import { leaveUploads } from './uploads/upload-queue.ts';
import { UploadTray } from './uploads/upload-tray.tsx';

const text = defineText(
  {
    skip: 'Skip to the content',
    main: 'Main menu',
    buckets: 'Buckets',
    access: 'Access',
    denials: 'Denied?',
    catalogue: 'Catalogue',
    operations: 'Operations',
    logOut: 'Log out',
    logOutFailed: 'You are still logged in',
    account: 'Account',
    unknown: 'There is no such page.',
  },
  {
    skip: '본문으로 건너뛰기',
    main: '주 메뉴',
    buckets: '버킷',
    access: '접근 관리',
    denials: '거부 원인',
    catalogue: '상품 카탈로그',
    operations: '운영',
    logOut: '로그아웃',
    logOutFailed: '로그아웃하지 못했습니다',
    account: '계정',
    unknown: '없는 페이지입니다.',
  },
);

const AccessScreen = lazy(async () => ({
  default: (await import('./access/access-screen.tsx')).AccessScreen,
}));

const OperationsScreen = lazy(async () => ({
  default: (await import('./operations/operations-screen.tsx')).OperationsScreen,
}));

const DenialsScreen = lazy(async () => ({
  default: (await import('./denials/denials-screen.tsx')).DenialsScreen,
}));

const CatalogueScreen = lazy(async () => ({
  default: (await import('./catalogue/catalogue-screen.tsx')).CatalogueScreen,
}));

type Section = 'buckets' | 'access' | 'denials' | 'catalogue' | 'operations';

export function Shell({ onLogOut }: { readonly onLogOut: () => void }) {
  const words = useText(text);
  const [section = 'buckets', ...rest] = useRoute();
  const { isServerAdmin } = useSession();
  const sections: readonly Section[] = isServerAdmin
    ? ['buckets', 'access', 'denials', 'catalogue', 'operations']
    : ['buckets', 'access', 'denials', 'catalogue'];
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={focusContent}>
        {words.skip}
      </button>
      <header className="top">
        <a className="brand" href={hrefOf('buckets')}>
          <img src={new URL('./gotgan.svg', import.meta.url).href} alt="" width="24" height="24" />
          Gotgan
        </a>
        <PageSettings />
        <UserMenu onLogOut={onLogOut} />
      </header>
      <nav className="side-menu" aria-label={words.main}>
        {sections.map((name) => (
          <a key={name} href={hrefOf(name)} aria-current={name === section ? 'page' : undefined}>
            {words[name]}
          </a>
        ))}
      </nav>
      <main id="content" className="content" tabIndex={-1}>
        <Suspense fallback={<Loading />}>
          {(sections.some((name) => name === section) ? screenOf(section, rest) : undefined) ?? (
            <p>{words.unknown}</p>
          )}
        </Suspense>
      </main>
      <UploadTray />
    </div>
  );
}

function screenOf(section: string, rest: readonly string[]): ReactNode {
  if (section === 'buckets') {
    const [place, bucket, ...more] = rest;
    return place === undefined || bucket === undefined ? (
      <BucketsScreen />
    ) : (
      <BucketScreen key={`${place}/${bucket}`} address={{ place, bucket }} rest={more} />
    );
  }
  if (section === 'access') return <AccessScreen rest={rest} />;
  if (section === 'catalogue') return <CatalogueScreen />;
  if (section === 'denials') return <DenialsScreen rest={rest} />;
  return section === 'operations' ? <OperationsScreen /> : undefined;
}

function UserMenu({ onLogOut }: { readonly onLogOut: () => void }) {
  const words = useText(text);
  const { user, account } = useSession();
  const leave = (): void => {
    const left = (): void => {
      leaveUploads();
      onLogOut();
    };
    logOut().then(left, (error: unknown) => notifyError(words.logOutFailed, error));
  };
  return (
    <Menu.Root>
      <Menu.Trigger className="button quiet user-menu">{user.displayName || user.name}</Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="menu-place" align="end" sideOffset={4}>
          <Menu.Popup className="menu">
            <Menu.Group>
              <Menu.GroupLabel className="menu-label">
                {words.account}: {account.name}
                <br />
                <code>{account.id}</code>
              </Menu.GroupLabel>
            </Menu.Group>
            <Menu.Item className="menu-item" onClick={leave}>
              {words.logOut}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** No link: what stands behind the `#` says which screen is shown. */
function focusContent(): void {
  document.getElementById('content')?.focus();
}
