/** The numbers that the core decides by. `main.ts` fills them from the configuration; sources stand in limits.ts. */
export interface CoreSettings {
  /** `global`: a claimed name is refused to other accounts. `account`: every account has names of its own (design, section 5). */
  readonly bucketNames: 'global' | 'account';
  /** How long only its former account may claim the name of a deleted bucket again. */
  readonly claimCooldownMicros: number;
  readonly bucketsPerAccountMax: number;
  /** Of a single PutObject and of a copy in one request. */
  readonly objectBytesMax: number;
  readonly keyBytesMax: number;
  readonly partBytesMin: number;
  readonly partBytesMax: number;
  readonly partsPerUploadMax: number;
  /** How long a completed upload is remembered, so that repeating the completion gets the same answer. */
  readonly completedUploadKeptMicros: number;
  /** A day of lifecycle rules. Shorter only to try rules out. */
  readonly lifecycleDayMicros: number;
  /** How fast stored bytes are read again in search of damage; 0: not at all. */
  readonly scrubBytesPerSecond: number;
}

const GIB = 1024 ** 3;
const DAY_MICROS = 86_400_000_000;

export const defaultCoreSettings: CoreSettings = {
  bucketNames: 'global',
  claimCooldownMicros: DAY_MICROS,
  bucketsPerAccountMax: 1000,
  objectBytesMax: 5 * GIB,
  keyBytesMax: 1024,
  partBytesMin: 5 * 1024 ** 2,
  partBytesMax: 5 * GIB,
  partsPerUploadMax: 10_000,
  completedUploadKeptMicros: DAY_MICROS,
  lifecycleDayMicros: DAY_MICROS,
  scrubBytesPerSecond: 10 * 1024 ** 2,
};
