/**
 * Defaults <- configuration file <- environment <- flags, into one frozen `Config`. Every wrong value is reported, in one
 * sentence each that names the setting, where it was made, its value (unless it is a secret) and what is expected.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Config, RootSeed, ScpConfig, TlsFiles } from './config.ts';
import { type ConfigurationFile, readConfigurationFile } from './read-configuration-file.ts';
import type { Setting } from './setting.ts';
import { clientVariables, flagOf, type SettingValues, settingIds, settings } from './settings.ts';
import { WrongValue } from './wrong-value.ts';

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export interface ConfigSources {
  /** Values of flags by the name of their setting: `GOTGAN_WORKERS` for `--workers`. */
  readonly flags: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configurationFile?: string | undefined;
  readonly processorCores: number;
  readonly workingDirectory: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly rootSeed: RootSeed;
  /** Sentences about what is probably a mistake but stops nothing. */
  readonly warnings: readonly string[];
}

const NO_FILE: ConfigurationFile = { values: new Map(), problems: [] };

/** Throws `ConfigError` with every mistake there is. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const file =
    sources.configurationFile === undefined ? NO_FILE : readConfigurationFile(sources.configurationFile);
  const problems = [...file.problems, ...findUnknownNames(file, sources.configurationFile)];
  const values = readValues(sources, file, problems);
  problems.push(...findContradictions(values));
  // From here on nothing that has a fallback is missing.
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    config: buildConfig(values as SettingValues, sources),
    rootSeed: buildRootSeed(values as SettingValues),
    warnings: findUnknownVariables(sources.environment),
  };
}

/** Complete unless it reports a problem. */
function readValues(
  sources: ConfigSources,
  file: ConfigurationFile,
  problems: string[],
): Partial<SettingValues> {
  const values: Record<string, unknown> = {};
  for (const id of settingIds) {
    const declared: Setting = settings[id];
    const found = findText(declared, sources, file);
    if (found === undefined) continue;
    try {
      values[id] = declared.parse(found.text);
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error;
      const value = declared.isSecret === true ? 'is not usable' : `is ${JSON.stringify(found.text)}`;
      problems.push(`${declared.name}${found.origin} ${value}: expected ${error.message}.`);
    }
  }
  return values as Partial<SettingValues>;
}

/** An empty value is no value, as the templates of service files and containers expect. */
function findText(
  declared: Setting,
  { flags, environment, configurationFile }: ConfigSources,
  file: ConfigurationFile,
): { text: string; origin: string } | undefined {
  const candidates = [
    { text: flags.get(declared.name), origin: ` (from the flag ${flagOf(declared) ?? ''})` },
    { text: environment[declared.name], origin: '' },
    { text: file.values.get(declared.name), origin: ` (from ${configurationFile})` },
    { text: declared.fallback, origin: '' },
  ];
  for (const { text, origin } of candidates) {
    if (text === undefined || text.trim() === '') continue;
    return { text: declared.isSecret === true ? text : text.trim(), origin };
  }
  return undefined;
}

function findUnknownNames(file: ConfigurationFile, path: string | undefined): string[] {
  const known = new Set(settingIds.map((id) => settings[id].name));
  return [...file.values.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `${name} (from ${path}) is no setting: expected one of those in docs/configuration.md.`);
}

function findUnknownVariables(environment: ConfigSources['environment']): string[] {
  const known = new Set<string>([...settingIds.map((id) => settings[id].name), ...clientVariables]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('GOTGAN_') && !known.has(name))
    .map((name) => `The environment variable ${name} is no setting and changes nothing.`);
}

function findContradictions(values: Partial<SettingValues>): string[] {
  return [...findTlsProblems(values), ...findSharedAddresses(values)];
}

function findTlsProblems({ tlsCert, tlsKey }: Partial<SettingValues>): string[] {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return checkTlsFiles({ certFile: tlsCert, keyFile: tlsKey });
  }
  if (tlsCert === undefined && tlsKey === undefined) return [];
  const [set, missing] = tlsCert === undefined ? ['KEY', 'CERT'] : ['CERT', 'KEY'];
  return [`GOTGAN_TLS_${set} is set without GOTGAN_TLS_${missing}: expected both or neither.`];
}

function findSharedAddresses({ storageAddress, controlAddress, places }: Partial<SettingValues>): string[] {
  const claims = [
    { name: 'GOTGAN_STORAGE_ADDRESS', address: storageAddress },
    { name: 'GOTGAN_CONTROL_ADDRESS', address: controlAddress },
    ...(places ?? []).map((place) => ({ name: `GOTGAN_REGIONS (${place.name})`, address: place.address })),
  ];
  const holders = new Map<string, string>();
  const problems: string[] = [];
  for (const { name, address } of claims) {
    if (address === undefined || address.port === 0) continue;
    const text = `${address.host}:${address.port}`;
    const holder = holders.get(text);
    if (holder === undefined) holders.set(text, name);
    else problems.push(`${name} is "${text}": expected another address than that of ${holder}.`);
  }
  return problems;
}

function checkTlsFiles({ certFile, keyFile }: TlsFiles): string[] {
  const problems: string[] = [];
  const read = (name: string, path: string): Buffer | undefined => {
    try {
      return readFileSync(path);
    } catch {
      problems.push(`${name} is ${JSON.stringify(path)}: expected a file that can be read.`);
      return undefined;
    }
  };
  const cert = read('GOTGAN_TLS_CERT', certFile);
  const key = read('GOTGAN_TLS_KEY', keyFile);
  if (cert === undefined || key === undefined) return problems;
  try {
    createSecureContext({ cert, key });
    return [];
  } catch {
    return [
      `GOTGAN_TLS_CERT is ${JSON.stringify(certFile)}: expected a PEM certificate that fits the key in GOTGAN_TLS_KEY.`,
    ];
  }
}

function buildConfig(values: SettingValues, { processorCores, workingDirectory }: ConfigSources): Config {
  const { tlsCert, tlsKey } = values;
  const config: Config = {
    dataDirectory: resolve(workingDirectory, values.dataDirectory),
    storageAddress: Object.freeze(values.storageAddress),
    controlAddress: Object.freeze(values.controlAddress),
    places: Object.freeze(values.places),
    regionAliases: Object.freeze(values.regionAliases),
    bucketNames: values.bucketNames,
    workers: values.workers ?? processorCores,
    logLevel: values.logLevel,
    ...(tlsCert === undefined || tlsKey === undefined
      ? {}
      : {
          tls: Object.freeze({
            certFile: resolve(workingDirectory, tlsCert),
            keyFile: resolve(workingDirectory, tlsKey),
          }),
        }),
    domains: Object.freeze(values.domains ?? []),
    publicEndpoints: Object.freeze({ ...values.publicEndpoints }),
    trustedProxies: Object.freeze(values.trustedProxies ?? []),
    anonymousS3: values.anonymousS3,
    scrubBytesPerSecond: values.scrubBytesPerSecond,
    lifecycleDaySeconds: values.lifecycleDaySeconds,
    tokenLifetimeSeconds: values.tokenLifetimeSeconds,
    signatureV2: values.signatureV2,
    tempUrlDigests: Object.freeze(values.tempUrlDigests),
    swiftRates: Object.freeze({
      accountPerSecond: values.swiftAccountWrites,
      containerPerSecond: values.swiftContainerWrites,
      delaySecondsMax: values.swiftWriteDelaySeconds,
      status: values.swiftRateStatus,
    }),
    scp: Object.freeze(buildScpConfig(values)),
    ibm: Object.freeze(buildIbmConfig(values)),
  };
  return Object.freeze(config);
}

function buildIbmConfig(values: SettingValues): Config['ibm'] {
  const { iamIssuer: issuer } = values;
  return {
    ...(issuer === undefined ? {} : { issuer }),
    accessSeconds: values.iamAccessSeconds,
    refreshSeconds: values.iamRefreshSeconds,
    keyRotationSeconds: values.iamKeyRotationSeconds,
    clients: Object.freeze(values.iamClients ?? []),
  };
}

function buildScpConfig(values: SettingValues): ScpConfig {
  const { scpBaseDomain: baseDomain, scpStsRoleAttributeNames } = values;
  const ownRoleAttribute = baseDomain === undefined ? [] : [`https://${baseDomain}/SAML/Attributes/Role`];
  return {
    offering: values.scpOffering,
    region: values.scpRegion,
    ...(baseDomain === undefined ? {} : { baseDomain }),
    signatureWindowMillis: values.scpSignatureWindowMillis,
    signatureReplayCache: values.scpSignatureReplayCache,
    versions: Object.freeze(values.scpVersions ?? []),
    enforceNotBefore: values.scpVersionsEnforceNotBefore,
    samlRequiresSignature: values.scpStsSamlRequiresSignature,
    samlRequireRoleAttribute: values.scpStsSamlRequireRoleAttribute,
    spEntityId: values.scpStsSpEntityId ?? `urn:scp:sts:${values.scpOffering}`,
    roleAttributeNames: Object.freeze([...ownRoleAttribute, ...scpStsRoleAttributeNames]),
    clockSkewSeconds: values.scpStsClockSkewSeconds,
    maxAssertionAgeSeconds: values.scpStsMaxAssertionAgeSeconds,
    rateLimit: values.scpStsRateLimit,
  };
}

function buildRootSeed(values: SettingValues): RootSeed {
  const seed = {
    accountId: values.rootAccount,
    userName: values.rootUser,
    password: values.rootPassword,
    accessKeyId: values.rootAccessKey,
    secretKey: values.rootSecretKey,
    apiKey: values.rootApiKey,
  };
  return Object.freeze(Object.fromEntries(Object.entries(seed).filter(([, value]) => value !== undefined)));
}
