/** Settings of the Swift dialect (build specification nhn-openstack.md, section 14). */
import { parseOneOf, parseWholeNumber, splitList } from './parse-values.ts';
import { setting } from './setting.ts';
import { WrongValue } from './wrong-value.ts';

const DIGESTS = ['sha1', 'sha256', 'sha512'] as const;
/** NHN Cloud takes 500. Beyond this the counting would tell apart less than a microsecond holds. */
const WRITES_PER_SECOND_MAX = 1_000_000;
/** As long as NHN Cloud lets wait; clients give up beyond it. */
const DELAY_SECONDS_MAX = 60;
type Digest = (typeof DIGESTS)[number];

function parseDigests(text: string): Digest[] {
  return splitList(text.toLowerCase()).map((name) => {
    const digest = DIGESTS.find((known) => known === name);
    if (digest === undefined) throw new WrongValue(`digests, of ${DIGESTS.join(', ')}`);
    return digest;
  });
}

export const swiftSettings = {
  tempUrlDigests: setting({
    name: 'GOTGAN_TEMP_URL_DIGESTS',
    summary:
      'Swift: with which digests TempURLs and upload forms may be signed, comma separated: `sha256`, `sha512`, and `sha1`, ' +
      'which old clients need',
    fallback: 'sha256,sha512',
    parse: parseDigests,
  }),
  swiftAccountWrites: setting({
    name: 'GOTGAN_SWIFT_ACCOUNT_WRITES_PER_SECOND',
    summary:
      'Swift: requests that change something in one account, per second at each worker; `0`: no limit. NHN Cloud takes 500',
    fallback: '0',
    parse: (text) => parseWholeNumber(text, 0, WRITES_PER_SECOND_MAX),
  }),
  swiftContainerWrites: setting({
    name: 'GOTGAN_SWIFT_CONTAINER_WRITES_PER_SECOND',
    summary:
      'Swift: requests that change something in one container, per second at each worker; `0`: no limit',
    fallback: '0',
    parse: (text) => parseWholeNumber(text, 0, WRITES_PER_SECOND_MAX),
  }),
  swiftWriteDelaySeconds: setting({
    name: 'GOTGAN_SWIFT_WRITE_DELAY_SECONDS',
    summary: 'Swift: how long a request beyond a rate of writes may wait for its turn before it is refused',
    fallback: '60',
    parse: (text) => parseWholeNumber(text, 0, DELAY_SECONDS_MAX),
  }),
  swiftRateStatus: setting({
    name: 'GOTGAN_SWIFT_RATE_STATUS',
    summary: 'Swift: the status of a refusal by a rate of writes, `429`, or `498` as OpenStack answers',
    fallback: '429',
    parse: (text) => (parseOneOf(text, ['429', '498'] as const) === '429' ? 429 : 498),
  }),
};
