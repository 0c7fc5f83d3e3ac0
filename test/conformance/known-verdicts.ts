/**
 * Why a case of ceph/s3-tests does not pass, where somebody has looked. `not-applicable` is for what only Ceph has; what
 * contradicts the service that we follow is a `fail` with the reason. Neither counts as passed. A case that passes after all
 * is a pass, whatever stands here.
 */
import type { Outcome } from './s3-test-cases.ts';

export interface Verdict {
  readonly cases: RegExp;
  readonly outcome: Exclude<Outcome, 'pass'>;
  readonly reason: string;
}

const fail = (cases: RegExp, reason: string): Verdict => ({ cases, outcome: 'fail', reason });
const notApplicable = (cases: RegExp, reason: string): Verdict => ({
  cases,
  outcome: 'not-applicable',
  reason,
});

export const knownVerdicts: readonly Verdict[] = [
  notApplicable(
    /^test_(?:account_usage|head_bucket_usage|bucket_head_extended)$/,
    'Usage and quotas in answers of S3 are an extension of Ceph. Here the admin API shows usage.',
  ),
  notApplicable(/^test_bucket_listv?2?_unordered$/, 'Listings without order are an extension of Ceph.'),

  fail(
    /^test_(?:bucket_recreate_not_overriding|bucket_list_return_data_versioning|versioning_concurrent_multi_object_delete)$/,
    'The case creates the same bucket twice. That is BucketAlreadyOwnedByYou, as at AWS outside us-east-1.',
  ),
  fail(
    /^test_get_(?:bucket_policy|public_acl_bucket_policy|authpublic_acl_bucket_policy|publicpolicy_acl_bucket_policy|nonpublicpolicy_acl_bucket_policy)_status$/,
    'GetBucketPolicyStatus of a bucket without a policy is 404 NoSuchBucketPolicy, as at AWS, and tells nothing about lists.',
  ),
  fail(
    /^test_bucket_policy_multipart$/,
    'The case stores a policy whose only action applies to none of its resources. That is MalformedPolicy, as at AWS.',
  ),
  fail(
    /^test_bucket_policy_set_condition_operator_end_with_IfExists$/,
    'The case wants the owner of the bucket denied because an allow does not apply to it. Ownership suffices, as at AWS.',
  ),
  fail(
    /^test_bucket_policy_put_obj_request_obj_tag$/,
    'The case adds the tag to the requests of the owner and writes by another client, without it. That is AccessDenied.',
  ),
  fail(
    /^test_bucket_create_exists$/,
    'BucketAlreadyOwnedByYou is answered as the case wants it, and the case then reads a member that its exception does not have.',
  ),
  fail(
    /^test_list_buckets_anonymous$/,
    'The case wants an empty list for nobody. Nobody has no buckets that could be listed: AccessDenied. AWS leads to a web page.',
  ),
  fail(
    /^test_bucket_list_prefix_unreadable$/,
    'With encoding-type=url the Prefix is encoded, as the API reference says; the client decodes it in version 2 only.',
  ),
  fail(
    /^test_delete_objects?_(?:current_|version_)?if_match$/,
    'A delete with If-Match of a key without a current object is 404 NoSuchKey, as at AWS; the case wants 204 or 412.',
  ),
  fail(
    /^test_object_raw_(?:get_x_amz_expires_out_(?:max|positive)_range|put_authenticated_expired)$/,
    'X-Amz-Expires below zero or beyond a week is 400 AuthorizationQueryParametersError, as at AWS; the case wants 403.',
  ),
  fail(
    /^test_bucket_recreate_(?:overwrite|new)_acl$/,
    "A bucket of the caller's own is BucketAlreadyOwnedByYou; the case wants BucketAlreadyExists.",
  ),
  fail(
    /^test_object_set_get_unicode_metadata$/,
    'Metadata beyond ASCII is shown as RFC 2047 words, as at AWS, which the client does not decode.',
  ),
  fail(
    /^test_object_read_unreadable$/,
    'The key is UTF-8 and nothing is there: 404. The case wants the address refused as malformed.',
  ),
  fail(/^test_get_object_torrent$/, 'Torrents are not implemented: 501. AWS has given them up.'),
  fail(
    /^test_object_write_with_chunked_transfer_encoding$/,
    'An upload whose length nothing declares is 411 MissingContentLength, as at AWS.',
  ),
  fail(
    /^test_(?:multipart_(?:single_)?get_part|non_multipart_get_part)$/,
    'A part that the object does not have is 416 InvalidPartNumber, as at AWS; the case wants 400 InvalidPart.',
  ),
  fail(
    /^test_multipart_resend_first_finishes_last$/,
    'The case completes with one part listed twice: InvalidPartOrder, as at AWS.',
  ),
  fail(
    /^test_list_multipart_upload_owner$/,
    'The initiator is the user who began the upload, as at AWS for a user who is not the root; the case wants the account.',
  ),
  fail(
    /^test_object_checksum_(?:sha256|crc64nvme)$/,
    'A checksum that is no base64 of the right length is InvalidRequest, as at AWS; the case wants BadDigest, which is for one that does not match.',
  ),
  fail(
    /^test_delete_marker_(?:nonversioned|expiration)$/,
    'Only delete markers are announced by x-amz-delete-marker, as at AWS; the case wants it to say false.',
  ),
  fail(/^test_put_excess_tags$/, 'More than 10 tags are BadRequest, as at AWS; the case wants InvalidTag.'),
  fail(
    /^test_lifecycle_expiration_(?:tags1|tags2|versioned_tags2|noncur_tags1|size_gt|size_lt)$/,
    'A lifecycle filter with a prefix and a tag or size must have them in And, as at AWS; the case leaves it out.',
  ),
  fail(
    /^test_lifecycle_expiration_header/,
    'Passes when a day is one. In the runs a day takes ten seconds, for the cases that wait for one, and the header goes by that.',
  ),
  fail(/transition|restore|read_through/, 'Transitions and archives are not implemented.'),
  fail(
    /^test_post_object_tags_anonymous_request$/,
    'Tags take s3:PutObjectTagging, which WRITE in an access control list does not give, as at AWS.',
  ),
  fail(/bucket_logging/, 'Access logging into buckets is not implemented.'),
  fail(/sse_|sse-|encrypt|kms|_enc_|noenc/, 'Server-side encryption is not implemented.'),
];
