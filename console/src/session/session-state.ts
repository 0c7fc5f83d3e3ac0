/** Who is logged in, for the whole page. */
import { createContext, useContext } from 'react';
import type { Session } from '../api/session.ts';

export type SessionState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'unreachable' }
  /** `hasEnded`: there was a session. */
  | { readonly kind: 'logged-out'; readonly hasEnded: boolean }
  | { readonly kind: 'logged-in'; readonly session: Session };

export const SessionContext = createContext<Session | undefined>(undefined);

/** Only below a page that is shown to those who are logged in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('nobody is logged in');
  return session;
}
