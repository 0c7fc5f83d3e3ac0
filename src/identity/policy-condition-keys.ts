/**
 * Keys that conditions and variables may name, in lower case: keys are compared without regard to case. What is not in here is
 * refused when a policy is stored, so that a misspelt key never sits in a policy as a condition that is always or never met.
 *
 * Sources: IAM User Guide, "AWS global condition context keys"; AWS Service Authorization Reference, "Condition keys for Amazon
 * S3". Keys about things that do not exist here (VPC endpoints, organisations, MFA, object lock, encryption keys) never have a
 * value, as in a request to AWS that does not come through them.
 */

const globalKeys = `
  calledvia calledviafirst calledvialast currenttime ec2instancesourceprivateipv4 ec2instancesourcevpc epochtime federatedprovider
  multifactorauthage multifactorauthpresent principalaccount principalarn principalisawsservice principalorgid principalorgpaths
  principalservicename principalservicenameslist principaltype referer requestedregion resourceaccount resourceorgid
  resourceorgpaths securetransport sourceaccount sourcearn sourceidentity sourceip sourceorgid sourceorgpaths sourceowner
  sourcevpc sourcevpce tagkeys tokenissuetime useragent userid username viaawsservice vpcsourceip`;

const s3Keys = `
  accessgrantsinstancearn accesspointnetworkorigin authtype dataaccesspointaccount dataaccesspointarn delimiter
  existingjoboperation existingjobpriority if-match if-none-match inventoryaccessibleoptionalfields locationconstraint max-keys
  object-lock-legal-hold object-lock-mode object-lock-remaining-retention-days object-lock-retain-until-date
  objectcreationoperation prefix requestjoboperation requestjobpriority requestobjecttagkeys resourceaccount signatureage
  signatureversion tlsversion versionid x-amz-acl x-amz-content-sha256 x-amz-copy-source x-amz-grant-full-control
  x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp x-amz-metadata-directive
  x-amz-object-ownership x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id
  x-amz-server-side-encryption-customer-algorithm x-amz-storage-class x-amz-website-redirect-location`;

/** What the place is called there, in policies of Samsung Cloud Platform. The other keys of it are those of `aws:`. */
export const SCP_REGION_KEY = 'scp:requestedregion';

/** Of who comes with an assertion of SAML; in the trust policies of roles. */
const samlKeys = 'aud iss sub sub_type namequalifier';

const known: ReadonlySet<string> = new Set([
  ...wordsOf(globalKeys).map((word) => `aws:${word}`),
  ...wordsOf(s3Keys).map((word) => `s3:${word}`),
  ...wordsOf(samlKeys).map((word) => `saml:${word}`),
  SCP_REGION_KEY,
]);

/** Followed by the key of a tag. */
export const EXISTING_TAG_PREFIX = 's3:existingobjecttag/';
export const REQUEST_TAG_PREFIX = 's3:requestobjecttag/';
const tagKeys: readonly string[] = [
  'aws:principaltag/',
  'aws:requesttag/',
  'aws:resourcetag/',
  EXISTING_TAG_PREFIX,
  REQUEST_TAG_PREFIX,
];

/** `key` in lower case. */
export function isConditionKey(key: string): boolean {
  return known.has(key) || tagKeys.some((prefix) => key.startsWith(prefix) && key.length > prefix.length);
}

function wordsOf(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
