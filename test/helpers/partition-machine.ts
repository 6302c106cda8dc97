// A script for a network namespace (namespace.ts): a gateway, clients and a destination on a loopback device that goes down
// and up. Packets that are under way then are lost, and while the device is down nothing can be reached. The parent chooses
// between loss and partition.
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { dice } from './dice.js';
import { type EngineName, Gateway } from './gateway.js';
import { PeerServer, TestServer } from './servers.js';
import { hashStream, sendStream } from './servers-stream.js';
import { through } from './socks-client.js';

export interface Partition {
  readonly kind: 'loss' | 'partition';
  readonly engine: EngineName;
  readonly seed: number;
}

export interface Outcome {
  /** The number of transfers that arrived unchanged, and of all transfers. */
  readonly whole: number;
  readonly transfers: number;
  /** How the connections that were cut off for good ended, at both sides. */
  readonly endings: readonly string[];
  readonly wrong: readonly string[];
}

const TRANSFERS = 4;
const SIZE = 32 << 20;
const IDLE_MS = 1000;

const set = (state: 'up' | 'down'): void => void execFileSync('ip', ['link', 'set', 'lo', state]);

/** Streams data while packets are lost. */
async function loss(gateway: Gateway, seed: number): Promise<Pick<Outcome, 'whole' | 'transfers'>> {
  const received: Promise<string>[] = [];
  const sink = await TestServer.listen((socket) => received.push(hashStream(socket)));
  const sent: Promise<string>[] = [];
  for (let i = 0; i < TRANSFERS; i += 1) {
    const { socket } = await through(gateway.port, sink);
    sent.push(sendStream(socket, i + 1, SIZE));
    socket.resume();
  }
  const roll = dice(seed);
  for (let flap = 0; flap < 8; flap += 1) {
    await delay(20 + roll(60));
    set('down');
    await delay(1 + roll(40));
    set('up');
  }
  const [ours, theirs] = [await Promise.all(sent), await Promise.all(received)];
  await sink.close();
  return { whole: ours.filter((hash) => theirs.includes(hash)).length, transfers: ours.length };
}

/** The network is down for longer than the idle time-out: both ends see an end, and not a clean one. */
async function partition(gateway: Gateway): Promise<readonly string[]> {
  const server = await PeerServer.listen();
  const client = await through(gateway.port, server);
  const destination = await server.accepted();
  set('down');
  await delay(IDLE_MS * 3);
  set('up');
  // An end learns of a reset that was lost with the next bytes that it sends.
  client.send('x');
  destination.send('x');
  const endings = [await client.ended(), await destination.ended()];
  client.close();
  await server.close();
  return endings;
}

async function run({ kind, engine, seed }: Partition): Promise<Outcome> {
  const config = kind === 'partition' ? { race: {}, idle_timeout_ms: IDLE_MS } : { race: {} };
  const gateway = await Gateway.start(config, engine);
  const outcome =
    kind === 'loss'
      ? { ...(await loss(gateway, seed)), endings: [] }
      : { whole: 0, transfers: 0, endings: await partition(gateway) };
  await gateway.stop();
  const wrong = gateway.records.filter(({ level }) => level !== 'info').map(({ msg }) => msg);
  return { ...outcome, wrong };
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
process.on('message', (asked: Partition) => {
  run(asked).then(
    (outcome) => process.send?.(outcome),
    (error: Error) => process.send?.({ error: `${error.message}` }),
  );
});
process.send?.({});
