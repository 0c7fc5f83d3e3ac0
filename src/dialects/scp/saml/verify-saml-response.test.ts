// The table of scp.md, section 7.3, and what else has been used against readers of SAML.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  algorithms,
  type SamlParts,
  SamlProvider,
  type SigningRules,
  toBase64,
  writeResponse,
} from '../../../../test/support/saml-provider.ts';
import { makeCertificate } from '../../../../test/support/self-signed-certificate.ts';
import { SamlRefusal, type SamlRefusalKind } from './saml-refusal.ts';
import { type SamlVerification, verifySamlResponse } from './verify-saml-response.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');
const ACS = 'https://sts.e.example.test/saml/acs/0123456789abcdef0123456789abcdef';
const ALIAS = 'https://e.example.test/saml';
const AUDIENCE = 'urn:scp:sts:e';

const provider = new SamlProvider('https://idp.example.test/metadata');
const stranger = new SamlProvider('https://idp.example.test/metadata', makeCertificate('evil.example.test'));

const rules: SamlVerification = {
  issuer: provider.issuer,
  acsUrl: ACS,
  destinationAliases: [ALIAS],
  audience: AUDIENCE,
  clockSkewMicros: 60_000_000,
  maxAgeMicros: 300_000_000,
  certificates: [provider.certificate.certificatePem],
};

const parts = (changes: Partial<SamlParts> = {}): SamlParts => ({
  nowMillis: NOW,
  issuer: provider.issuer,
  acsUrl: ACS,
  audience: AUDIENCE,
  roles: ['e:a:role,e:a:provider'],
  ...changes,
});

const respond = (changes: Partial<SamlParts> = {}, signing: SigningRules = {}): string =>
  provider.respond(parts(changes), signing);

const verify = (text: string, at = NOW, changes: Partial<SamlVerification> = {}) =>
  verifySamlResponse(text, { ...rules, ...changes }, at * 1000);

async function verdictOf(text: string, at = NOW): Promise<SamlRefusalKind | 'accepted'> {
  try {
    await verify(text, at);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof SamlRefusal, String(error));
    return error.kind;
  }
}

async function refused(text: string, kind: SamlRefusalKind, reason?: RegExp): Promise<void> {
  await assert.rejects(verify(text), (error: unknown) => {
    assert.ok(error instanceof SamlRefusal, String(error));
    assert.equal(error.kind, kind, error.reason);
    if (reason !== undefined) assert.match(error.reason, reason);
    return true;
  });
}

const xmlOf = (base64: string) => Buffer.from(base64, 'base64').toString();
const changed = (base64: string, from: string | RegExp, to: string): string => {
  const xml = xmlOf(base64);
  const after = xml.replace(from, to);
  assert.notEqual(after, xml, 'nothing was changed');
  return toBase64(after);
};

describe('a good response', () => {
  for (const signs of ['assertion', 'response', 'both'] as const) {
    it(`is accepted when the provider signs: ${signs}`, async () => {
      const assertion = await verify(
        respond({ assertionId: '_a1', sessionEnd: '2026-11-21T10:00:00Z', sessionName: 'kim' }, { signs }),
      );
      assert.deepEqual(assertion, {
        id: '_a1',
        issuer: provider.issuer,
        subject: 'kim@corp.example',
        subjectFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        nameQualifier: undefined,
        recipient: ACS,
        usableUntilMicros: (NOW + 360_000) * 1000,
        sessionEndsAtMicros: Date.parse('2026-11-21T10:00:00Z') * 1000,
        attributes: new Map([
          ['https://aws.amazon.com/SAML/Attributes/Role', ['e:a:role,e:a:provider']],
          ['https://aws.amazon.com/SAML/Attributes/RoleSessionName', ['kim']],
        ]),
      });
    });
  }

  it('may be wrapped in lines, have a declaration, and be signed with SHA-512', async () => {
    const lines = respond().replace(/.{76}/g, '$&\r\n');
    assert.equal(await verdictOf(lines), 'accepted');
    const declared = toBase64(`<?xml version="1.0" encoding="UTF-8"?>${xmlOf(respond())}`);
    assert.equal(await verdictOf(declared), 'accepted');
    const sha512 = { signatureAlgorithm: algorithms.rsaSha512, digestAlgorithm: algorithms.sha512 };
    assert.equal(await verdictOf(respond({}, sha512)), 'accepted');
  });

  it('is accepted with any of the certificates of the provider', async () => {
    const old = makeCertificate('idp.example.test').certificatePem;
    const certificates = [old, provider.certificate.certificatePem];
    assert.ok(await verify(respond(), NOW, { certificates }));
    await assert.rejects(verify(respond(), NOW, { certificates: [old] }), SamlRefusal);
  });

  it('names its subject as it is written', async () => {
    const named = await verify(respond({ subject: 'a&amp;b &lt;c&gt;', subjectFormat: null }));
    assert.deepEqual([named.subject, named.subjectFormat], ['a&b <c>', undefined]);
  });
});

describe('the text', () => {
  it('is strict base64 of UTF-8, not too long', async () => {
    for (const text of [
      '',
      '   ',
      'not base64!',
      '====',
      'QUJD=',
      'QUI',
      `${respond()}A`,
      respond().replace(/.$/, '-'),
    ])
      await refused(text, 'invalid');
    await refused('A'.repeat(131_073), 'invalid', /too long/);
    await refused(Buffer.from([0x3c, 0xff, 0xfe]).toString('base64'), 'invalid', /UTF-8/);
    await refused(Buffer.from('hello').toString('base64'), 'invalid');
  });

  it('holds no document type, entity, comment, CDATA or instruction', async () => {
    const good = respond();
    await refused(toBase64(`<!DOCTYPE x [<!ENTITY e "kim">]>${xmlOf(good)}`), 'invalid', /declaration/);
    await refused(changed(good, '</samlp:Response>', '<!-- x --></samlp:Response>'), 'invalid');
    await refused(changed(good, 'kim@corp', 'kim<!-- -->@corp'), 'invalid');
    await refused(changed(good, 'kim@corp', '<![CDATA[kim]]>@corp'), 'invalid');
    await refused(changed(good, '<samlp:Status>', '<?php x?><samlp:Status>'), 'invalid', /instruction/);
    const digest = /(<ds:DigestValue>)/;
    await refused(changed(good, digest, '$1<!-- forged -->'), 'invalid');
    const beforeSigning = provider.sign(
      writeResponse(parts({ subject: 'admin@corp.example<!-- -->.evil.example' })),
    );
    await refused(toBase64(beforeSigning), 'invalid');
  });
});

describe('the structure', () => {
  const bare = (xml: string) => /<saml:Assertion.*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';

  it('is a Response with one assertion in its place', async () => {
    const good = xmlOf(respond());
    const alone = bare(good).replace(
      '<saml:Assertion ',
      '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ',
    );
    await refused(toBase64(alone), 'invalid', /no Response/);
    const twice = good.replace('</samlp:Response>', `${bare(good)}</samlp:Response>`);
    await refused(toBase64(twice), 'invalid', /exactly one assertion/);
    await refused(toBase64(good.replace(bare(good), '')), 'invalid', /exactly one assertion/);
    const deeper = good.replace(bare(good), `<samlp:Extensions>${bare(good)}</samlp:Extensions>`);
    await refused(toBase64(deeper), 'invalid', /not in its place/);
    await refused(changed(respond(), 'Version="2.0"', 'Version="1.1"'), 'invalid');
    const otherSpace = good.replace(
      'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"',
      'xmlns:samlp="urn:x"',
    );
    await refused(toBase64(otherSpace), 'invalid', /no Response/);
  });

  it('has every ID once', async () => {
    const good = respond({ assertionId: '_a7' });
    await refused(changed(good, '<samlp:Status>', '<samlp:Status ID="_a7">'), 'invalid', /repeated/);
    await refused(changed(good, '<samlp:Status>', '<samlp:Status xml:id="_a7">'), 'invalid', /repeated/);
  });

  it('is not encrypted', async () => {
    const encrypted = '<saml:EncryptedAssertion>x</saml:EncryptedAssertion>';
    await refused(respond({ extensions: encrypted }), 'invalid', /encrypted/);
  });

  it('says that all went well', async () => {
    const status = 'urn:oasis:names:tc:SAML:2.0:status:Responder';
    await refused(respond({ status }), 'invalid', /status/);
    await refused(respond({ status }, { signs: 'response' }), 'invalid', /status/);
  });
});

describe('the signature', () => {
  it('is there', async () => {
    await refused(respond({}, { signs: 'nothing' }), 'invalid', /nothing is signed/);
  });

  it('is made with the key of the provider, whatever certificate it shows', async () => {
    for (const signs of ['assertion', 'response'] as const) {
      const forged = { signs, certificate: stranger.certificate, showsCertificate: true };
      await refused(respond({}, forged), 'invalid', /signature/);
    }
    const shown = respond({}, { showsCertificate: true });
    assert.equal(await verdictOf(shown), 'accepted');
  });

  it('holds over every byte', async () => {
    const good = respond();
    await refused(changed(good, 'kim@corp', 'lee@corp'), 'invalid', /signature/);
    await refused(changed(good, 'e:a:role', 'e:a:root'), 'invalid', /signature/);
    const response = respond({}, { signs: 'response' });
    await refused(changed(response, 'Destination="https', 'Destination="http'), 'invalid', /signature/);
    const value = /<ds:SignatureValue>(.)/;
    await refused(changed(good, value, '<ds:SignatureValue>!'), 'invalid');
  });

  it('both hold when there are two', async () => {
    const both = xmlOf(respond({}, { signs: 'both' }));
    const values = [...both.matchAll(/<ds:SignatureValue>([^<]*)/g)].map(([, value = '']) => value);
    assert.equal(values.length, 2);
    for (const value of values) {
      const broken = `${value.slice(0, 10)}${value[10] === 'A' ? 'B' : 'A'}${value.slice(11)}`;
      await refused(toBase64(both.replace(value, broken)), 'invalid', /signature/);
    }
  });

  it('uses no weak or unexpected algorithm', async () => {
    const weak: readonly SigningRules[] = [
      { signatureAlgorithm: algorithms.rsaSha1 },
      { digestAlgorithm: algorithms.sha1 },
      { signatureAlgorithm: algorithms.hmacSha1 },
      { canonicalization: algorithms.inclusive },
      { canonicalization: algorithms.exclusiveWithComments },
      { transforms: [algorithms.enveloped] },
      { transforms: [algorithms.exclusive] },
      { transforms: [algorithms.enveloped, algorithms.inclusive] },
      { transforms: [algorithms.enveloped, algorithms.exclusive, algorithms.exclusive] },
    ];
    for (const signing of weak) await refused(respond({}, signing), 'invalid');
  });

  it('has one SignedInfo with one Reference, about the element that holds it', async () => {
    const good = respond({ assertionId: '_a9' });
    const info = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s.exec(xmlOf(good))?.[0] ?? '';
    await refused(changed(good, info, info + info), 'invalid', /SignedInfo/);
    const reference = /<ds:Reference .*<\/ds:Reference>/s.exec(info)?.[0] ?? '';
    await refused(changed(good, reference, reference + reference), 'invalid', /Reference/);
    await refused(changed(good, 'URI="#_a9"', 'URI=""'), 'invalid', /another element/);
    await refused(changed(good, 'URI="#_a9"', 'URI="#_a8"'), 'invalid', /another element/);
    const object = '<ds:Object><x/></ds:Object></ds:Signature>';
    await refused(changed(good, '</ds:Signature>', object), 'invalid', /something else/);
  });

  it('stands in the element it is about, once', async () => {
    const good = respond();
    const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(xmlOf(good))?.[0] ?? '';
    await refused(changed(good, signature, signature + signature), 'invalid', /signed twice/);
    const moved = xmlOf(good)
      .replace(signature, '')
      .replace('</saml:Subject>', `${signature}</saml:Subject>`);
    await refused(toBase64(moved), 'invalid', /another place/);
  });
});

describe('wrapping: a forged assertion beside one that was signed', () => {
  const good = respond({ assertionId: '_good' });
  const xml = xmlOf(good);
  const signed = /<saml:Assertion.*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';
  const forged = signed
    .replace(/<ds:Signature .*<\/ds:Signature>/s, '')
    .replace('_good', '_evil')
    .replace('kim@corp', 'root@corp');
  const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(signed)?.[0] ?? '';

  const documents: Readonly<Record<string, string>> = {
    'before it': xml.replace(signed, forged + signed),
    'behind it': xml.replace(signed, signed + forged),
    'around it': xml.replace(signed, forged.replace('</saml:Assertion>', `${signed}</saml:Assertion>`)),
    'the signed one in Extensions': xml.replace(
      signed,
      `<samlp:Extensions>${signed}</samlp:Extensions>${forged}`,
    ),
    'the signed one in an Object of its signature': xml.replace(
      signed,
      forged.replace(
        '</saml:Issuer>',
        `</saml:Issuer>${signature.replace('</ds:Signature>', `<ds:Object>${signed.replace(signature, '')}</ds:Object></ds:Signature>`)}`,
      ),
    ),
    'with the same ID': xml.replace(signed, forged.replace('_evil', '_good') + signed),
    'with the signature moved into it': xml.replace(
      signed,
      forged.replace('</saml:Issuer>', `</saml:Issuer>${signature}`),
    ),
    'in another namespace': xml.replace(
      signed,
      `<x:Assertion xmlns:x="urn:x">${forged}</x:Assertion>${signed}`,
    ),
    'in a whole response inside': xml.replace(
      '<samlp:Status>',
      `<samlp:Extensions>${xml}</samlp:Extensions><samlp:Status>`,
    ),
  };
  for (const [name, document] of Object.entries(documents)) {
    it(`is refused: ${name}`, () => refused(toBase64(document), 'invalid'));
  }
});

describe('what the assertion says', () => {
  it('comes from the provider', async () => {
    await refused(
      respond({ issuer: 'https://other.example.test', responseIssuer: provider.issuer }),
      'claim',
      /issuer/,
    );
    await refused(
      respond({ responseIssuer: 'https://other.example.test' }),
      'claim',
      /issuer of the response/,
    );
    await refused(respond({ issuer: `${provider.issuer}/`, responseIssuer: provider.issuer }), 'claim');
  });

  it('is for us', async () => {
    await refused(respond({ audience: 'urn:other' }), 'claim', /audience/);
    await refused(respond({ recipient: 'https://other.example.test/acs' }), 'claim', /recipient/);
    await refused(respond({ destination: 'https://other.example.test/acs' }), 'claim', /destination/);
    assert.equal(await verdictOf(respond({ destination: ALIAS })), 'accepted');
    await refused(respond({ destination: `${ALIAS}/` }), 'claim', /destination/);
    await refused(respond({ recipient: ALIAS, destination: ALIAS }), 'claim', /recipient/);
    await assert.rejects(
      verify(respond({ destination: ALIAS }), NOW, { destinationAliases: [] }),
      SamlRefusal,
    );
    await refused(respond({ conditions: '<saml:Conditions/>' }), 'claim', /no audience/);
    const two =
      '<saml:Conditions><saml:AudienceRestriction><saml:Audience>urn:scp:sts:e</saml:Audience></saml:AudienceRestriction>' +
      '<saml:AudienceRestriction><saml:Audience>urn:other</saml:Audience></saml:AudienceRestriction></saml:Conditions>';
    await refused(respond({ conditions: two }), 'claim', /another audience/);
  });

  it('has its parts, each once, and no others', async () => {
    await refused(respond({ conditions: '' }), 'invalid', /Conditions/);
    await refused(respond({ method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }), 'invalid', /method/);
    await refused(respond({ confirmation: '' }), 'invalid', /SubjectConfirmation/);
    await refused(respond({ confirmationEnds: null }), 'invalid', /NotOnOrAfter/);
    await refused(respond({ authnStatement: '' }), 'invalid', /authenticated/);
    await refused(respond({ subject: '' }), 'invalid', /name of the subject/);
    await refused(respond({ subject: 'x'.repeat(513) }), 'invalid', /name of the subject/);
    await refused(respond({ subject: '<b>kim</b>' }), 'invalid', /element inside/);
    const confirmation =
      '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData ' +
      `NotOnOrAfter="2026-11-21T09:05:00Z" Recipient="${ACS}"/></saml:SubjectConfirmation>`;
    assert.equal(await verdictOf(respond({ confirmation })), 'accepted');
    await refused(respond({ confirmation: confirmation + confirmation }), 'invalid');
    const early = confirmation.replace('NotOnOrAfter', 'NotBefore="2026-11-21T09:00:00Z" NotOnOrAfter');
    await refused(respond({ confirmation: early }), 'invalid', /NotBefore/);
    const unknown =
      '<saml:Conditions><saml:AudienceRestriction><saml:Audience>urn:scp:sts:e</saml:Audience></saml:AudienceRestriction>' +
      '<saml:Condition/></saml:Conditions>';
    await refused(respond({ conditions: unknown }), 'invalid', /not known/);
    const once = unknown.replace('<saml:Condition/>', '<saml:OneTimeUse/>');
    assert.equal(await verdictOf(respond({ conditions: once })), 'accepted');
  });

  it('holds for its time, with a minute for clocks that differ', async () => {
    const good = respond();
    const at = (seconds: number) => verdictOf(good, NOW + seconds * 1000);
    assert.deepEqual([await at(0), await at(359)], ['accepted', 'accepted']);
    assert.deepEqual([await at(360), await at(361), await at(86_400)], ['expired', 'expired', 'expired']);
    assert.deepEqual([await at(-60), await at(-61)], ['accepted', 'expired'], 'issued in the future');
    await refused(respond({ conditionsEnd: -61 }), 'expired', /conditions/);
    await refused(respond({ conditionsBegin: 61 }), 'expired', /not valid yet/);
    await refused(respond({ confirmationEnds: -61 }), 'expired', /confirmation/);
    await refused(respond({ issued: -361 }), 'expired', /too long ago/);
    await refused(respond({ sessionEnd: '2026-11-21T08:58:59Z' }), 'expired', /session/);
    await refused(respond({ sessionEnd: 'tomorrow' }), 'invalid', /no time/);
  });
});

describe('any change of a signed response', () => {
  it('is refused or changes nothing that is read', async () => {
    const good = respond({ assertionId: '_fuzz', sessionName: 'kim' });
    const xml = xmlOf(good);
    const expected = await verify(good);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(xml.length - 1),
        fc.nat(6),
        fc.constantFrom('', ' ', 'x', '<x/>', '&amp;', '"', '>', '\n', '\t', 'é', '&#65;'),
        async (at, cut, put) => {
          const text = toBase64(xml.slice(0, at) + put + xml.slice(at + cut));
          const read = await verify(text).catch((error: unknown) => {
            assert.ok(error instanceof SamlRefusal, String(error));
          });
          if (read !== undefined) assert.deepEqual(read, expected);
        },
      ),
      { numRuns: 400 },
    );
  });
});
