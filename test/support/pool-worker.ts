/** A worker that says it listens, and then does what its argument says. */
import type { ToPrimary, ToWorker } from '../../src/main/process-messages.ts';

const [, , behaviour = ''] = process.argv;
const nowhere = { host: '127.0.0.1', port: 1 };
const say = (message: ToPrimary): void => {
  process.send?.(message);
};

process.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') process.exit(0);
  if (message.kind === 'ready' && behaviour === 'storage-fails') process.exit(74);
  if (message.kind !== 'start') return;
  if (behaviour === 'cannot-start') {
    say({ kind: 'cannot-start', reason: 'There is a reason.' });
    return;
  }
  if (behaviour === 'dies-before-listening') process.exit(1);
  say({ kind: 'listening', addresses: { storage: nowhere, control: nowhere, regions: {} } });
  if (behaviour === 'dies-early') setTimeout(() => process.exit(1), 50);
});
