/** Whom policies and memberships of groups are about, as text: in records, keys and APIs alike. */

/** Ids as in the records. `public`: everybody, also without a proof of identity. */
export type Subject = 'public' | `${SubjectKind}:${string}`;

export type SubjectKind = 'user' | 'service' | 'role' | 'group';

const SUBJECT = /^(user|service|role|group):([0-9a-f-]{32,36})$/;

/** Undefined for what is none, and for `public`, which is nobody in particular. */
export function parseSubject(text: string): { readonly kind: SubjectKind; readonly id: string } | undefined {
  const [, kind, id] = SUBJECT.exec(text) ?? [];
  return kind === undefined || id === undefined ? undefined : { kind: kind as SubjectKind, id };
}
