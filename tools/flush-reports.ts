// Preloaded into every test file: what it writes to its runner is written at once. Reports queue in the process while the runner is
// busy, and `--test-force-exit` would end the process without them (`test-reporter.ts` notices, but cannot bring them back).
interface WithHandle {
  readonly _handle?: { setBlocking?(isBlocking: boolean): void } | null;
}

(process.stdout as unknown as WithHandle)._handle?.setBlocking?.(true);

export {};
