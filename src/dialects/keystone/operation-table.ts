/** Every operation of the identity services: routing, permissions, documentation and the coverage check all read this. */
import type { KeystoneOperation } from './keystone-call.ts';
import { createTokenV2, createTokenV3 } from './operations/create-token.ts';
import {
  createEc2Credential,
  deleteEc2Credential,
  listEc2Credentials,
  showEc2Credential,
} from './operations/ec2-credentials.ts';
import { getTempAuthToken } from './operations/get-temp-auth-token.ts';
import { listTokenEndpoints, showCatalog } from './operations/list-endpoints.ts';
import {
  listAuthProjects,
  listProjects,
  listUserProjects,
  showDomain,
  showProject,
  showUser,
} from './operations/list-projects.ts';
import { listTenants, showTenant } from './operations/list-tenants.ts';
import { revokeTokenV2, revokeTokenV3 } from './operations/revoke-token.ts';
import { listExtensions, listVersions, showVersionV2, showVersionV3 } from './operations/show-versions.ts';
import { checkTokenV2, checkTokenV3, validateTokenV2, validateTokenV3 } from './operations/validate-token.ts';

export const operations: readonly KeystoneOperation[] = [
  listVersions,
  showVersionV2,
  listExtensions,
  createTokenV2,
  validateTokenV2,
  checkTokenV2,
  revokeTokenV2,
  listTokenEndpoints,
  listTenants,
  showTenant,
  createEc2Credential('v2.0'),
  listEc2Credentials('v2.0'),
  showEc2Credential('v2.0'),
  deleteEc2Credential('v2.0'),
  showVersionV3,
  createTokenV3,
  validateTokenV3,
  checkTokenV3,
  revokeTokenV3,
  showCatalog,
  listAuthProjects,
  listUserProjects,
  listProjects,
  showProject,
  showUser,
  showDomain,
  createEc2Credential('v3'),
  listEc2Credentials('v3'),
  showEc2Credential('v3'),
  deleteEc2Credential('v3'),
  getTempAuthToken,
];
