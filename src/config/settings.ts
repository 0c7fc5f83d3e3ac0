/**
 * Every setting, once: its name, what it means, its default and how its text is read. The flags of `gotgan serve`, the
 * configuration file, the environment and docs/configuration.md all come from this table.
 *
 * Secrets have no flag, because every user of a machine can read the command lines of its processes.
 */

import { ibmSettings } from './ibm-settings.ts';
import { configurationLimits } from './limits.ts';
import { parseRegions } from './parse-regions.ts';
import {
  parseDomains,
  parseListenAddress,
  parseLogLevel,
  parseMatching,
  parseOneOf,
  parsePublicEndpoints,
  parseRegionAliases,
  parseSwitch,
  parseTrustedProxies,
  parseWholeNumber,
} from './parse-values.ts';
import { scpSettings } from './scp-settings.ts';
import { type Setting, setting } from './setting.ts';
import { swiftSettings } from './swift-settings.ts';

const PRINTABLE = /^[\x21-\x7e]{1,256}$/;

export const settings = {
  dataDirectory: setting({
    name: 'GOTGAN_DATA_DIR',
    summary: 'Folder that holds everything the server keeps; made when it does not exist',
    fallback: './gotgan-data',
    parse: (text) => parseMatching(text, /^[^\0]+$/, 'a folder'),
  }),
  storageAddress: setting({
    name: 'GOTGAN_STORAGE_ADDRESS',
    summary: 'Where the storage APIs (S3, Swift) listen, as host:port',
    fallback: '127.0.0.1:9000',
    parse: (text) => parseListenAddress(text),
  }),
  controlAddress: setting({
    name: 'GOTGAN_CONTROL_ADDRESS',
    summary: 'Where health, metrics, the admin API and the identity services listen, as host:port',
    fallback: '127.0.0.1:9001',
    parse: (text) => parseListenAddress(text),
  }),
  places: setting({
    name: 'GOTGAN_REGIONS',
    summary:
      'Regions served, the first being the default: `name[=address-or-host][;ibm=us-south][;scp=kr-west1]`, ' +
      'comma separated. A region with an address has a listener of its own, one with a host name is chosen by the Host header. ' +
      '`;ibm-host=...` and `;scp-host=...` add host names at which S3 speaks as these clouds do',
    fallback: 'KR1',
    parse: parseRegions,
  }),
  regionAliases: setting({
    name: 'GOTGAN_REGION_ALIASES',
    summary: "Region names that S3 signatures may use instead of the region's own, comma separated",
    fallback: 'us-east-1,kr-west1,us-south',
    parse: parseRegionAliases,
  }),
  bucketNames: setting({
    name: 'GOTGAN_BUCKET_NAMES',
    summary:
      'Whether a bucket name belongs to one account in the whole server (`global`, as at AWS and IBM) or each account ' +
      'has names of its own (`account`, as at NHN)',
    fallback: 'global',
    parse: (text) => parseOneOf(text, ['global', 'account'] as const),
  }),
  workers: setting({
    name: 'GOTGAN_WORKERS',
    summary: 'Number of worker processes',
    fallbackShown: 'one per processor core',
    parse: (text) => parseWholeNumber(text, 1, configurationLimits.workersMax),
  }),
  logLevel: setting({
    name: 'GOTGAN_LOG_LEVEL',
    summary: 'Least level that is logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace`, or `silent`',
    fallback: 'info',
    parse: parseLogLevel,
  }),
  tlsCert: setting({
    name: 'GOTGAN_TLS_CERT',
    summary: 'Certificate chain (PEM file): all addresses then speak HTTPS; together with GOTGAN_TLS_KEY',
    parse: (text) => text,
  }),
  tlsKey: setting({
    name: 'GOTGAN_TLS_KEY',
    summary: 'Private key (PEM file) of the certificate',
    parse: (text) => text,
  }),
  domains: setting({
    name: 'GOTGAN_DOMAIN',
    summary:
      'Domains below which bucket names stand as host names (`my-bucket.s3.example.com`), comma separated',
    parse: parseDomains,
  }),
  publicEndpoints: setting({
    name: 'GOTGAN_PUBLIC_ENDPOINTS',
    summary:
      'Where clients reach the server through a proxy, as `storage=https://host[:port][/prefix],control=https://...`; ' +
      'a prefix is what the proxy cuts off the path',
    parse: parsePublicEndpoints,
  }),
  trustedProxies: setting({
    name: 'GOTGAN_TRUSTED_PROXIES',
    summary:
      'Addresses or networks of proxies whose X-Forwarded-For, -Proto and -Host are believed, comma separated',
    parse: parseTrustedProxies,
  }),
  anonymousS3: setting({
    name: 'GOTGAN_ANONYMOUS_S3',
    summary: 'Whether unsigned S3 requests may reach what is public: `on` or `off`',
    fallback: 'on',
    parse: parseSwitch,
  }),
  signatureV2: setting({
    name: 'GOTGAN_SIGNATURE_V2',
    summary:
      'Whether S3 requests may be signed with Signature Version 2, which old clients need: `on` or `off`',
    fallback: 'on',
    parse: parseSwitch,
  }),
  tokenLifetimeSeconds: setting({
    name: 'GOTGAN_TOKEN_LIFETIME_SECONDS',
    summary: 'How long a token of the identity services holds, in seconds',
    fallback: '43200',
    parse: (text) => parseWholeNumber(text, 1, configurationLimits.tokenLifetimeSecondsMax),
  }),
  scrubBytesPerSecond: setting({
    name: 'GOTGAN_SCRUB_BYTES_PER_SECOND',
    summary: 'How fast stored bytes are read again in search of damage, in the background; 0 switches it off',
    fallback: '10485760',
    parse: (text) => parseWholeNumber(text, 0, configurationLimits.scrubBytesPerSecondMax),
  }),
  lifecycleDaySeconds: setting({
    name: 'GOTGAN_LIFECYCLE_DAY_SECONDS',
    summary:
      'How long a day of lifecycle rules is, in seconds: shorten it to try rules out, never where data matter',
    fallback: '86400',
    parse: (text) => parseWholeNumber(text, 1, configurationLimits.lifecycleDaySecondsMax),
  }),
  ...swiftSettings,
  ...scpSettings,
  ...ibmSettings,
  rootAccount: setting({
    name: 'GOTGAN_ROOT_ACCOUNT',
    summary: 'Id of the root account, 32 hexadecimal characters',
    fallbackShown: 'generated',
    onFirstStartOnly: true,
    parse: (text) => parseMatching(text, /^[0-9a-fA-F]{32}$/, '32 hexadecimal characters').toLowerCase(),
  }),
  rootUser: setting({
    name: 'GOTGAN_ROOT_USER',
    summary: 'Name of the root user',
    fallback: 'root',
    onFirstStartOnly: true,
    parse: (text) =>
      parseMatching(text, /^[\w.@+-]{1,64}$/, 'a name of 1 to 64 letters, digits and . _ @ + -'),
  }),
  rootPassword: setting({
    name: 'GOTGAN_ROOT_PASSWORD',
    summary: 'Password of the root user, for the identity services',
    fallbackShown: 'none',
    isSecret: true,
    onFirstStartOnly: true,
    parse: (text) => parseMatching(text, /^.{1,256}$/su, 'a password of at most 256 characters'),
  }),
  rootAccessKey: setting({
    name: 'GOTGAN_ROOT_ACCESS_KEY',
    summary: 'Access key of the root user',
    fallbackShown: 'generated',
    onFirstStartOnly: true,
    parse: (text) =>
      parseMatching(
        text,
        /^[\w.~+=@-]{1,128}$/,
        'an access key of at most 128 letters, digits and . _ ~ + = @ -',
      ),
  }),
  rootSecretKey: setting({
    name: 'GOTGAN_ROOT_SECRET_KEY',
    summary: 'Secret of that access key',
    fallbackShown: 'generated',
    isSecret: true,
    onFirstStartOnly: true,
    parse: (text) =>
      parseMatching(text, PRINTABLE, 'a secret of at most 256 printable characters without blanks'),
  }),
  rootApiKey: setting({
    name: 'GOTGAN_ROOT_API_KEY',
    summary: 'API key of the root user, for the identity services',
    fallbackShown: 'none',
    isSecret: true,
    onFirstStartOnly: true,
    parse: (text) =>
      parseMatching(text, PRINTABLE, 'a key of at most 256 printable characters without blanks'),
  }),
};

export type SettingId = keyof typeof settings;

type Parsed<Id extends SettingId> = ReturnType<(typeof settings)[Id]['parse']>;

/** What all settings come to: a setting with a fallback always has a value. */
export type SettingValues = {
  readonly [Id in SettingId]: (typeof settings)[Id] extends { readonly fallback: string }
    ? Parsed<Id>
    : Parsed<Id> | undefined;
};

export const settingIds = Object.keys(settings) as SettingId[];

/** Names that belong to the command line tool and not to the server. */
export const clientVariables = ['GOTGAN_ACCESS_KEY', 'GOTGAN_SECRET_KEY'] as const;

/** `--data-dir` for GOTGAN_DATA_DIR; undefined for secrets. */
export function flagOf(declared: Setting): string | undefined {
  if (declared.isSecret === true) return undefined;
  return `--${declared.name.slice('GOTGAN_'.length).toLowerCase().replaceAll('_', '-')}`;
}
