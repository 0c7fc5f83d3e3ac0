/**
 * ListLegalHolds of IBM (ibm-cos.md, section 9.7). IBM's documents call the list LegalHoldSet, its SDKs read LegalHolds: it is shown
 * under both names.
 */
import type { NamedHold, ObjectVersion } from '../../../core/model.ts';
import { element, parent } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { resultDocument } from '../result-document.ts';
import { periodOf, shownDate } from '../retention-headers.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

export const listLegalHolds = defineOperation<S3Call, S3Services, undefined, ObjectVersion>({
  name: 'ListLegalHolds',
  summary: 'Shows the retention of an object and the legal holds on it.',
  route: { method: 'GET', resource: 'object', query: ['legalHold'] },
  permissions: [{ action: 'object:read-named-holds', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run({ store }, _input, { bucket, key }) {
    const { version } = await store.headObject({ bucket, key, conditions: {}, asStored: true });
    return version;
  },
  encode({ protection, lastModifiedMicros }, call) {
    const retention = protection?.retention;
    if (retention?.mode !== 'retention') throw new S3Error('NoSuchObjectLockConfiguration');
    const { until } = retention;
    const holds = (protection?.holds ?? []).map(holdXml).join('');
    return resultDocument(
      call,
      'RetentionState',
      element('CreateTime', shownDate(lastModifiedMicros)) +
        element('RetentionPeriod', `${periodOf(until, lastModifiedMicros)}`) +
        (typeof until === 'number' ? element('RetentionPeriodExpirationDate', shownDate(until)) : '') +
        parent('LegalHoldSet', holds) +
        parent('LegalHolds', holds),
    );
  },
});

function holdXml({ id, addedAtMicros }: NamedHold): string {
  return parent('LegalHold', element('ID', id) + element('Date', shownDate(addedAtMicros)));
}
