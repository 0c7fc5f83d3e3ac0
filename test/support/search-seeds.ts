/**
 * Runs a seeded test for one seed after the other until its time is over; at least a few. `GOTGAN_SIMULATION_SEED` runs
 * that one alone, `GOTGAN_SIMULATION_SECONDS` gives every search that much time.
 */
const SEEDS_MIN = 10;

/** Answers how many seeds were tried. The error of a failing one must name it. */
export async function searchSeeds(
  name: string,
  seconds: number,
  run: (seed: number) => Promise<unknown>,
): Promise<number> {
  const only = process.env['GOTGAN_SIMULATION_SEED'];
  if (only !== undefined) {
    await run(Number(only));
    return 1;
  }
  const longer = process.env['GOTGAN_SIMULATION_SECONDS'];
  const end = performance.now() + (longer === undefined ? seconds : Number(longer)) * 1000;
  let seed = 0;
  while (seed < SEEDS_MIN || performance.now() < end) {
    seed += 1;
    try {
      await run(seed);
    } catch (error) {
      throw new Error(`${name}: replay with GOTGAN_SIMULATION_SEED=${seed}`, { cause: error });
    }
  }
  return seed;
}
