/** What a started server says to the person who started it. On the first start it shows the root pair, this once. */
import type { Config, ListenAddress } from '../config/config.ts';
import type { RootCredentials } from '../lib/root-credentials-file.ts';
import type { BoundAddresses } from './process-messages.ts';

export interface BannerFacts {
  readonly version: string;
  readonly config: Config;
  readonly addresses: BoundAddresses;
  /** Made by this start. */
  readonly created: RootCredentials | undefined;
}

export function renderBanner({ version, config, addresses, created }: BannerFacts): string {
  const urlOf = (address: ListenAddress): string => urlOfAddress(address, config.tls !== undefined);
  const storageUrl = config.publicEndpoints.storage ?? urlOf(addresses.storage);
  const rows: [string, string][] = [
    ['Storage', `${urlOf(addresses.storage)}   S3, Swift`],
    ['Console', `${config.publicEndpoints.control ?? urlOf(addresses.control)}/console/   for a browser`],
    ['Control', `${urlOf(addresses.control)}   admin, Keystone, IBM and Samsung Cloud Platform, metrics`],
    ...Object.entries(addresses.regions).map(([name, address]): [string, string] => [
      `Region ${name}`,
      `${urlOf(address)}   S3, Swift`,
    ]),
    [config.places.length === 1 ? 'Region' : 'Regions', config.places.map(({ name }) => name).join(', ')],
    ['Data', config.dataDirectory],
    ['Workers', String(config.workers)],
  ];
  const secretRows: [string, string][] =
    created === undefined
      ? []
      : [
          ['Access key', created.accessKeyId],
          ['Secret key', created.secretKey],
        ];
  const width = Math.max(...[...rows, ...secretRows].map(([label]) => label.length)) + 2;
  const show = (list: readonly [string, string][]): string[] =>
    list.map(([label, text]) => `  ${label.padEnd(width)}${text}`);
  const [accessKey, secretKey] =
    created === undefined ? ['...', '...'] : [created.accessKeyId, created.secretKey];
  return [
    '',
    `  Gotgan ${version}`,
    '',
    ...show(rows),
    '',
    ...(created === undefined
      ? ['  `gotgan credentials` shows the root key pair.']
      : [
          '  The root key pair, shown this once (`gotgan credentials` shows it again):',
          '',
          ...show(secretRows),
        ]),
    '',
    `  Try: AWS_ACCESS_KEY_ID=${accessKey} AWS_SECRET_ACCESS_KEY=${secretKey} ` +
      `aws --endpoint-url ${storageUrl} s3 mb s3://my-first-bucket`,
    '',
    '',
  ].join('\n');
}

/** An address that takes connections from everywhere is shown as one that a client on this machine can use. */
export function urlOfAddress({ host, port }: ListenAddress, isTls: boolean): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${isTls ? 'https' : 'http'}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}
