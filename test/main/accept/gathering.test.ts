// When clients are left to gather in the backlog, counted in accepts: the engine is a still one, so no time passes, and what
// is accepted is accepted because of what the actors do.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket as Client, connect } from 'node:net';
import { test } from 'node:test';
import { type Handler, Socket } from '../../../src/linux/engine/socket.js';
import { acceptFrom, closeFd, listenOn, localEndpoint } from '../../../src/linux/sockets.js';
import { Acceptor } from '../../../src/main/accept/acceptor.js';
import { Dispatcher } from '../../../src/main/accept/dispatcher.js';
import { Notices } from '../../../src/main/process/notices.js';
import { ClientAddresses } from '../../../src/threads/shared/client-addresses.js';
import { Counters } from '../../../src/threads/shared/counters.js';
import { FdQueue } from '../../../src/threads/shared/fd-queue.js';
import { GatewayCounts } from '../../../src/threads/shared/gateway-counts.js';
import { fdOf } from '../../../src/threads/shared/hand-off.js';
import { OwnerTable } from '../../../src/threads/shared/owner-table.js';
import { RoomFlag } from '../../../src/threads/shared/room-flag.js';
import { captureLog } from '../../helpers/capture-log.js';
import { listenerOf } from '../../helpers/listener.js';
import { noLimits } from '../../helpers/no-limits.js';

const CAPACITY = 64;
const FDS_MAX = 65_536;

/** An engine whose clock stands, and which accepts only when the test says so. */
class StillEngine {
  now = 1000;
  readonly size = 1;
  /** The accept that waits. */
  waiting: Socket | undefined;

  adopt(fd: number, handler: Handler): Socket {
    return new Socket(fd, handler, 0, 1);
  }

  accept(socket: Socket): void {
    this.waiting = socket;
  }

  stopAccept(): void {
    throw new Error('no door is given up here');
  }

  close({ fd }: Socket): void {
    closeFd(fd);
  }

  /** The waiting accept gets a client. */
  turn(): void {
    const { waiting } = this;
    if (waiting === undefined) return;
    this.waiting = undefined;
    waiting.handler.onAccept(waiting, acceptFrom(waiting.fd));
  }
}

class Entrance {
  readonly engine = new StillEngine();
  readonly queues: readonly FdQueue[];
  readonly acceptor: Acceptor;
  readonly #notices = new Notices(captureLog().log);
  readonly #port: number;
  readonly #clients: Client[] = [];

  constructor(actors: number) {
    const fd = listenOn(new Uint8Array([127, 0, 0, 1]), 0, 128, 0);
    const local = localEndpoint(fd);
    assert.ok(typeof local !== 'number');
    this.#port = local.port;
    this.queues = Array.from({ length: actors }, () => new FdQueue(FdQueue.create(CAPACITY)));
    const lanes = this.queues.map((queue) => ({ queue, capacity: CAPACITY, doorbell: -1 }));
    const dispatcher = new Dispatcher(lanes, new Counters(Counters.create(actors)));
    for (const actor of this.queues.keys()) dispatcher.open(actor);
    const own = {
      fd,
      listener: listenerOf({ endpoint: local }),
      place: { kind: 'internet', host: '127.0.0.1', port: 0 } as const,
      address: '',
      file: undefined,
      isPassed: false,
    };
    this.acceptor = new Acceptor([own], {
      ...{ engine: this.engine, dispatcher, connections_max: 1000, notices: this.#notices, limits: noLimits() },
      owners: new OwnerTable(OwnerTable.create(FDS_MAX)),
      clients: new ClientAddresses(ClientAddresses.create(FDS_MAX)),
      room: new RoomFlag(RoomFlag.create()),
      counts: new GatewayCounts(),
      kept: () => {},
    });
    this.acceptor.turned();
  }

  /** Brings clients into the backlog. */
  async come(clients: number): Promise<void> {
    for (let i = 0; i < clients; i += 1) {
      const client = connect(this.#port, '127.0.0.1').on('error', () => {});
      this.#clients.push(client);
      await once(client, 'connect');
    }
  }

  /** One turn of main: what waits in the engine is told, then the acceptor looks. */
  turn(): void {
    this.engine.turn();
    this.acceptor.turned();
  }

  /** An actor takes what its queue holds: the number of clients. */
  take(actor: number): number {
    const queue = this.queues[actor];
    let taken = 0;
    for (let client = queue.next(); client >= 0; client = queue.next()) {
      closeFd(fdOf(client));
      queue.taken();
      taken += 1;
    }
    return taken;
  }

  close(): void {
    for (const actor of this.queues.keys()) this.take(actor);
    this.acceptor.stop();
    this.#notices.close();
    for (const client of this.#clients) client.destroy();
  }
}

test('a client is accepted at once, whatever came before it, while the actor has not been given four at a time', async (t) => {
  const entrance = new Entrance(1);
  t.after(() => entrance.close());
  for (let round = 0; round < 5; round += 1) {
    await entrance.come(3);
    entrance.turn();
    assert.ok(entrance.engine.waiting !== undefined, 'main waits for the next client itself');
    assert.equal(entrance.acceptor.mayWait(), Number.POSITIVE_INFINITY);
    assert.equal(entrance.take(0), 3);
  }
});

test('clients gather while the only actor has something to do, and not a turn longer', async (t) => {
  const entrance = new Entrance(1);
  t.after(() => entrance.close());
  await entrance.come(5);
  entrance.turn();
  assert.equal(entrance.queues[0].length, 5);
  assert.ok(entrance.acceptor.mayWait() <= 1, 'main looks again by itself');
  await entrance.come(2);
  entrance.turn();
  assert.equal(entrance.take(0), 5, 'two have been left in the backlog');
  assert.equal(entrance.queues[0].mustTell(), true, 'the actor has nothing more, and rings');
  entrance.turn();
  assert.equal(entrance.take(0), 2, 'no time has passed');
  assert.ok(entrance.engine.waiting !== undefined);
});

test('clients gather for a millisecond at most', async (t) => {
  const entrance = new Entrance(1);
  t.after(() => entrance.close());
  await entrance.come(5);
  entrance.turn();
  await entrance.come(2);
  entrance.engine.now += 1;
  entrance.turn();
  assert.equal(entrance.take(0), 7);
});

test('of two actors one that has nothing to do is enough to end the rest', async (t) => {
  const entrance = new Entrance(2);
  t.after(() => entrance.close());
  await entrance.come(4);
  entrance.turn();
  assert.ok(entrance.acceptor.mayWait() <= 1, 'both have something to do');
  await entrance.come(4);
  entrance.turn();
  assert.equal(entrance.take(1), 2, 'the second had two, and four are in the backlog');
  assert.equal(entrance.queues[1].mustTell(), true, 'it has nothing more, and rings');
  entrance.turn();
  assert.equal(entrance.queues[0].length + entrance.queues[1].length, 6);
  assert.ok(entrance.queues[1].length > 0, 'it has clients again, although the first has not taken its own');
});
