/** Paths of the storage address at which tokens are to be had: Swift's own, and the one of Ceph's gateway. */

export const TEMP_AUTH_PATH = '/auth/v1.0';

export const tempAuthPaths: ReadonlySet<string> = new Set([
  TEMP_AUTH_PATH,
  '/auth/v1.0/',
  '/auth/v1',
  '/auth/v1/',
  '/auth/1.0',
  '/auth/1.0/',
  '/v1.0',
]);
