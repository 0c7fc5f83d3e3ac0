/** Settings of the Swift dialect (build specification nhn-openstack.md, section 14). */
import { splitList } from './parse-values.ts';
import { setting } from './setting.ts';
import { WrongValue } from './wrong-value.ts';

const DIGESTS = ['sha1', 'sha256', 'sha512'] as const;
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
};
