/**
 * What a request says to the conditions of policies (IAM User Guide, "AWS global condition context keys"). Policies of buckets count at
 * this door too; the keys are S3's, answered from what a Swift request has for them. Looked up when a condition asks.
 */
import type { ConditionValues } from '../../identity/policy-conditions.ts';
import { globalCondition } from '../kernel/global-conditions.ts';
import type { AskingCall } from './authorise-call.ts';

export class RequestConditions implements ConditionValues {
  readonly #call: AskingCall;
  readonly #key: string | undefined;

  constructor(call: AskingCall, key: string | undefined) {
    this.#call = call;
    this.#key = key;
  }

  get(key: string): string | undefined {
    const { query } = this.#call;
    switch (key) {
      case 's3:prefix':
        return this.#key === undefined ? (query.get('prefix') ?? '') : undefined;
      case 's3:delimiter':
        return query.get('delimiter');
      case 's3:max-keys':
        return query.get('limit');
      default:
        return globalCondition(key, this.#call);
    }
  }
}
