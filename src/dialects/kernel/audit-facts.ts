/**
 * What the audit log is to know of a call that changes who may do what, or that proves who somebody is, beyond what the log knows of
 * every call. Never a secret: not a password, not a token, not the name somebody typed who does not exist (it may be a password).
 */
export interface AuditFacts {
  /** What it is about, by kind: `{account: 'acme', user: 'kim'}`. */
  target: Readonly<Record<string, string>>;
  /** Who logged in, or tried to; ids. */
  userId?: string;
  accountId?: string;
  /** Why not, where the answer must not say it. */
  reason?: string;
}
