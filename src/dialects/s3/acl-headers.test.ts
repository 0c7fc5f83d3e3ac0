import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeAcl } from '../../identity/acl.ts';
import type { AccountRecord, UserRecord } from '../../identity/principal.ts';
import { defaultInstances } from '../../identity/service-instances.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { type AclSubject, aclDocument, readAclHeaders } from './acl-headers.ts';
import { chooseAclRequest } from './acl-request.ts';
import { aclContent } from './acl-xml.ts';
import { type AccountDirectory, loadPersonsInAcl, type OwningCall } from './grantees.ts';
import { S3Error } from './s3-errors.ts';
import { type S3FlavourName, s3Flavours } from './s3-flavours.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const BUCKET: AclSubject = { kind: 'bucket', owner: A };
const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';

const directory: AccountDirectory = {
  async findAccount(id) {
    const account: AccountRecord = { id, name: `name of ${id[0]}`, enabled: true, createdAtMicros: 0 };
    // Accounts are found by name too, which is not what a grant names.
    if (id === 'b-team') return { ...account, id: B };
    return id === A || id === B ? account : undefined;
  },
  async findUserByEmail(email) {
    const user: UserRecord = {
      id: 'e'.repeat(32),
      accountId: B,
      name: 'bea',
      displayName: 'Bea',
      email,
      isRoot: false,
      enabled: true,
      createdAtMicros: 0,
    };
    return email === 'bea@example.com' ? user : undefined;
  },
};

function asking(fields: Readonly<Record<string, string>>) {
  const headers: WireHeaders = {
    get: (name) => fields[name],
    has: (name) => fields[name] !== undefined,
    count: (name) => (fields[name] === undefined ? 0 : 1),
    names: () => Object.keys(fields),
  };
  return { request: { headers }, flavour: s3Flavours.nhn };
}

const owningCall = (flavour: S3FlavourName): OwningCall => ({
  flavour: s3Flavours[flavour],
  bucket: {
    id: 1,
    account: A,
    place: 'KR1',
    name: 'bucket',
    createdAtMicros: 0,
    versioning: 'unversioned',
    claimed: true,
    documents: {},
    recordVersion: 1,
  },
  instanceOf: ({ account }) => defaultInstances.defaultOf(account),
});

const storedFor = (fields: Readonly<Record<string, string>>, subject: AclSubject = BUCKET) =>
  aclDocument(readAclHeaders(asking(fields), subject.kind), subject, directory);

const policy = (grants: string, owner = `<Owner><ID>${A}</ID></Owner>`) =>
  `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${owner}` +
  `<AccessControlList>${grants}</AccessControlList></AccessControlPolicy>`;

const grant = (type: string, content: string, permission = 'READ') =>
  `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${content}</Grantee>` +
  `<Permission>${permission}</Permission></Grant>`;

const storedForXml = async (xml: string, flavour: S3FlavourName = 'nhn') =>
  aclDocument(chooseAclRequest(Buffer.from(xml), undefined, owningCall(flavour)), BUCKET, directory);

/** Code and fields of the error that something throws or rejects with. */
async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return [error.code, ...error.fields.map(([name, value]) => `${name}=${value}`)].join(' ');
  }
  return 'accepted';
}

describe('headers', () => {
  test('none asks for nothing', async () => {
    assert.equal(readAclHeaders(asking({}), 'object'), undefined);
    assert.equal(await storedFor({}), null);
  });

  test('a canned list', async () => {
    assert.equal(await storedFor({ 'x-amz-acl': 'private' }), null);
    assert.equal(await storedFor({ 'x-amz-acl': 'public-read' }), `{"v":1,"g":[["R","all"],["F","${A}"]]}`);
    assert.equal(
      await storedFor({ 'x-amz-acl': 'bucket-owner-read' }, { kind: 'object', owner: B, bucketOwner: A }),
      `{"v":1,"g":[["F","${B}"],["R","${A}"]]}`,
    );
  });

  test('names that are none, or none here', async () => {
    const refusalOf = (name: string, kind: AclSubject['kind']) =>
      refusal(() => readAclHeaders(asking({ 'x-amz-acl': name }), kind));
    const invalid = (name: string) => `InvalidArgument ArgumentName=x-amz-acl ArgumentValue=${name}`;
    assert.equal(await refusalOf('public', 'bucket'), invalid('public'));
    assert.equal(await refusalOf('Private', 'bucket'), invalid('Private'));
    assert.equal(await refusalOf('', 'object'), invalid(''));
    assert.equal(await refusalOf('log-delivery-write', 'object'), invalid('log-delivery-write'));
    assert.equal(await refusalOf('log-delivery-write', 'bucket'), 'accepted');
    assert.match(await refusalOf('aws-exec-read', 'bucket'), /^NotImplemented Header=x-amz-acl/);
  });

  test('grants by id, URI and e-mail address, with and without quotes', async () => {
    assert.equal(
      await storedFor({
        'x-amz-grant-full-control': `id=${B}`,
        'x-amz-grant-read': `uri="${ALL_USERS}", emailAddress="bea@example.com",ID='${A}'`,
        'x-amz-grant-write-acp': `id="${B}"`,
      }),
      `{"v":1,"g":[["R","all"],["R","${B}"],["R","${A}"],["WA","${B}"],["F","${B}"]]}`,
    );
    assert.equal(
      await storedFor({ 'x-amz-grant-write': `uri=${ALL_USERS}`, 'x-amz-grant-read-acp': `id=${A}` }),
      `{"v":1,"g":[["W","all"],["RA","${A}"]]}`,
    );
  });

  test('canned and grants together', async () => {
    const both = { 'x-amz-acl': 'private', 'x-amz-grant-read': `id=${B}` };
    assert.equal(await refusal(() => readAclHeaders(asking(both), 'bucket')), 'InvalidRequest');
  });

  test('values of another form', async () => {
    for (const value of [
      '',
      B,
      'id',
      'id=',
      `id=${B} id=${A}`,
      `name=${B}`,
      `id="${B}`,
      ',',
      `id=${B},,id=${A}`,
    ]) {
      const refused = await refusal(() => readAclHeaders(asking({ 'x-amz-grant-read': value }), 'bucket'));
      assert.equal(refused, `InvalidArgument ArgumentName=x-amz-grant-read ArgumentValue=${value}`, value);
    }
  });

  test('grantees that nobody is', async () => {
    const stranger = 'f'.repeat(32);
    assert.equal(
      await refusal(() => storedFor({ 'x-amz-grant-read': `id=${stranger}` })),
      `InvalidArgument ArgumentName=CanonicalUser/ID ArgumentValue=${stranger}`,
    );
    assert.equal(
      await refusal(() => storedFor({ 'x-amz-grant-read': 'id=b-team' })),
      'InvalidArgument ArgumentName=CanonicalUser/ID ArgumentValue=b-team',
    );
    assert.equal(
      await refusal(() => storedFor({ 'x-amz-grant-read': 'uri=http://example.com/everybody' })),
      'InvalidArgument ArgumentName=Group/URI ArgumentValue=http://example.com/everybody',
    );
    assert.equal(
      await refusal(() => storedFor({ 'x-amz-grant-read': 'emailAddress=nobody@example.com' })),
      'UnresolvableGrantByEmailAddress EmailAddress=nobody@example.com',
    );
  });

  test('more than a hundred grants', async () => {
    const many = (count: number) => Array.from({ length: count }, () => `id=${B}`).join(',');
    assert.equal(await refusal(() => storedFor({ 'x-amz-grant-read': many(101) })), 'MalformedACLError');
    assert.equal(await refusal(() => storedFor({ 'x-amz-grant-read': many(100) })), 'accepted');
  });

  test('no value takes long or fails otherwise', () => {
    const pieces = fc.constantFrom(
      'id',
      '=',
      ',',
      '"',
      "'",
      ' ',
      B,
      'uri',
      ALL_USERS,
      '\t',
      '\\',
      'emailAddress',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 200 }), (parts) => {
        try {
          readAclHeaders(asking({ 'x-amz-grant-read': parts.join('') }), 'bucket');
        } catch (error) {
          assert.ok(error instanceof S3Error);
        }
      }),
    );
  });
});

describe('documents', () => {
  test('all kinds of grantees', async () => {
    const xml = policy(
      grant('CanonicalUser', `<ID>${A}</ID><DisplayName>whatever</DisplayName>`, 'FULL_CONTROL') +
        grant('AmazonCustomerByEmail', '<EmailAddress>bea@example.com</EmailAddress>', 'WRITE_ACP') +
        grant('Group', `<URI>${ALL_USERS}</URI>`),
    );
    assert.equal(await storedForXml(xml), `{"v":1,"g":[["R","all"],["F","${A}"],["WA","${B}"]]}`);
  });

  test('a list without grants takes everything away but ownership', async () => {
    assert.equal(await storedForXml(policy('')), '{"v":1,"g":[]}');
  });

  test('the prefix of the type is the document’s own', async () => {
    const xml = policy(grant('Group', `<URI>${ALL_USERS}</URI>`)).replaceAll('xsi', 'i');
    assert.equal(await storedForXml(xml), '{"v":1,"g":[["R","all"]]}');
  });

  test('what is shown is read back as the same list', async () => {
    const stored = await storedFor({
      'x-amz-grant-read': `uri="${ALL_USERS}",id=${B}`,
      'x-amz-grant-full-control': `id=${A}`,
    });
    const acl = decodeAcl(stored ?? undefined, A);
    const services = { accounts: directory, instances: defaultInstances };
    const content = aclContent(A, acl, await loadPersonsInAcl(A, acl, services, owningCall('nhn')));
    assert.match(content, new RegExp(`^<Owner><ID>${A}</ID><DisplayName>name of a</DisplayName></Owner>`));
    assert.equal(await storedForXml(`<AccessControlPolicy>${content}</AccessControlPolicy>`), stored);
  });

  test('at IBM the owner is a service instance, in what is shown and in what is sent', async () => {
    const acl = decodeAcl(undefined, A);
    const services = { accounts: directory, instances: defaultInstances };
    const content = aclContent(A, acl, await loadPersonsInAcl(A, acl, services, owningCall('ibm')));
    const guid = defaultInstances.defaultOf(A);
    assert.match(content, new RegExp(`^<Owner><ID>${guid}</ID><DisplayName>${guid}</DisplayName></Owner>`));
    const sent = `<AccessControlPolicy>${content}</AccessControlPolicy>`;
    assert.equal(await storedForXml(sent, 'ibm'), await storedForXml(sent.replaceAll(guid, A)));
    assert.equal(await refusal(() => storedForXml(sent)), 'AccessDenied');
  });

  test('documents of another form', async () => {
    const one = grant('CanonicalUser', `<ID>${B}</ID>`);
    const malformed: Readonly<Record<string, string>> = {
      'no owner': policy(one, ''),
      'an owner without an id': policy(one, '<Owner><DisplayName>a</DisplayName></Owner>'),
      'no list': `<AccessControlPolicy><Owner><ID>${A}</ID></Owner></AccessControlPolicy>`,
      'an unknown element': policy(`${one}<Deny/>`),
      'an unknown permission': policy(grant('CanonicalUser', `<ID>${B}</ID>`, 'EVERYTHING')),
      'a permission in lower case': policy(grant('CanonicalUser', `<ID>${B}</ID>`, 'read')),
      'an unknown type': policy(grant('Somebody', `<ID>${B}</ID>`)),
      'no type': policy(`<Grant><Grantee><ID>${B}</ID></Grantee><Permission>READ</Permission></Grant>`),
      'a user without an id': policy(grant('CanonicalUser', `<URI>${ALL_USERS}</URI>`)),
      'a group without a URI': policy(grant('Group', `<ID>${B}</ID>`)),
      'an address without an address': policy(grant('AmazonCustomerByEmail', `<ID>${B}</ID>`)),
      'two permissions': policy(one.replace('</Grant>', '<Permission>WRITE</Permission></Grant>')),
      'a hundred and one grants': policy(one.repeat(101)),
    };
    for (const [what, xml] of Object.entries(malformed)) {
      assert.equal(await refusal(() => storedForXml(xml)), 'MalformedACLError', what);
    }
    assert.equal(await refusal(() => storedForXml(policy(one.repeat(100)))), 'accepted');
    assert.equal(await refusal(() => storedForXml('<AccessControlPolicy>')), 'MalformedXML');
    assert.equal(await refusal(() => storedForXml('<Delete/>')), 'MalformedXML');
  });

  test('ownership is not given away, and grantees must exist', async () => {
    const one = grant('CanonicalUser', `<ID>${B}</ID>`);
    assert.equal(
      await refusal(() => storedForXml(policy(one, `<Owner><ID>${B}</ID></Owner>`))),
      'AccessDenied',
    );
    assert.equal(
      await refusal(() => storedForXml(policy(grant('CanonicalUser', '<ID>_foo</ID>')))),
      'InvalidArgument ArgumentName=CanonicalUser/ID ArgumentValue=_foo',
    );
  });

  test('exactly one of headers and document', async () => {
    const canned = readAclHeaders(asking({ 'x-amz-acl': 'private' }), 'bucket');
    const nhnCall = owningCall('nhn');
    assert.equal(
      await refusal(() => chooseAclRequest(Buffer.from(policy('')), canned, nhnCall)),
      'UnexpectedContent',
    );
    assert.equal(
      await refusal(() => chooseAclRequest(Buffer.alloc(0), undefined, nhnCall)),
      'MissingSecurityHeader MissingHeaderName=x-amz-acl',
    );
    assert.deepEqual(chooseAclRequest(Buffer.alloc(0), canned, nhnCall), canned);
  });
});
