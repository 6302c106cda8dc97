// The far end of all datagrams, a process of its own: one socket at every address of loopback, which sends back what comes, from
// the address to which it came. Reports its port on its IPC channel, answers with its losses, and ends with the channel.
import { localEndpoint } from '../../../src/linux/sockets.js';
import { Batch } from './batch.js';
import type { FarEndReport } from './messages.js';
import { dropsOf, openSocket, Readable, tellAddresses } from './sockets.js';

const BATCH = 64;
const DATAGRAM_MAX = 2048;
const BUFFER_SIZE = 32 << 20;
/** For so long the thread does not look at its channel. */
const STAY_MS = 20;

const batch = new Batch(BATCH, DATAGRAM_MAX, true);
const fd = openSocket([0, 0, 0, 0], 0, BUFFER_SIZE);
tellAddresses(fd);
const readable = new Readable();
readable.add(fd);
let unsent = 0;

function serve(): void {
  const until = performance.now() + STAY_MS;
  batch.clear(BATCH);
  do {
    if (readable.wait(STAY_MS) === 0) continue;
    for (let came = batch.receive(fd); came > 0; came = batch.receive(fd)) {
      unsent += came - batch.sendBack(fd, came);
      batch.clear(came);
      if (came < BATCH) break;
    }
  } while (performance.now() < until);
  setImmediate(serve);
}

const report = (message: FarEndReport): void => void process.send?.(message);

process.on('message', () => report({ kind: 'losses', losses: unsent + dropsOf(fd) }));
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal signals the whole process group: the bench ends its children itself.
process.on('SIGINT', () => {});
const local = localEndpoint(fd);
if (typeof local === 'number') throw new Error(`getsockname: errno ${-local}`);
report({ kind: 'ready', port: local.port });
serve();
