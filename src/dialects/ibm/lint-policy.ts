/**
 * What is probably a mistake in a policy that is being made (ibm-cos.md, 6.1). IBM takes such policies without a word, and so do we,
 * because tools depend on it: the answer says it in `Warning` fields.
 */
import { actionNamesOf, type IbmPolicyDocument } from '../../identity/ibm-policies.ts';
import { describeTarget, type TargetMistake } from '../../identity/ibm-target-mistakes.ts';
import type { IbmServices } from './ibm-call.ts';

const WARNING = '299 gotgan';

/** Values of `Warning` fields (RFC 7234, section 5.5). */
export async function lintWarnings(
  { store }: Pick<IbmServices, 'store'>,
  accountId: string,
  document: IbmPolicyDocument,
): Promise<readonly string[]> {
  const mistakes: readonly TargetMistake[] = describeTarget(document);
  const sentences = mistakes.map(({ sentence }) => sentence);
  const bucket = bucketOf(document);
  const isPlausible = bucket !== undefined && mistakes.length === 0;
  if (isPlausible && !(await bucketExists(store, accountId, bucket))) {
    sentences.push(`There is no bucket ${bucket} in this account now.`);
  }
  if (bucket !== undefined && !hasServiceRole(document)) {
    sentences.push('Platform roles open no data: add a service role, such as Reader.');
  }
  return sentences.map((sentence) => `${WARNING} ${quoted(sentence)}`);
}

function bucketOf({ resource }: IbmPolicyDocument): string | undefined {
  const found = resource.find(({ key, operator }) => key === 'resource' && operator === 'stringEquals');
  return typeof found?.value === 'string' ? found.value : undefined;
}

function hasServiceRole({ roles }: IbmPolicyDocument): boolean {
  return roles.flatMap(actionNamesOf).some((name) => name.startsWith('cloud-object-storage.'));
}

async function bucketExists(store: IbmServices['store'], accountId: string, name: string): Promise<boolean> {
  const { buckets } = await store.listBuckets({ account: accountId, prefix: name, after: '', limit: 1 });
  return buckets[0]?.name === name;
}

/** Header fields hold ASCII. */
function quoted(sentence: string): string {
  return JSON.stringify(sentence).replace(/[^\x20-\x7e]/g, '?');
}
