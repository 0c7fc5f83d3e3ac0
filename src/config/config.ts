/**
 * What an operator decided, typed and frozen. Built once by `load-config.ts`; every other module takes the values it
 * needs as parameters and reads neither the environment nor files of its own accord.
 */

export interface ListenAddress {
  /** IP address or host name to bind, without brackets. */
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
}

/** One served region under its several names (design, section 5, Places). */
export interface PlaceConfig {
  /** S3 and Swift: `KR1`. */
  readonly name: string;
  /** IBM's name of it: `us-south`. */
  readonly ibmName?: string;
  /** SCP's name of it: `kr-west1`. */
  readonly scpName?: string;
  /** The place has a listener of its own. */
  readonly address?: ListenAddress;
  /** The place is chosen by this Host (or a bucket name before it) on the storage address. */
  readonly host?: string;
  /** Likewise, and S3 speaks to them as that cloud does. */
  readonly ibmHosts?: readonly string[];
  readonly scpHosts?: readonly string[];
}

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export type BucketNamesMode = 'global' | 'account';

export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Of the IBM Cloud dialect (ibm-settings.ts). */
export interface IbmConfig {
  /** Absent: the control address and `/identity`. */
  readonly issuer?: string;
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
  readonly keyRotationSeconds: number;
  readonly clients: readonly { readonly id: string; readonly secret: string }[];
}

export interface Config {
  /** Absolute. */
  readonly dataDirectory: string;
  readonly storageAddress: ListenAddress;
  readonly controlAddress: ListenAddress;
  /** The first is the default. Never empty. */
  readonly places: readonly PlaceConfig[];
  /** Region names that signatures of the default flavour may use instead of the place's own. */
  readonly regionAliases: readonly string[];
  readonly bucketNames: BucketNamesMode;
  readonly workers: number;
  readonly logLevel: LogLevel;
  readonly tls?: TlsFiles;
  /** Domains below which bucket names stand as host names. */
  readonly domains: readonly string[];
  /** Under which clients reach the server, when a proxy stands before it: origin and path prefix, without final slash. */
  readonly publicEndpoints: { readonly storage?: string; readonly control?: string };
  /** Addresses and networks (CIDR) whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly anonymousS3: boolean;
  /** 0: no scrub. */
  readonly scrubBytesPerSecond: number;
  /** Of lifecycle rules. */
  readonly lifecycleDaySeconds: number;
  readonly tokenLifetimeSeconds: number;
  readonly signatureV2: boolean;
  /** With which digests links and upload forms of Swift may be signed. */
  readonly tempUrlDigests: readonly ('sha1' | 'sha256' | 'sha512')[];
  readonly swiftRates: SwiftRateConfig;
  readonly scp: ScpConfig;
  readonly ibm: IbmConfig;
}

/** Writes through Swift at each worker; 0 for a rate: no limit. */
export interface SwiftRateConfig {
  readonly accountPerSecond: number;
  readonly containerPerSecond: number;
  /** How long a request may wait for its turn. */
  readonly delaySecondsMax: number;
  readonly status: 429 | 498;
}

export type ScpServiceName = 'product' | 'sts' | 'iam';

/** A change to the versions that a service of Samsung Cloud Platform has: its state, or its first day without support. */
export interface ScpVersionOverride {
  readonly service: ScpServiceName;
  readonly version: string;
  readonly state?: 'current' | 'supported' | 'planned';
  /** `YYYY-MM-DD`. */
  readonly notBefore?: string;
}

/** The Samsung Cloud Platform dialect. */
export interface ScpConfig {
  readonly offering: string;
  readonly region: string;
  /** `sts.{baseDomain}` and the others are host names of the control address. Lower case. */
  readonly baseDomain?: string;
  readonly signatureWindowMillis: number;
  readonly signatureReplayCache: boolean;
  readonly versions: readonly ScpVersionOverride[];
  readonly enforceNotBefore: boolean;
  readonly samlRequiresSignature: boolean;
  readonly samlRequireRoleAttribute: boolean;
  readonly spEntityId: string;
  readonly roleAttributeNames: readonly string[];
  readonly clockSkewSeconds: number;
  readonly maxAssertionAgeSeconds: number;
  /** Of assume-role-with-saml, per source address and second. */
  readonly rateLimit: number;
}

/** Honoured on the first start only. What is absent is generated, except password and API key, which then do not exist. */
export interface RootSeed {
  /** 32 lower-case hexadecimal characters. */
  readonly accountId?: string;
  readonly userName?: string;
  readonly password?: string;
  readonly accessKeyId?: string;
  readonly secretKey?: string;
  readonly apiKey?: string;
}
