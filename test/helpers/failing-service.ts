// An actor that answers on its control port and fails after half a second, in the way that FAIL_SERVICE names.
import type { MessagePort } from 'node:worker_threads';
import { serve } from '../../src/threads/port.js';

export async function run({ control }: { control: MessagePort }): Promise<void> {
  const ended = new Promise<void>((resolve) => control.once('close', resolve));
  serve({ connect: async () => {}, stop: async () => void setImmediate(() => control.close()) }, control);
  setTimeout(() => {
    switch (process.env['FAIL_SERVICE']) {
      case 'throws':
        throw new Error('injected fault');
      case 'exits':
        process.exit(3);
        break;
      default:
        for (;;) Math.random();
    }
  }, 500);
  await ended;
}
