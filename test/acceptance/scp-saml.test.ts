// AssumeRoleWithSAML (source document 003, 2.1.2; build specification scp.md, sections 4.3 and 7): an identity provider that the test
// plays signs people in to a server that runs in this process. What is wrong with assertions is proven, case by case, in
// verify-saml-response.test.ts; here a forged one of each kind goes over the wire.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ClockedServer, startClockedServer } from '../support/clocked-server.ts';
import {
  algorithms,
  type SamlParts,
  SamlProvider,
  type SigningRules,
  toBase64,
  writeResponse,
} from '../support/saml-provider.ts';
import { assertScpError, type ScpAnswer } from '../support/scp-client.ts';
import {
  type Ask,
  addScpAccount,
  addScpRole,
  addScpUser,
  allow,
  asker,
  keyOf,
  type ScpUser,
  trusting,
} from '../support/scp-parties.ts';
import { makeCertificate } from '../support/self-signed-certificate.ts';

const TODAY = new Date('2026-11-21T00:00:00Z');
const idp = new SamlProvider('https://idp.corp.example/metadata');
const evil = makeCertificate('evil.example.test');

let server: ClockedServer;
let ask: Ask;
let team: string;
let admin: ScpUser;
let acsUrl: string;
let role: string;
let principal: string;

before(async () => {
  server = await startClockedServer(TODAY, { GOTGAN_SCP_BASE_DOMAIN: 'e.example.test' });
  ask = asker(server);
  team = await addScpAccount(server, 'team');
  admin = await addScpUser(server, team, 'boss', 'admin');
  const form = new FormData();
  form.set('saml_provider_name', 'corp');
  form.set('file', new Blob([idp.metadata()]), 'metadata.xml');
  const response = new Response(form);
  const made = await ask('POST', '/iam/v1/saml-providers', admin.key, {
    body: Buffer.from(await response.arrayBuffer()),
    headers: { 'Content-Type': response.headers.get('content-type') ?? '' },
  });
  assert.equal(made.status, 201, made.text);
  acsUrl = made.json.acs_url;
  const federated = { Federated: [`srn:e::${team}:::iam:saml-provider/corp`] };
  const trust = trusting(federated, 'sts:AssumeRoleWithSAML', {
    Condition: { StringEquals: { 'saml:aud': [acsUrl] }, StringLike: { 'saml:sub': ['*@corp.example'] } },
  });
  await addScpRole(ask, admin, 'Uploader', trust, allow(['object-store:*']), { max_session_duration: 3600 });
  role = `e:${team}:Uploader`;
  principal = `e:${team}:corp`;
});
after(async () => {
  assert.deepEqual(server.bugs, []);
  await server.stop();
});

const respond = (changes: Partial<SamlParts> = {}, rules: SigningRules = {}): string =>
  idp.respond(partsOf(changes), rules);

const partsOf = (changes: Partial<SamlParts> = {}): SamlParts => ({
  nowMillis: server.clock.millis,
  issuer: idp.issuer,
  acsUrl,
  audience: 'urn:scp:sts:e',
  roles: [`${role},${principal}`],
  ...changes,
});

// Each from its own second, so that the limit of calls is not met.
function assume(assertion: string, changes: object = {}, asking: object = {}): Promise<ScpAnswer> {
  server.passSeconds(1);
  return ask('POST', '/sts/v1/assume-role-with-saml', undefined, {
    body: { role_indicator: role, principal_indicator: principal, saml_assertion: assertion, ...changes },
    ...asking,
  });
}

describe('AssumeRoleWithSAML', () => {
  it('takes the address below the domain as a destination', async () => {
    const answer = await assume(respond({ destination: 'https://e.example.test/saml' }));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.audience, acsUrl);
  });

  it('needs no key but the assertion, and answers who came and what they got', async () => {
    const answer = await assume(respond({ sessionName: 'kim' }));
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(Object.keys(answer.json), [
      'assumed_role_user',
      'audience',
      'credentials',
      'issuer',
      'subject',
      'subject_type',
    ]);
    assert.deepEqual(
      [answer.json.audience, answer.json.issuer, answer.json.subject, answer.json.subject_type],
      [acsUrl, idp.issuer, 'kim@corp.example', 'persistent'],
    );
    assert.equal(answer.json.assumed_role_user.srn, `srn:e::${team}:::sts:assumed-role/Uploader/kim`);
    assert.equal((await ask('GET', '/product/v1/products', keyOf(answer))).status, 200);
    const context = await ask('POST', '/sts/v1/authenticate-token-with-context', keyOf(answer), {
      body: { session_token: keyOf(answer).sessionToken },
    });
    assert.equal(context.json.context.source, 'assume-role-with-saml');
    assert.equal(context.json.context.source_identity.type, 'saml');
  });

  it('takes the role and the provider of the pair in either order, and any of several pairs', async () => {
    const roles = [`e:${team}:Other,${principal}`, `${principal}, ${role}`];
    assert.equal((await assume(respond({ roles }))).status, 200);
    assert.equal(
      (await assume(respond({ roleAttribute: 'https://e.example.test/SAML/Attributes/Role' }))).status,
      200,
    );
    assert.equal((await assume(respond({ roleAttribute: 'Role' }))).status, 200);
  });

  it('names the session by the subject where the assertion does not', async () => {
    const answer = await assume(
      respond({ subject: `kim lee/x${'y'.repeat(80)}@corp.example`, subjectFormat: null }),
    );
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.subject_type, 'unspecified');
    const name = answer.json.assumed_role_user.srn.split('/').at(-1);
    assert.match(name, /^kim-lee-xy{55}$/);
  });

  it('ends with the session at the identity provider', async () => {
    const sessionEnd = new Date(server.clock.millis + 301_000).toISOString();
    const answer = await assume(respond({ sessionEnd }));
    assert.equal(answer.json.credentials.expiration, sessionEnd);
    const beyond = await assume(respond(), { duration_seconds: 3601 });
    assertScpError(beyond, 400, 'ValidationError', /duration_seconds/);
  });

  it('takes an assertion once', async () => {
    const assertion = respond();
    assert.equal((await assume(assertion)).status, 200);
    assertScpError(await assume(assertion), 400, 'InvalidSamlAssertion');
    // Another response with the same assertion in it.
    const id = { assertionId: '_reused' };
    assert.equal((await assume(respond(id))).status, 200);
    assertScpError(await assume(respond(id)), 400, 'InvalidSamlAssertion');
    const many = await Promise.all(
      Array.from({ length: 5 }, () => assume(respond({ assertionId: '_race' }))),
    );
    assert.equal(many.filter(({ status }) => status === 200).length, 1);
  });

  it('verifies a signature that is there, and refuses names to who is not of the account', async () => {
    const unsigned = { headers: { 'Scp-Accesskey': 'x' } };
    assertScpError(await assume(respond(), {}, unsigned), 401, 'Unauthorized');
    assert.equal((await assume(respond(), {}, { key: admin.key })).status, 200);
    const missing = { role_indicator: `e:${team}:Nothing` };
    assertScpError(await assume(respond(), missing), 403, 'Forbidden');
    assertScpError(await assume(respond(), missing, { key: admin.key }), 404, 'NotFound');
    assertScpError(await assume(respond(), { principal_indicator: `e:${team}:nothing` }), 403, 'Forbidden');
    const apart = { principal_indicator: `e:${'f'.repeat(32)}:corp` };
    assertScpError(await assume(respond(), apart), 400, 'ValidationError', /principal_indicator/);
    assertScpError(await assume(''), 400, 'ValidationError', /saml_assertion/);
  });

  it('refuses with the kind of fault and nothing of its reason', async () => {
    const xml = (base64: string) => Buffer.from(base64, 'base64').toString();
    const good = xml(respond());
    const cases: readonly (readonly [string, number, string])[] = [
      ['not base64!', 400, 'InvalidSamlAssertion'],
      [toBase64('<x/>'), 400, 'InvalidSamlAssertion'],
      [toBase64(`<!DOCTYPE x>${good}`), 400, 'InvalidSamlAssertion'],
      [toBase64(good.replace('kim@corp', 'kim<!-- -->@corp')), 400, 'InvalidSamlAssertion'],
      [toBase64(good.replace('kim@', 'lee@')), 400, 'InvalidSamlAssertion'],
      [toBase64(writeResponse(partsOf())), 400, 'InvalidSamlAssertion'],
      [respond({}, { certificate: evil, showsCertificate: true }), 400, 'InvalidSamlAssertion'],
      [respond({}, { signatureAlgorithm: algorithms.rsaSha1 }), 400, 'InvalidSamlAssertion'],
      [respond({}, { digestAlgorithm: algorithms.sha1 }), 400, 'InvalidSamlAssertion'],
      [respond({ status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }), 400, 'InvalidSamlAssertion'],
      [respond({ method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }), 400, 'InvalidSamlAssertion'],
      [respond({ conditions: '' }), 400, 'InvalidSamlAssertion'],
      [respond({ confirmationEnds: -100 }), 400, 'ExpiredSamlAssertion'],
      [respond({ conditionsEnd: -100 }), 400, 'ExpiredSamlAssertion'],
      [respond({ conditionsBegin: 100 }), 400, 'ExpiredSamlAssertion'],
      [respond({ issued: -400 }), 400, 'ExpiredSamlAssertion'],
      [respond({ sessionEnd: '2026-11-20T00:00:00Z' }), 400, 'ExpiredSamlAssertion'],
      [respond({ issuer: 'https://other.example', responseIssuer: idp.issuer }), 403, 'SamlClaimRejected'],
      [respond({ audience: 'urn:other' }), 403, 'SamlClaimRejected'],
      [respond({ recipient: 'https://other.example' }), 403, 'SamlClaimRejected'],
      [respond({ destination: 'https://other.example' }), 403, 'SamlClaimRejected'],
      [respond({ recipient: 'https://e.example.test/saml' }), 403, 'SamlClaimRejected'],
      [respond({ roles: [] }), 403, 'SamlClaimRejected'],
      [respond({ roles: [`e:${team}:Other,${principal}`] }), 403, 'SamlClaimRejected'],
      [respond({ roles: [role] }), 403, 'SamlClaimRejected'],
      [respond({ subject: 'kim@elsewhere.example' }), 403, 'Forbidden'],
    ];
    for (const [assertion, status, code] of cases) {
      const answer = await assume(assertion);
      assertScpError(answer, status, code);
      const [{ detail }] = answer.json.errors;
      assert.match(
        detail,
        /^(The SAML assertion (is not valid|has expired)|The assertion is genuine|You do not have)/,
      );
    }
  });

  it('lets an address try ten times a second', async () => {
    server.passSeconds(1);
    const body = { role_indicator: role, principal_indicator: principal, saml_assertion: 'x' };
    const tries = [];
    for (let count = 0; count < 11; count += 1) {
      tries.push(await ask('POST', '/sts/v1/assume-role-with-saml', undefined, { body }));
    }
    assert.deepEqual(
      tries.map(({ status }) => status),
      [...Array(10).fill(400), 429],
    );
    const last = tries.at(-1);
    assert.ok(last);
    assertScpError(last, 429, 'TooManyRequests');
    assert.equal(last.headers['retry-after'], '1');
    server.passSeconds(1);
    assert.equal((await ask('POST', '/sts/v1/assume-role-with-saml', undefined, { body })).status, 400);
  });

  it('no longer trusts a provider that is gone', async () => {
    const listed = await ask('GET', '/iam/v1/saml-providers', admin.key);
    const ids = listed.json.saml_providers.map(({ id }: { id: string }) => id);
    assert.equal(
      (await ask('DELETE', '/iam/v1/saml-providers/bulk', admin.key, { body: { ids } })).status,
      204,
    );
    assertScpError(await assume(respond()), 403, 'Forbidden');
  });
});
