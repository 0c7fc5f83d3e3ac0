/**
 * Settings of the Samsung Cloud Platform dialect (build specification scp.md, section 8). Its versions, offering and checks of SAML
 * can be made to fit what clients expect; the defaults are the decisions of the specification.
 */
import type { ScpVersionOverride } from './config.ts';
import { configurationLimits } from './limits.ts';
import { parseDomains, parseMatching, parseSwitch, parseWholeNumber, splitList } from './parse-values.ts';
import { setting } from './setting.ts';
import { WrongValue } from './wrong-value.ts';

const VERSION = /^(product|sts|iam)-(\d{1,3}\.\d{1,3})=(current|supported|planned|\d{4}-\d{2}-\d{2})$/;

/** `sts-1.2=current,sts-1.1=2027-06-30` */
function parseVersions(text: string): ScpVersionOverride[] {
  return splitList(text).map((entry) => {
    const [, service, version, state] = VERSION.exec(entry) ?? [];
    const isDate = state !== undefined && /^\d/.test(state);
    if (
      service === undefined ||
      version === undefined ||
      state === undefined ||
      (isDate && !isCalendarDate(state))
    ) {
      throw new WrongValue(
        'entries such as sts-1.2=current or sts-1.1=2027-06-30 (current, supported, planned or the first day without support)',
      );
    }
    const named = { service: service as ScpVersionOverride['service'], version };
    if (isDate) return { ...named, notBefore: state };
    return { ...named, state: state as NonNullable<ScpVersionOverride['state']> };
  });
}

function isCalendarDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function parseBaseDomain(text: string): string {
  const [domain, ...others] = parseDomains(text);
  if (domain === undefined || others.length > 0) throw new WrongValue('one domain such as e.example.com');
  return domain;
}

export const scpSettings = {
  scpOffering: setting({
    name: 'GOTGAN_SCP_OFFERING',
    summary: 'Samsung Cloud Platform: code of this environment in role indicators and resource names',
    fallback: 'e',
    parse: (text) => parseMatching(text, /^[a-z0-9][a-z0-9-]{0,15}$/, 'a code such as e'),
  }),
  scpRegion: setting({
    name: 'GOTGAN_SCP_REGION',
    summary: 'Samsung Cloud Platform: region that object-store-authorization signs for when none is named',
    fallback: 'kr-west1',
    parse: (text) => parseMatching(text, /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'the name of a region'),
  }),
  scpBaseDomain: setting({
    name: 'GOTGAN_SCP_BASE_DOMAIN',
    summary:
      'Samsung Cloud Platform: domain below which sts, product and iam stand as host names on the control address; ' +
      'without it they are found below /scp only',
    parse: parseBaseDomain,
  }),
  scpSignatureWindowMillis: setting({
    name: 'GOTGAN_SCP_SIGNATURE_WINDOW_MILLIS',
    summary: 'Samsung Cloud Platform: how far the time of a signature may be off, in milliseconds',
    fallback: '900000',
    parse: (text) => parseWholeNumber(text, 1000, configurationLimits.scpSignatureWindowMillisMax),
  }),
  scpSignatureReplayCache: setting({
    name: 'GOTGAN_SCP_SIGNATURE_REPLAY_CACHE',
    summary:
      'Samsung Cloud Platform: whether a signature is taken once only, `on` or `off`; two calls of one client within a ' +
      'millisecond then collide',
    fallback: 'off',
    parse: parseSwitch,
  }),
  scpVersions: setting({
    name: 'GOTGAN_SCP_VERSIONS',
    summary:
      'Samsung Cloud Platform: changes to the versions of its services, `sts-1.2=current,sts-1.1=2027-06-30`, comma separated',
    parse: parseVersions,
  }),
  scpVersionsEnforceNotBefore: setting({
    name: 'GOTGAN_SCP_VERSIONS_ENFORCE_NOT_BEFORE',
    summary: 'Samsung Cloud Platform: whether a version is refused from its last day on, `on` or `off`',
    fallback: 'off',
    parse: parseSwitch,
  }),
  scpStsSamlRequiresSignature: setting({
    name: 'GOTGAN_SCP_STS_SAML_REQUIRES_SIGNATURE',
    summary:
      'Samsung Cloud Platform: whether assume-role-with-saml needs a signed request besides the assertion, `on` or `off`',
    fallback: 'off',
    parse: parseSwitch,
  }),
  scpStsSamlRequireRoleAttribute: setting({
    name: 'GOTGAN_SCP_STS_SAML_REQUIRE_ROLE_ATTRIBUTE',
    summary:
      'Samsung Cloud Platform: whether an assertion must name the role it is for; without it everybody whom the identity ' +
      'provider knows may take any role that trusts it, `on` or `off`',
    fallback: 'on',
    parse: parseSwitch,
  }),
  scpStsSpEntityId: setting({
    name: 'GOTGAN_SCP_STS_SP_ENTITY_ID',
    summary: 'Samsung Cloud Platform: audience that assertions must be for',
    fallbackShown: '`urn:scp:sts:` and the offering',
    parse: (text) => parseMatching(text, /^[\x21-\x7e]{1,1024}$/, 'an entity id without blanks'),
  }),
  scpStsRoleAttributeNames: setting({
    name: 'GOTGAN_SCP_STS_ROLE_ATTRIBUTE_NAMES',
    summary:
      'Samsung Cloud Platform: attributes of an assertion that may name the role, comma separated, besides ' +
      '`https://{base domain}/SAML/Attributes/Role`',
    fallback: 'https://aws.amazon.com/SAML/Attributes/Role,Role',
    parse: splitList,
  }),
  scpStsClockSkewSeconds: setting({
    name: 'GOTGAN_SCP_STS_CLOCK_SKEW_SECONDS',
    summary: 'Samsung Cloud Platform: how far the clock of an identity provider may be off, in seconds',
    fallback: '60',
    parse: (text) => parseWholeNumber(text, 0, configurationLimits.samlSecondsMax),
  }),
  scpStsMaxAssertionAgeSeconds: setting({
    name: 'GOTGAN_SCP_STS_MAX_ASSERTION_AGE_SECONDS',
    summary: 'Samsung Cloud Platform: how old an assertion may be, in seconds',
    fallback: '300',
    parse: (text) => parseWholeNumber(text, 1, configurationLimits.samlSecondsMax),
  }),
  scpStsRateLimit: setting({
    name: 'GOTGAN_SCP_STS_RATE_LIMIT',
    summary: 'Samsung Cloud Platform: calls of assume-role-with-saml that one address may make in a second',
    fallback: '10',
    parse: (text) => parseWholeNumber(text, 1, configurationLimits.stsCallsPerSecondMax),
  }),
};
