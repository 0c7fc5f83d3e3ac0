/**
 * What a request says to the conditions of policies (IAM User Guide, "AWS global condition context keys"). Policies of buckets count at
 * this door too; the keys are S3's, answered from what a Swift request has for them. Looked up when a condition asks.
 */
import { SCP_REGION_KEY } from '../../identity/policy-condition-keys.ts';
import type { ConditionValues } from '../../identity/policy-conditions.ts';
import type { AskingCall } from './authorise-call.ts';

export class RequestConditions implements ConditionValues {
  readonly #call: AskingCall;
  readonly #key: string | undefined;

  constructor(call: AskingCall, key: string | undefined) {
    this.#call = call;
    this.#key = key;
  }

  get(key: string): string | undefined {
    const { request, query, place, scpRegion } = this.#call;
    switch (key) {
      case 'aws:sourceip':
        return request.remoteAddress;
      case 'aws:securetransport':
        return String(request.isSecure);
      case 'aws:currenttime':
        return new Date(request.receivedAtMicros / 1000).toISOString();
      case 'aws:epochtime':
        return String(Math.floor(request.receivedAtMicros / 1e6));
      case 'aws:useragent':
        return request.headers.get('user-agent');
      case 'aws:referer':
        return request.headers.get('referer');
      case 'aws:requestedregion':
        return place;
      case SCP_REGION_KEY:
        return scpRegion;
      case 's3:prefix':
        return this.#key === undefined ? (query.get('prefix') ?? '') : undefined;
      case 's3:delimiter':
        return query.get('delimiter');
      case 's3:max-keys':
        return query.get('limit');
      default:
        return undefined;
    }
  }
}
