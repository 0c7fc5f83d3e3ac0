import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from './load-config.ts';
import { parseConfigurationFile } from './read-configuration-file.ts';

function load(environment: Record<string, string>, flags: Record<string, string> = {}) {
  return loadConfig({
    flags: new Map(Object.entries(flags)),
    environment,
    processorCores: 4,
    workingDirectory: '/srv',
  });
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('configuration', () => {
  it('has the defaults of the documentation', () => {
    const loaded = load({});
    // Those of the Samsung Cloud Platform dialect stand in scp-settings.test.ts, those of IBM Cloud in ibm-settings.test.ts.
    const { scp: _, ibm: __, ...config } = loaded.config;
    assert.deepEqual(
      { ...loaded, config },
      {
        config: {
          dataDirectory: '/srv/gotgan-data',
          storageAddress: { host: '127.0.0.1', port: 9000 },
          controlAddress: { host: '127.0.0.1', port: 9001 },
          places: [{ name: 'KR1' }],
          regionAliases: ['us-east-1', 'kr-west1', 'us-south'],
          bucketNames: 'global',
          workers: 4,
          logLevel: 'info',
          domains: [],
          publicEndpoints: {},
          trustedProxies: [],
          anonymousS3: true,
          scrubBytesPerSecond: 10 * 1024 * 1024,
          lifecycleDaySeconds: 86_400,
          tokenLifetimeSeconds: 43_200,
          signatureV2: true,
          tempUrlDigests: ['sha256', 'sha512'],
          swiftRates: { accountPerSecond: 0, containerPerSecond: 0, delaySecondsMax: 60, status: 429 },
        },
        rootSeed: { userName: 'root' },
        warnings: [],
      },
    );
  });

  it('is frozen to the last value', () => {
    const { config } = load({ GOTGAN_REGIONS: 'A,B=127.0.0.1:1' });
    for (const value of [
      config,
      config.places,
      config.places[1],
      config.places[1]?.address,
      config.storageAddress,
    ]) {
      assert.ok(Object.isFrozen(value));
    }
  });

  it('reads every value', () => {
    const { config, rootSeed } = load({
      GOTGAN_DATA_DIR: '/data',
      GOTGAN_STORAGE_ADDRESS: '0.0.0.0:80',
      GOTGAN_CONTROL_ADDRESS: '[::1]:8080',
      GOTGAN_REGIONS:
        'KR1;ibm=us-south;scp=kr-west1, KR2=s3.kr2.example, JP1=:9100 , US-1=[::]:9200;ibm=us-east;ibm-host=S3.us.example;ibm-host=direct.example;scp-host=os.example',
      GOTGAN_REGION_ALIASES: 'a,b',
      GOTGAN_BUCKET_NAMES: 'account',
      GOTGAN_WORKERS: '2',
      GOTGAN_LOG_LEVEL: 'DEBUG',
      GOTGAN_DOMAIN: 'S3.example.com,other.example',
      GOTGAN_PUBLIC_ENDPOINTS: 'storage=https://s3.example.com,control=http://c.example:8080/',
      GOTGAN_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      GOTGAN_ANONYMOUS_S3: 'off',
      GOTGAN_ROOT_ACCOUNT: 'A'.repeat(32),
      GOTGAN_ROOT_PASSWORD: ' with blanks ',
    });
    assert.deepEqual(config.places, [
      { name: 'KR1', ibmName: 'us-south', scpName: 'kr-west1' },
      { name: 'KR2', host: 's3.kr2.example' },
      { name: 'JP1', address: { host: '127.0.0.1', port: 9100 } },
      {
        name: 'US-1',
        address: { host: '::', port: 9200 },
        ibmName: 'us-east',
        ibmHosts: ['s3.us.example', 'direct.example'],
        scpHosts: ['os.example'],
      },
    ]);
    assert.deepEqual(
      [config.storageAddress, config.controlAddress],
      [
        { host: '0.0.0.0', port: 80 },
        { host: '::1', port: 8080 },
      ],
    );
    assert.deepEqual(config.domains, ['s3.example.com', 'other.example']);
    assert.deepEqual(config.publicEndpoints, {
      storage: 'https://s3.example.com',
      control: 'http://c.example:8080',
    });
    assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', '::1']);
    assert.deepEqual(
      [config.bucketNames, config.logLevel, config.anonymousS3, config.workers],
      ['account', 'debug', false, 2],
    );
    assert.deepEqual(rootSeed, { accountId: 'a'.repeat(32), userName: 'root', password: ' with blanks ' });
  });

  it('takes an empty value for none, and the flag before the environment', () => {
    const { config } = load({ GOTGAN_WORKERS: '', GOTGAN_REGIONS: 'ENV' }, { GOTGAN_REGIONS: 'FLAG' });
    assert.deepEqual([config.workers, config.places[0]?.name], [4, 'FLAG']);
  });

  const wrong: readonly [string, string, RegExp][] = [
    ['GOTGAN_STORAGE_ADDRESS', '127.0.0.1', /is "127\.0\.0\.1": expected host:port such as /],
    ['GOTGAN_STORAGE_ADDRESS', '1.2.3.4.5:80', /expected host:port/],
    ['GOTGAN_STORAGE_ADDRESS', 'h:65536', /a port from 0 to 65535/],
    ['GOTGAN_STORAGE_ADDRESS', '[12]:80', /expected host:port/],
    ['GOTGAN_WORKERS', '0', /expected a whole number from 1 to 256/],
    ['GOTGAN_WORKERS', '1e3', /expected a whole number/],
    ['GOTGAN_REGIONS', ',', /expected at least one region/],
    ['GOTGAN_REGIONS', 'A B', /"A B" is no region name/],
    ['GOTGAN_REGIONS', 'A,a=h', /"a" stands there twice/],
    ['GOTGAN_REGIONS', 'A;ibm=x,B=h;ibm=X', /"X" stands there twice/],
    ['GOTGAN_REGIONS', 'A;aws=x', /not ";aws=x"/],
    ['GOTGAN_REGIONS', 'A;ibm-host=h,B=x;scp-host=H', /"h" stands there twice/],
    ['GOTGAN_REGIONS', 'A;ibm-host=under_score', /not ";ibm-host=under_score"/],
    ['GOTGAN_REGIONS', 'A;ibm-host=h:80', /not ";ibm-host=h:80"/],
    ['GOTGAN_REGIONS', 'A;ibm=x;ibm=y', /not ";ibm=y"/],
    ['GOTGAN_REGIONS', 'A=under_score', /"under_score" is neither/],
    ['GOTGAN_REGIONS', 'A=h:99999', /"h:99999" is neither/],
    ['GOTGAN_REGIONS', 'A=h:1,B=h:1', /expected an address of its own/],
    [
      'GOTGAN_REGIONS',
      'A,B=127.0.0.1:9000',
      /GOTGAN_REGIONS \(B\) is "127\.0\.0\.1:9000": expected another address/,
    ],
    [
      'GOTGAN_CONTROL_ADDRESS',
      '127.0.0.1:9000',
      /expected another address than that of GOTGAN_STORAGE_ADDRESS/,
    ],
    ['GOTGAN_REGION_ALIASES', 'a b', /"a b" is none/],
    ['GOTGAN_BUCKET_NAMES', 'both', /expected one of global, account/],
    ['GOTGAN_DOMAIN', '10.0.0.1', /"10\.0\.0\.1" is none/],
    ['GOTGAN_PUBLIC_ENDPOINTS', 'https://x', /expected storage=https/],
    ['GOTGAN_PUBLIC_ENDPOINTS', 'storage=ftp://x', /expected storage=https/],
    ['GOTGAN_PUBLIC_ENDPOINTS', 'storage=https://x?q', /expected storage=https/],
    ['GOTGAN_TRUSTED_PROXIES', '10.0.0.0/33', /"10\.0\.0\.0\/33" is neither/],
    ['GOTGAN_ANONYMOUS_S3', 'maybe', /expected on or off/],
    ['GOTGAN_SWIFT_RATE_STATUS', '503', /one of 429, 498/],
    ['GOTGAN_SWIFT_WRITE_DELAY_SECONDS', '61', /from 0 to 60/],
    ['GOTGAN_TEMP_URL_DIGESTS', 'sha256,md5', /digests, of sha1, sha256, sha512/],
    ['GOTGAN_SIGNATURE_V2', 'maybe', /expected on or off/],
    ['GOTGAN_ROOT_ACCOUNT', 'xyz', /expected 32 hexadecimal characters/],
    ['GOTGAN_ROOT_ACCESS_KEY', 'a/b', /expected an access key/],
    ['GOTGAN_TLS_KEY', 'x', /GOTGAN_TLS_KEY is set without GOTGAN_TLS_CERT/],
  ];
  for (const [name, value, pattern] of wrong) {
    it(`refuses ${name}=${value}`, () => {
      const problems = problemsOf({ [name]: value });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', pattern);
      assert.ok(problems[0]?.startsWith(name.slice(0, 'GOTGAN_'.length)));
      assert.match(problems[0] ?? '', /\.$/);
    });
  }

  it('never shows a secret', () => {
    for (const name of ['GOTGAN_ROOT_SECRET_KEY', 'GOTGAN_ROOT_API_KEY']) {
      const [problem = ''] = problemsOf({ [name]: 'hush hush' });
      assert.match(problem, /is not usable: expected/);
      assert.equal(problem.includes('hush'), false);
    }
  });

  it('reports every mistake', () => {
    assert.equal(
      problemsOf({ GOTGAN_WORKERS: 'x', GOTGAN_ANONYMOUS_S3: 'x', GOTGAN_REGIONS: 'x y' }).length,
      3,
    );
  });

  it('knows its own variables from those of others', () => {
    const { warnings } = load({
      GOTGAN_ACCESS_KEY: 'x',
      GOTGAN_SECRET_KEY: 'y',
      GOTGAN_REGION: 'z',
      OTHER: '1',
    });
    assert.deepEqual(warnings, ['The environment variable GOTGAN_REGION is no setting and changes nothing.']);
  });
});

describe('configuration file', () => {
  it('takes comments, blanks and quotes', () => {
    const { values, problems } = parseConfigurationFile('\n# c\n A = 1 \nB="x y"\nC=\'z\'\nD=\r\n', 'f');
    assert.deepEqual(
      [...values],
      [
        ['A', '1'],
        ['B', 'x y'],
        ['C', 'z'],
        ['D', ''],
      ],
    );
    assert.deepEqual(problems, []);
  });

  it('reports lines that mean nothing and names that come twice', () => {
    const { problems } = parseConfigurationFile('A=1\nhello\nA=2\n', 'f');
    assert.deepEqual(problems, [
      'Line 2 of f is not of the form NAME=value.',
      'Line 3 of f sets A a second time.',
    ]);
  });
});
