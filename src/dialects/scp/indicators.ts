/** `offering:account:name`, by which STS names roles and providers (build specification scp.md, section 4.1). */
import type { BodyMembers } from './body-members.ts';

export interface Indicator {
  readonly offering: string;
  readonly account: string;
  readonly name: string;
}

const FORM = /^[^:]+:[^:]+:[^:]+$/;
/** Section 4.1; the upper one is ours. */
const CHARACTERS = { min: 32, max: 256 };

export function readIndicator(members: BodyMembers, name: string): Indicator {
  const text = members.text(name, { ...CHARACTERS, pattern: FORM });
  const [offering = '', account = '', rest = ''] = text.split(':');
  return { offering, account, name: rest };
}

/** As the role attribute of an assertion writes it. */
export function formatIndicator({ offering, account, name }: Indicator): string {
  return `${offering}:${account}:${name}`;
}
