import { sendJson, sendRequest } from './send-request.ts';

export interface Session {
  readonly csrfToken: string;
  readonly expiresAt: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly displayName: string;
    readonly role: 'admin' | 'operator' | 'member';
  };
  readonly isServerAdmin: boolean;
  /** The pair that was used to log in. */
  readonly accessKey?: string;
  readonly places: readonly { readonly region: string; readonly url: string }[];
  readonly controlUrl: string;
  readonly version: string;
}

export type Login =
  | { readonly user: string; readonly password: string; readonly account?: string }
  | { readonly accessKey: string; readonly secretKey: string }
  | { readonly apiKey: string };

/** `session`: null when nobody is logged in; `hasEnded`: somebody was. */
export interface FoundSession {
  readonly session: Session | null;
  readonly hasEnded?: boolean;
}

export function readSession(): Promise<FoundSession> {
  return sendJson('GET', 'session');
}

export async function logIn(login: Login): Promise<Session> {
  return (await sendJson<{ session: Session }>('POST', 'session', login)).session;
}

export async function logOut(): Promise<void> {
  await sendRequest('session', { method: 'DELETE' });
}
