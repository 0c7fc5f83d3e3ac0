/** What any request says to the conditions of policies (IAM User Guide, "AWS global condition context keys"), whatever door it came in by. */
import { SCP_REGION_KEY } from '../../identity/policy-condition-keys.ts';
import type { WireRequest } from './wire.ts';

interface AskedCall {
  readonly request: Pick<WireRequest, 'headers' | 'remoteAddress' | 'isSecure' | 'receivedAtMicros'>;
  readonly place: string;
  readonly scpRegion: string;
}

/** `key`: in lower case. */
export function globalCondition(key: string, { request, place, scpRegion }: AskedCall): string | undefined {
  switch (key) {
    case 'aws:sourceip':
      return request.remoteAddress;
    case 'aws:securetransport':
      return String(request.isSecure);
    case 'aws:currenttime':
      return new Date(request.receivedAtMicros / 1000).toISOString();
    case 'aws:epochtime':
      return String(Math.floor(request.receivedAtMicros / 1e6));
    case 'aws:useragent':
      return request.headers.get('user-agent');
    case 'aws:referer':
      return request.headers.get('referer');
    case 'aws:requestedregion':
      return place;
    case SCP_REGION_KEY:
      return scpRegion;
    default:
      return undefined;
  }
}
