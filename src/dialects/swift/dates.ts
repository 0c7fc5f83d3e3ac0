/** Times as this dialect shows them (nhn-openstack.md, section 2.4). Microseconds since the epoch inside. */
import { formatHttpDate } from '../../lib/http-date.ts';
import { formatIsoDate } from '../../lib/iso-date.ts';

/** Rounded up to a whole second, so that If-Unmodified-Since with it holds. */
export function lastModifiedHeader(micros: number): string {
  return formatHttpDate(Math.ceil(micros / 1_000_000) * 1_000_000);
}

/** `1582410000.12345`: seconds with five digits behind the point. */
export function formatTimestamp(micros: number): string {
  const digits = String(Math.floor(micros / 10)).padStart(6, '0');
  return `${digits.slice(0, -5)}.${digits.slice(-5)}`;
}

/** `YYYY-MM-DDThh:mm:ss.ffffff`, without a zone. */
export function formatListingDate(micros: number): string {
  const millis = Math.floor(micros / 1000);
  return formatIsoDate(millis).slice(0, -1) + String(micros - millis * 1000).padStart(3, '0');
}
