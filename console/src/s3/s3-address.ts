/** Where an object is: its place (region), bucket and key. Paths are those of the console's door to the S3 API. */
export interface BucketAddress {
  readonly place: string;
  readonly bucket: string;
}

export interface ObjectAddress extends BucketAddress {
  readonly key: string;
  readonly versionId?: string | undefined;
}

export function servicePath(place: string): string {
  return `api/s3/${encodeURIComponent(place)}/`;
}

export function bucketPath({ place, bucket }: BucketAddress, query: Query = {}): string {
  return `${servicePath(place)}${encodeURIComponent(bucket)}${queryText(query)}`;
}

export function objectPath({ place, bucket, key, versionId }: ObjectAddress, query: Query = {}): string {
  // A browser takes `.` and `..` out of a path, also as `%2e`: such a key cannot be named by it.
  const path = key.split('/').map(encodeSegment).join('/');
  return `${servicePath(place)}${encodeURIComponent(bucket)}/${path}${queryText({ ...query, versionId })}`;
}

export type Query = Readonly<Record<string, string | undefined>>;

function queryText(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return '';
  return `?${pairs
    .map(([name, value = '']) =>
      value === '' ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    )
    .join('&')}`;
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Whether a browser can ask for it at all. */
export function isReachable(key: string): boolean {
  return !key.split('/').some((segment) => segment === '.' || segment === '..');
}
