/** What names and keys may look like. Wider than any one API: the dialects narrow it. Throws `IdentityError` InvalidValue. */
import { IdentityError } from './identity-errors.ts';

const NAME = /^[^\s/:,\p{C}](?:[^/:,\p{C}]{0,62}[^\s/:,\p{C}])?$/u;
const EMAIL = /^[^\s@,\p{C}]{1,64}@[^\s@,\p{C}]{1,189}$/u;
const ID = /^[0-9a-f]{32}$/;
const ACCESS_KEY_ID = /^[\w.~+=@-]{1,128}$/;
const SECRET = /^[\x21-\x7e]{1,256}$/;
const PASSWORD = /^[^\p{C}]{8,256}$/u;
/** Of records that no path and no header names. */
const LABEL = /^[^\p{C}]{1,256}$/u;
const DESCRIPTION = /^[^\p{Cc}\p{Cs}]{0,1000}$/u;
/** AWS, AssumeRole and CreateRole: the characters of both names. */
const SESSION_NAME = /^[\w+=,.@-]{1,64}$/;
const DISPLAY_NAME = /^[^\p{C}]{0,128}$/u;

const rules = {
  name: { pattern: NAME, expected: '1 to 64 characters without / : , and without blanks at the ends' },
  id: { pattern: ID, expected: '32 lower-case hexadecimal characters' },
  displayName: { pattern: DISPLAY_NAME, expected: 'at most 128 printable characters' },
  email: { pattern: EMAIL, expected: 'an e-mail address' },
  label: { pattern: LABEL, expected: '1 to 256 printable characters' },
  description: { pattern: DESCRIPTION, expected: 'at most 1000 printable characters' },
  sessionName: { pattern: SESSION_NAME, expected: '1 to 64 letters, digits and + = , . @ _ -' },
  accessKeyId: { pattern: ACCESS_KEY_ID, expected: 'at most 128 letters, digits and . _ ~ + = @ -' },
  password: { pattern: PASSWORD, expected: '8 to 256 printable characters' },
  secretKey: { pattern: SECRET, expected: 'at most 256 printable ASCII characters without blanks' },
} as const;

export function checkValue(what: keyof typeof rules, value: string): string {
  const { pattern, expected } = rules[what];
  const normal = value.normalize('NFC');
  if (!pattern.test(normal)) throw new IdentityError('InvalidValue', { what, expected });
  return normal;
}

/** The same changes, with name and description as they are to be stored. */
export function checkNames<C extends { readonly name?: string; readonly description?: string }>(
  changes: C,
): C {
  const { name, description } = changes;
  return {
    ...changes,
    ...(name !== undefined && { name: checkValue('label', name) }),
    ...(description !== undefined && { description: checkValue('description', description) }),
  };
}
