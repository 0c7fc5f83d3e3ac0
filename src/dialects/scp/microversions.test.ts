import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createMicroversions, type ServiceVersion, statusOf, type VersionStatus } from './microversions.ts';

const at = (date: string) => Date.parse(date.includes('T') ? date : `${date}T00:00:00Z`) * 1000;
const TODAY = at('2026-11-21');
const lenient = createMicroversions([], false);
const strict = createMicroversions([], true);

const shown = (versions: ReturnType<typeof lenient.list>) =>
  versions.map(({ version, status, notBefore }) => `${version} ${status} ${notBefore ?? '-'}`);

describe('versions by the calendar', () => {
  it('stand as the specification says today, with the calendar enforced and without', () => {
    assert.deepEqual(shown(lenient.list('product', TODAY)), ['1.0 CURRENT -']);
    assert.deepEqual(shown(lenient.list('sts', TODAY)), ['1.1 CURRENT -', '1.0 DEPRECATED 2026-05-31']);
    assert.deepEqual(shown(strict.list('sts', TODAY)), ['1.1 CURRENT -']);
    assert.deepEqual(shown(lenient.list('iam', TODAY)), ['1.4 CURRENT -']);
  });

  it('retire on their day at 00:00 UTC', () => {
    const sts = (date: string) => shown(strict.list('sts', at(date)));
    assert.deepEqual(sts('2026-04-15'), ['1.1 CURRENT -', '1.0 DEPRECATED 2026-05-31']);
    assert.deepEqual(sts('2026-05-30T23:59:59Z'), ['1.1 CURRENT -', '1.0 DEPRECATED 2026-05-31']);
    assert.deepEqual(sts('2026-05-31'), ['1.1 CURRENT -']);
    // Ninety days before are not under ninety days.
    assert.deepEqual(sts('2026-03-02'), ['1.1 CURRENT -', '1.0 SUPPORTED 2026-05-31']);
    assert.deepEqual(sts('2026-03-03'), ['1.1 CURRENT -', '1.0 DEPRECATED 2026-05-31']);
  });

  it('have the statuses of the table of the real IAM', () => {
    const table: readonly (readonly [string, string | undefined, VersionStatus])[] = [
      ['1.4', undefined, 'CURRENT'],
      ['1.3', '2026-11-30', 'DEPRECATED'],
      ['1.2', '2026-09-30', 'RETIRED'],
      ['1.1', '2026-05-31', 'RETIRED'],
      ['1.0', '2026-02-23', 'RETIRED'],
    ];
    for (const [version, notBefore, status] of table) {
      const one: ServiceVersion = {
        version,
        isCurrent: notBefore === undefined,
        isPlanned: false,
        ...(notBefore === undefined ? {} : { notBefore }),
      };
      assert.equal(statusOf(one, TODAY, true), status, version);
    }
  });
});

describe('what a client asks for', () => {
  const ask = (
    header: string | undefined,
    versions = lenient,
    service: 'sts' | 'product' | 'iam' = 'sts',
  ) => {
    const chosen = versions.choose(service, header, TODAY);
    if (chosen.kind === 'version') return chosen.version.version;
    return chosen.kind === 'malformed' ? 'malformed' : `unsupported ${chosen.min}-${chosen.max}`;
  };

  it('is answered by the table of section 2.4', () => {
    for (const header of [undefined, '', '  ']) assert.equal(ask(header), '1.1');
    for (const header of ['sts 1.1', 'STS 1.1', '  sts   1.1 ', 'iam 1.4, sts 1.1', 'sts 1.01'])
      assert.equal(ask(header), '1.1', header);
    assert.equal(ask('iam 1.4'), '1.1');
    assert.equal(ask('sts 1.0'), '1.0');
    for (const header of [
      'sts one',
      'sts',
      '1.1',
      'sts 1.1 x',
      'sts 1.1,',
      'sts 1',
      'sts 1.1, sts 1.1',
      'sts 1.1111',
    ])
      assert.equal(ask(header), 'malformed', header);
    assert.equal(ask('sts 1.2'), 'unsupported 1.0-1.1');
    assert.equal(ask('sts 9.9'), 'unsupported 1.0-1.1');
    assert.equal(ask('sts 1.0', strict), 'unsupported 1.1-1.1');
  });

  it('can be moved on by the operator', () => {
    const moved = createMicroversions(
      [
        { service: 'sts', version: '1.2', state: 'current' },
        { service: 'sts', version: '1.1', notBefore: '2027-06-30' },
      ],
      true,
    );
    assert.deepEqual(shown(moved.list('sts', TODAY)), ['1.2 CURRENT -', '1.1 SUPPORTED 2027-06-30']);
    assert.equal(ask(undefined, moved), '1.2');
    assert.equal(ask('sts 1.2', moved), '1.2');
    assert.equal(ask('product 1.0', moved, 'product'), '1.0');
  });

  it('never fails', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('sts', 'product', 'iam'), (header, service) => {
        assert.ok(lenient.choose(service, header, TODAY));
      }),
    );
  });
});
