/** What a request says to the conditions of policies. */
import { SCP_REGION_KEY } from '../../identity/policy-condition-keys.ts';
import type { ConditionValues } from '../../identity/policy-conditions.ts';
import type { WireRequest } from '../kernel/wire.ts';

export class RequestValues implements ConditionValues {
  readonly #request: Pick<WireRequest, 'headers' | 'remoteAddress' | 'isSecure' | 'receivedAtMicros'>;
  readonly #region: string;
  readonly #more: ReadonlyMap<string, string>;

  /** `region`: what the platform calls the place. `more`: by key in lower case. */
  constructor(
    request: Pick<WireRequest, 'headers' | 'remoteAddress' | 'isSecure' | 'receivedAtMicros'>,
    region: string,
    more: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#request = request;
    this.#region = region;
    this.#more = more;
  }

  get(key: string): string | undefined {
    const { headers, remoteAddress, isSecure, receivedAtMicros } = this.#request;
    switch (key) {
      case 'aws:sourceip':
        return remoteAddress;
      case 'aws:securetransport':
        return String(isSecure);
      case 'aws:currenttime':
        return new Date(receivedAtMicros / 1000).toISOString();
      case 'aws:epochtime':
        return String(Math.floor(receivedAtMicros / 1e6));
      case 'aws:useragent':
        return headers.get('user-agent');
      case SCP_REGION_KEY:
        return this.#region;
      default:
        return this.#more.get(key);
    }
  }
}
