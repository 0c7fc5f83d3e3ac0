/**
 * Why a case of Swift's functional suite does not pass, where somebody has looked. `not-applicable` is for what the suite skips on a
 * Swift set up as its documentation says, too. Neither counts as passed.
 */
import type { Verdict } from './known-verdicts.ts';

const fail = (cases: RegExp, reason: string): Verdict => ({ cases, outcome: 'fail', reason });
const notApplicable = (cases: RegExp, reason: string): Verdict => ({
  cases,
  outcome: 'not-applicable',
  reason,
});

export const knownSwiftVerdicts: readonly Verdict[] = [
  fail(
    /^tests\.(?:TestAccount\w*::testInvalidUTF8Path|TestContainer\w*::testUtf8Container|TestContainerUTF8::testSlashInName|TestFileUTF8::testQuestionMarkInName)$/,
    'The case sends bytes beyond ASCII in the request line. That is no HTTP: the parser of Node.js answers 400.',
  ),
  fail(
    /^test_protocol\.TestHttpProtocol::test_invalid_path_info$/,
    'The case sends a space within the target. That is no HTTP: the parser of Node.js answers 400.',
  ),
  fail(
    /^tests\.TestAccount\w*::testInvalidPath$/,
    'A target that does not begin with /v1/ is none of Swift here: S3 answers.',
  ),
  fail(
    /^tests\.TestFile\w*::testBadHeaders$/,
    'The case sends methods and codings that HTTP does not have. The parser of Node.js answers 400, the case wants 405 and 501.',
  ),
  fail(
    /^tests\.TestFile\w*::testGetResponseHeaders$/,
    'Node.js says Connection: keep-alive in every answer; the case wants it only where it was asked for.',
  ),
  fail(
    /^tests\.TestFileUTF8::testMetadataNumberLimit$/,
    'The case sends metadata that is not UTF-8. It is kept as Latin-1, in which it is longer than the limit.',
  ),
  fail(
    /^test_slo\.TestSlo\w*::test_slo_referer_on_segment_container$/,
    'Whoever may read the manifest may read its segments, as at NHN: they were checked when the manifest was put.',
  ),
  fail(
    /^test_symlink\.\w+::test_symlink_and_slo_manifest_chain$/,
    "The case compares the sentence of Swift's own 409 document. Status and headers are the same; the sentence is ours.",
  ),
  fail(
    /^test_staticweb\.TestStaticWebTempurl::test_get_(?:dir|dir_with_inline|dir_with_iso_expiry|limited_dir|root)$/,
    'Pages of a web site are not listed for the holder of a TempURL: a link opens objects.',
  ),
  fail(
    /^test_object_versioning\.TestObjectVersioning\w*::(?:test_delete_with_version_api_current_object(?:_disabled)?|test_make_old_version_latest)$/,
    'Versions are those of S3: the version before takes the place of one that is removed, and restoring makes a version on top.',
  ),
  fail(
    /^test_object_versioning\.TestObjectVersioning\w*::test_expiry$/,
    'Versions are those of S3: what expires is the version, so it cannot be read by its id either.',
  ),
  fail(
    /^test_object_versioning\.TestObjectVersioning\w*::(?:test_unversioned_overwrite_and_delete|test_delete_with_version_api_null_version)$/,
    'Versions are those of S3: while they are switched off a deletion leaves the null delete marker, and null names the version that was made without versions.',
  ),
  fail(
    /^test_object_versioning\.TestContainerOperations\w*::test_list_marker_and_version_marker_is_null$/,
    'The case wants is_latest false of a version that is the latest, and names that a bug of Swift.',
  ),
  fail(
    /^test_slo\.TestSlo\w*::test_slo_put_heartbeating$/,
    "The case compares the sentence of Swift's own 400. Status and failures are the same; the sentence is ours.",
  ),
  notApplicable(
    /^test_domain_remap\./,
    'Names of containers in host names of Swift are not implemented; the suite skips these without a domain.',
  ),
  notApplicable(
    /^test_access_control\.|^test_account\.TestAccount(?:InNonDefaultDomain|Acls|::test_(?:tempauth|protected_tempauth|bad_prefix|clean_acls))/,
    'The case needs TempAuth accounts with lists of their own, a second domain, or a reseller. Swift with Keystone skips it, too.',
  ),
];
