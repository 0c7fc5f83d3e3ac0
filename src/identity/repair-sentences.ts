/**
 * What a repair says to people: a kind with what fills it in, for whoever has a language of their own, and the sentence in English made
 * from it. `statement` counts from 1.
 */

/** Absent where it is the policy of the bucket. */
interface NamedPolicy {
  readonly id: string;
  /** May be empty. */
  readonly name: string;
}

interface StatementPlace {
  readonly statement: number;
  readonly policy?: NamedPolicy;
  /** The statement names everybody. */
  readonly forEverybody?: true;
}

export type RepairSaying =
  | {
      readonly kind:
        | 'sign-as-owner'
        | 'use-server-root'
        | 'widen-session'
        | 'use-tls'
        | 'delete-bucket-policy'
        | 'open-firewall'
        | 'make-administrator';
    }
  | ({
      readonly kind: 'add-to-statement';
      readonly element: 'actions' | 'resources' | 'principals';
      readonly value: string;
    } & StatementPlace)
  /** `condition`: operator and key. */
  | ({
      readonly kind: 'extend-condition';
      readonly condition: string;
      readonly value: string;
    } & StatementPlace)
  | ({ readonly kind: 'drop-condition'; readonly condition: string } & StatementPlace)
  | ({ readonly kind: 'remove-statement' } & StatementPlace)
  | { readonly kind: 'detach-policy'; readonly policy: NamedPolicy }
  | { readonly kind: 'switch-off-block'; readonly name: string }
  | {
      readonly kind: 'attach-policy';
      readonly subject: string;
      readonly action: string;
      readonly resource: string;
    }
  /** `who`: `*` for everybody. */
  | { readonly kind: 'allow-in-bucket-policy'; readonly action: string; readonly who: string }
  | {
      readonly kind: 'grant-in-list';
      readonly list: 'object' | 'bucket';
      readonly permission: string;
      readonly account: string;
    };

/** Both members of a repair. */
export function saying(says: RepairSaying): { readonly says: RepairSaying; readonly sentence: string } {
  return { says, sentence: sentenceOf(says) };
}

function sentenceOf(says: RepairSaying): string {
  switch (says.kind) {
    case 'sign-as-owner':
      return 'Sign the request with a key of the account that owns the resource.';
    case 'use-server-root':
      return 'Use a key of the root user of the root account: nobody else administers the server.';
    case 'widen-session':
      return 'Begin the session with a policy that allows this, too.';
    case 'use-tls':
      return 'Send the request over TLS (https).';
    case 'delete-bucket-policy':
      return 'Delete the policy of the bucket: all it does is deny.';
    case 'open-firewall':
      return 'Let the firewall of the bucket admit the address that the request came from.';
    case 'make-administrator':
      return 'Make the user an administrator of the account.';
    case 'add-to-statement':
      return `Add ${says.value} to the ${says.element} of ${placeOf(says)}.${forEverybody(says)}`;
    case 'extend-condition': {
      const { condition, value } = says;
      return `Let the condition ${condition} of ${placeOf(says)} hold for ${JSON.stringify(value)}, too.${forEverybody(says)}`;
    }
    case 'drop-condition':
      return `Take the condition ${says.condition} out of ${placeOf(says)}.${forEverybody(says)}`;
    case 'remove-statement':
      return `Remove statement ${says.statement} from ${nameOf(says.policy)}, which denies it.`;
    case 'detach-policy':
      return `Detach ${nameOf(says.policy)}: all it does is deny.`;
    case 'switch-off-block':
      return `Switch ${says.name} off in the public access block of the bucket.`;
    case 'attach-policy':
      return `Attach a policy to ${says.subject} that allows ${says.action} on ${says.resource}.`;
    case 'allow-in-bucket-policy':
      return `Let the policy of the bucket allow ${says.action} to ${says.who === '*' ? 'everybody' : says.who}.`;
    case 'grant-in-list':
      return `Grant ${says.permission} on the ${says.list} to the account ${says.account}.`;
  }
}

function placeOf({ statement, policy }: StatementPlace): string {
  return `statement ${statement} of ${nameOf(policy)}`;
}

function nameOf(policy: NamedPolicy | undefined): string {
  if (policy === undefined) return 'the policy of the bucket';
  return `the policy ${policy.name === '' ? policy.id : JSON.stringify(policy.name)}`;
}

function forEverybody({ forEverybody: isForAll }: StatementPlace): string {
  return isForAll === true ? ' It is a statement for everybody.' : '';
}
