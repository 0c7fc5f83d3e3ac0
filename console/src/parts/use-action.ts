/** Something a person starts: whether it runs, and why it failed the last time. */
import { useState } from 'react';

export interface Action {
  readonly isRunning: boolean;
  readonly error: unknown;
  readonly run: () => void;
}

export function useAction(work: () => Promise<void>): Action {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (): Promise<void> => {
    setRunning(true);
    setError(undefined);
    try {
      await work();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setRunning(false);
    }
  };
  return { isRunning, error, run: () => void run() };
}
