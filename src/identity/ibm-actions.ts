/**
 * What the actions of this server are called in IBM Cloud, and which roles hold them (ibm-cos.md, section 7). Every action on data has
 * one name, or none where IBM has no such action; a new action does not compile until it has its row.
 *
 * IBM tells some calls apart that are one action here (the parts of an upload are `object:write`). Predefined roles never hold one
 * without the others; a custom role that does has what the name in this table says.
 */
import type { Action } from './actions.ts';
import { COS_SERVICE } from './ibm-crn.ts';

const COS = `${COS_SERVICE}.` as const;

type NamedAction = Extract<
  Action,
  `account:${string}` | `bucket:${string}` | `object:${string}` | `ibm:${string}`
>;

/** Without the name of the service where it is object storage. Undefined: no role of IBM's holds it. */
const names: Readonly<Record<NamedAction, string | undefined>> = {
  'account:list-buckets': 'account.get_account_buckets',
  'account:write': undefined,
  'bucket:create': 'bucket.put_bucket',
  'bucket:delete': 'bucket.delete_bucket',
  'bucket:head': 'bucket.head',
  'bucket:list-objects': 'bucket.get',
  'bucket:list-versions': 'bucket.get_versions',
  'bucket:list-uploads': 'bucket.get_uploads',
  'bucket:read-location': 'bucket.get_location',
  'bucket:read-acl': 'bucket.get_acl',
  'bucket:write-acl': 'bucket.put_acl',
  'bucket:read-policy': undefined,
  'bucket:write-policy': undefined,
  'bucket:delete-policy': undefined,
  'bucket:read-policy-status': undefined,
  'bucket:read-public-access-block': 'bucket.get_public_access_block',
  'bucket:write-public-access-block': 'bucket.put_public_access_block',
  'bucket:read-ownership-controls': undefined,
  'bucket:write-ownership-controls': undefined,
  'bucket:read-versioning': 'bucket.get_versioning',
  'bucket:write-versioning': 'bucket.put_versioning',
  'bucket:read-cors': 'bucket.get_cors',
  'bucket:write-cors': 'bucket.put_cors',
  'bucket:read-tagging': undefined,
  'bucket:write-tagging': undefined,
  'bucket:write-metadata': undefined,
  'bucket:read-basic': 'bucket.get_basic',
  'bucket:read-firewall': 'bucket.get_firewall',
  'bucket:write-firewall': 'bucket.put_firewall',
  'bucket:write-quota': 'bucket.put_quota',
  'bucket:write-activity-tracking': 'bucket.put_activity_tracking',
  'bucket:write-metrics-monitoring': 'bucket.put_metrics_monitoring',
  'bucket:read-protection': 'bucket.get_protection',
  'bucket:write-protection': 'bucket.put_protection',
  'bucket:read-lifecycle': 'bucket.get_lifecycle',
  'bucket:write-lifecycle': 'bucket.put_lifecycle',
  'bucket:read-encryption': undefined,
  'bucket:write-encryption': undefined,
  'bucket:read-object-lock': 'bucket.get_object_lock_configuration',
  'bucket:write-object-lock': 'bucket.put_object_lock_configuration',
  'bucket:read-replication': 'bucket.get_replication',
  'bucket:write-replication': 'bucket.put_replication',
  'bucket:read-website': 'bucket.get_website',
  'bucket:write-website': 'bucket.put_website',
  'bucket:delete-website': 'bucket.delete_website',
  'bucket:read-logging': undefined,
  'bucket:write-logging': undefined,
  'bucket:read-notification': 'bucket.get_notifications',
  'bucket:write-notification': 'bucket.put_notifications',
  'bucket:read-acceleration': undefined,
  'bucket:write-acceleration': undefined,
  'bucket:read-request-payment': undefined,
  'bucket:write-request-payment': undefined,
  'object:read': 'object.get',
  'object:read-version': 'object.get_version',
  'object:head': 'object.head',
  'object:head-version': 'object.head_version',
  'object:copy-source': 'object.copy_get',
  'object:copy-source-version': 'object.copy_get_version',
  'object:write': 'object.put',
  'object:copy': 'object.copy',
  'object:delete': 'object.delete',
  'object:delete-version': 'object.delete_version',
  'object:read-acl': 'object.get_acl',
  'object:read-version-acl': 'object.get_acl_version',
  'object:write-acl': 'object.put_acl',
  'object:write-version-acl': 'object.put_acl_version',
  'object:read-attributes': 'object.head',
  'object:read-version-attributes': 'object.head_version',
  'object:read-tagging': 'object.get_tagging',
  'object:read-version-tagging': 'object.get_tagging_version',
  'object:write-tagging': 'object.put_tagging',
  'object:write-version-tagging': 'object.put_tagging_version',
  'object:delete-tagging': 'object.delete_tagging',
  'object:delete-version-tagging': 'object.delete_tagging_version',
  'object:read-retention': 'object.get_object_lock_retention',
  'object:write-retention': 'object.put_object_lock_retention',
  'object:read-legal-hold': 'object.get_object_lock_legal_hold',
  'object:write-legal-hold': 'object.put_object_lock_legal_hold',
  'object:bypass-governance': undefined,
  'object:read-named-holds': 'object.get_legal_hold',
  'object:write-named-holds': 'object.post_legal_hold',
  'object:extend-retention': 'object.post_extend_retention',
  'ibm:delete-objects': 'object.post_multi_delete',
  'object:list-parts': 'object.get_uploads',
  'object:abort-upload': 'object.delete_upload',
};

/** With the service: `cloud-object-storage.bucket.get`. */
export function ibmNameOf(action: Action): string | undefined {
  const name = isNamed(action) ? names[action] : undefined;
  return name === undefined ? undefined : COS + name;
}

function isNamed(action: Action): action is NamedAction {
  return Object.hasOwn(names, action);
}

/** What the name stands for here; nothing for calls that are parts of another, or that do not exist here. */
export function actionsNamed(ibmName: string): readonly Action[] {
  return byName.get(ibmName) ?? [];
}

const byName: ReadonlyMap<string, readonly Action[]> = groupByName();

function groupByName(): Map<string, Action[]> {
  const found = new Map<string, Action[]>();
  for (const action of Object.keys(names) as NamedAction[]) {
    const name = ibmNameOf(action);
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), action]);
  }
  return found;
}

/** Takes `path` in conditions: all on objects but deleting several. */
export function takesPath(action: Action): boolean {
  return action.startsWith('object:');
}

const listings: ReadonlySet<Action> = new Set([
  'bucket:list-objects',
  'bucket:list-versions',
  'bucket:list-uploads',
]);

/** Takes `prefix` and `delimiter` in conditions. */
export function takesPrefix(action: Action): boolean {
  return listings.has(action);
}

export type ServiceRoleLetter = 'M' | 'W' | 'R' | 'CR' | 'OR' | 'OW' | 'NM';

/** A name with `(_version)` stands for two. */
const granted: readonly (readonly [holders: string, names: string])[] = [
  ['M W R NM', 'account.get_account_buckets bucket.get_basic'],
  ['M W R CR NM', 'bucket.get_location'],
  ['M W R CR', 'bucket.get bucket.head bucket.get_versions'],
  [
    'M W R CR OR',
    `object.get object.head object.get_version object.head_version object.copy_get_version
     object.copy_part_get_version`,
  ],
  [
    'M W R',
    `bucket.get_uploads bucket.get_cors bucket.get_website bucket.get_versioning bucket.get_object_lock_configuration
     bucket.get_lifecycle bucket.get_activity_tracking bucket.get_metrics_monitoring bucket.get_protection
     bucket.get_replication bucket.list_bucket_crn bucket.get_fasp_connection_info bucket.get_backup_policy
     bucket.list_backup_policies object.copy_get object.copy_part_get object.get_tagging(_version) object.get_legal_hold
     object.get_object_lock_retention(_version) object.get_object_lock_legal_hold(_version)`,
  ],
  ['M W R OW', 'object.get_uploads'],
  [
    'M W OW',
    `object.put object.post object.post_md object.post_initiate_upload object.put_part object.post_complete_upload
     object.delete_upload object.put_tagging(_version) object.delete_tagging(_version)
     object.put_object_lock_retention(_version) object.put_object_lock_legal_hold(_version)`,
  ],
  [
    'M W',
    `bucket.put_bucket bucket.delete_bucket bucket.post_bucket bucket.list_crk_id bucket.put_cors bucket.delete_cors
     bucket.put_website bucket.delete_website bucket.put_versioning bucket.put_object_lock_configuration
     bucket.put_lifecycle bucket.put_activity_tracking bucket.put_metrics_monitoring bucket.put_replication
     bucket.delete_replication bucket.get_quota bucket.post_backup_policy bucket.delete_backup_policy
     bucket.restore_sync account.delete_fasp_connection_info object.copy object.copy_part object.delete
     object.delete_version object.post_multi_delete object.restore object.restore_version object.post_legal_hold
     object.post_extend_retention`,
  ],
  [
    'M',
    `bucket.get_acl bucket.put_acl bucket.put_protection bucket.get_firewall bucket.put_firewall
     bucket.get_public_access_block bucket.put_public_access_block bucket.delete_public_access_block bucket.put_quota
     bucket.get_protection_management bucket.put_protection_management object.get_acl object.get_acl_version
     object.put_acl object.put_acl_version`,
  ],
  ['NM', 'bucket.get_notifications bucket.put_notifications'],
];

/** In the order of the table, with the service. */
export function cosActionsOf(letter: ServiceRoleLetter): readonly string[] {
  return granted.flatMap(([holders, list]) =>
    holders.split(' ').includes(letter) ? list.trim().split(/\s+/).flatMap(versionsOf) : [],
  );
}

function versionsOf(name: string): readonly string[] {
  const single = name.replace('(_version)', '');
  return single === name ? [COS + name] : [COS + single, `${COS}${single}_version`];
}
