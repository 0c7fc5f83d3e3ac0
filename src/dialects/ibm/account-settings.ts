/** Settings of an account, and what follows from them for logins (ibm-cos.md, 4.3 and 5). */

import type { IbmRecords, IbmSettingsRecord } from '../../identity/ibm-records.ts';
import { isInRange, parseIpRange } from '../../identity/ip-ranges.ts';

/** Those of an account that has changed nothing. */
function defaultSettings(accountId: string): IbmSettingsRecord {
  return {
    id: accountId,
    restrictCreateServiceId: 'NOT_SET',
    allowedIpAddresses: '',
    publicAccessEnabled: true,
  };
}

export async function settingsOf(
  records: Pick<IbmRecords, 'settings'>,
  accountId: string,
): Promise<IbmSettingsRecord> {
  return (await records.settings.get(accountId))?.record ?? defaultSettings(accountId);
}

export function isAddressAllowed({ allowedIpAddresses }: IbmSettingsRecord, address: string): boolean {
  const ranges = allowedIpAddresses.split(',').filter((text) => text.trim() !== '');
  if (ranges.length === 0) return true;
  return ranges.some((text) => {
    const range = parseIpRange(text.trim());
    return range !== undefined && isInRange(range, address);
  });
}
