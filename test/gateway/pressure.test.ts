// A receiver that does not read holds its sender up, not the gateway's memory, and gets everything once it reads.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TestServer } from '../helpers/servers.js';
import { hashStream, sendStream } from '../helpers/servers-stream.js';
import { through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const STREAMS = 4;
/** More than the kernel's buffers on the way hold. */
const SIZE = 64 << 20;
/** More than all that the streams may leave in the gateway (a buffer or a pipe each), and V8's own comings and goings. */
const GROWTH_MIB = 48;
/** Looks, 5 ms apart, at which nothing has moved: the senders are held up. */
const STILL_LOOKS = 40;

for (const reads of ['client', 'destination'] as const) {
  inBothEngines(`a ${reads} that does not read stalls its senders, not the gateway`, async (world) => {
    const accepted: Socket[] = [];
    const server = world.use(await TestServer.listen((socket) => accepted.push(socket.pause())));
    const gateway = await world.gateway({ workers: 2 });
    const clients: Socket[] = [];
    for (let stream = 0; stream < STREAMS; stream += 1) {
      const { socket } = world.use(await through(gateway.port, server));
      clients.push(socket.removeAllListeners('data').pause());
    }
    await until('all are connected', () => accepted.length === STREAMS);
    const [senders, receivers] = reads === 'destination' ? [clients, accepted] : [accepted, clients];
    const before = gateway.rss();
    const sent = senders.map((sender, stream) => sendStream(sender, stream + 1, SIZE));
    await stalled(senders);
    const grown = gateway.rss() - before;
    assert.ok(grown < GROWTH_MIB, `grew by ${grown} MiB`);
    // The kernel's own buffers on the way take a good part of each stream.
    assert.ok(senders.every(({ writableLength }) => writableLength > 0));
    const arrived = await Promise.all(receivers.map(hashStream));
    assert.deepEqual(arrived.sort(), (await Promise.all(sent)).sort());
    for (const receiver of receivers) receiver.end();
  });
}

/** Waits until no sender gets rid of anything any more. */
async function stalled(senders: readonly Socket[]): Promise<void> {
  let last = -1;
  let looks = 0;
  await until('the senders are held up', () => {
    const gone = senders.reduce((sum, { bytesWritten, writableLength }) => sum + bytesWritten - writableLength, 0);
    looks = gone === last && gone > 0 ? looks + 1 : 0;
    last = gone;
    return looks > STILL_LOOKS;
  });
}
