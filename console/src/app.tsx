import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { isGone } from './api/api-error.ts';
import { setCsrfToken, watchSessionEnd } from './api/send-request.ts';
import { readSession, type Session } from './api/session.ts';
import { Loading } from './parts/loading.tsx';
import { Notices } from './parts/notices.tsx';
import { LoginPage } from './session/login-page.tsx';
import { SessionContext, type SessionState } from './session/session-state.ts';
import { Unreachable } from './session/unreachable.tsx';

/** Not needed to log in. */
const Shell = lazy(async () => ({ default: (await import('./shell.tsx')).Shell }));

const RETRIES_MAX = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: (count, error) => isGone(error) && count < RETRIES_MAX, staleTime: 5000 },
  },
});

export function App() {
  const [state, setState] = useState<SessionState>({ kind: 'loading' });
  const enter = (session: Session): void => {
    setCsrfToken(session.csrfToken);
    queries.clear();
    setState({ kind: 'logged-in', session });
  };
  const leave = (hasEnded: boolean): void => {
    setCsrfToken('');
    queries.clear();
    setState({ kind: 'logged-out', hasEnded });
  };
  const look = (): void => {
    readSession().then(
      ({ session, hasEnded = false }) => (session === null ? leave(hasEnded) : enter(session)),
      (error: unknown) => (isGone(error) ? setState({ kind: 'unreachable' }) : leave(false)),
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page has been loaded
  useEffect(() => {
    watchSessionEnd(() => setState((now) => (now.kind === 'logged-in' ? endedState() : now)));
    look();
  }, []);
  return (
    <QueryClientProvider client={queries}>
      <Notices>{screenOf(state, { enter, leave, look })}</Notices>
    </QueryClientProvider>
  );
}

function endedState(): SessionState {
  setCsrfToken('');
  queries.clear();
  return { kind: 'logged-out', hasEnded: true };
}

interface Steps {
  readonly enter: (session: Session) => void;
  readonly leave: (hasEnded: boolean) => void;
  readonly look: () => void;
}

function screenOf(state: SessionState, { enter, leave, look }: Steps) {
  switch (state.kind) {
    case 'loading':
      return <Loading />;
    case 'unreachable':
      return <Unreachable onRetry={look} />;
    case 'logged-out':
      return <LoginPage hasEnded={state.hasEnded} onLogin={enter} />;
    case 'logged-in':
      return (
        <SessionContext.Provider value={state.session}>
          <Suspense fallback={<Loading />}>
            <Shell onLogOut={() => leave(false)} />
          </Suspense>
        </SessionContext.Provider>
      );
  }
}
