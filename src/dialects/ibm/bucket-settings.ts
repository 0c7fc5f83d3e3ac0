/**
 * Settings of a bucket that only the resource configuration API knows (ibm-cos.md, section 9.8), and what a merge patch (RFC 7396) makes
 * of them. Events and figures go nowhere from here: what is asked for is kept and shown, as IBM does with a tracker that is gone.
 */
import {
  type BucketFirewall,
  decodeFirewall,
  FIREWALL_DOCUMENT,
  networkTypes,
} from '../../identity/bucket-firewall.ts';
import { parseIpRange } from '../../identity/ip-ranges.ts';
import { invalid } from './ibm-errors.ts';
import { flagIn, isObject, type JsonObject, memberOf, optionalTextIn, textsIn } from './read-json.ts';

/** The bucket's document that holds the rest. */
export const SETTINGS_DOCUMENT = 'resource-configuration';

const RANGES_MAX = 1000;
const CRN_LENGTH_MAX = 1024;

type Flags = Readonly<Record<string, boolean | string>>;

export interface BucketSettings {
  readonly updatedAtMicros?: number;
  readonly activityTracking?: Flags;
  readonly metricsMonitoring?: Flags;
}

export function settingsIn(documents: Readonly<Record<string, string>>): BucketSettings {
  const text = documents[SETTINGS_DOCUMENT];
  return text === undefined ? {} : (JSON.parse(text) as BucketSettings);
}

const NO_FIREWALL: BucketFirewall = { allowedIps: [], deniedIps: [], allowedNetworks: [] };

export function firewallIn(documents: Readonly<Record<string, string>>): BucketFirewall | undefined {
  const text = documents[FIREWALL_DOCUMENT];
  return text === undefined ? undefined : decodeFirewall(text);
}

/** As the API shows it. */
export function firewallDocument({ allowedIps, deniedIps, allowedNetworks }: BucketFirewall): object {
  return {
    allowed_ip: allowedIps,
    ...(deniedIps.length > 0 && { denied_ip: deniedIps }),
    ...(allowedNetworks.length > 0 && { allowed_network_type: allowedNetworks }),
  };
}

/** Undefined: none is left. Throws IbmError. */
export function patchFirewall(
  present: BucketFirewall | undefined,
  patch: JsonObject | null,
): BucketFirewall | undefined {
  if (patch === null) return undefined;
  const { allowedIps, deniedIps, allowedNetworks } = present ?? NO_FIREWALL;
  const networks = patchedTexts(patch, 'allowed_network_type', allowedNetworks).map((text) => {
    const known = networkTypes.find((type) => type === text);
    if (known === undefined) throw invalid(`"allowed_network_type" knows ${networkTypes.join(', ')} only.`);
    return known;
  });
  const patched = {
    allowedIps: patchedRanges(patch, 'allowed_ip', allowedIps),
    deniedIps: patchedRanges(patch, 'denied_ip', deniedIps),
    allowedNetworks: networks,
  };
  return Object.values(patched).every((list) => list.length === 0) ? undefined : patched;
}

function patchedRanges(patch: JsonObject, name: string, present: readonly string[]): readonly string[] {
  const ranges = patchedTexts(patch, name, present);
  const wrong = ranges.find((range) => parseIpRange(range) === undefined);
  if (wrong !== undefined)
    throw invalid(`"${name}" holds ${JSON.stringify(wrong)}, which is no address or network.`);
  return ranges;
}

/** `null` empties the list. */
function patchedTexts(patch: JsonObject, name: string, present: readonly string[]): readonly string[] {
  return memberOf(patch, name) === undefined ? present : textsIn(patch, name, RANGES_MAX);
}

/** Switches and the CRN of an instance to send to; `null` takes members, or all of them, away. */
export function patchFlags(
  present: Flags | undefined,
  patch: JsonObject | null,
  switches: readonly string[],
  crnName: string,
): Flags | undefined {
  if (patch === null) return undefined;
  const patched: Record<string, boolean | string> = { ...present };
  for (const name of [...switches, crnName]) {
    if (memberOf(patch, name) === undefined) continue;
    const value = name === crnName ? optionalTextIn(patch, name, CRN_LENGTH_MAX) : flagIn(patch, name);
    if (value === undefined) delete patched[name];
    else patched[name] = value;
  }
  return Object.keys(patched).length === 0 ? undefined : patched;
}

/** Undefined: the patch does not say. Throws IbmError for what is neither an object nor null. */
export function partIn(patch: JsonObject, name: string): JsonObject | null | undefined {
  const value = memberOf(patch, name);
  if (value === undefined || value === null || isObject(value)) return value;
  throw invalid(`"${name}" must be an object, or null.`);
}
