// An acceptor without a real actor: the test takes fds off the queue in this thread, keeps each for a while, sends one byte
// and closes it. For the acceptor's tests, in process and in a child process with few fds.
import { makeDoorbell, ring } from '../../src/linux/doorbell.js';
import { openEngine } from '../../src/linux/engine/choose.js';
import type { Engine } from '../../src/linux/engine/engine.js';
import { Loop } from '../../src/linux/engine/loop.js';
import { closeFd, listenOn, localEndpoint, sendBytes } from '../../src/linux/sockets.js';
import { Acceptor, type AcceptorParts } from '../../src/main/accept/acceptor.js';
import { Dispatcher } from '../../src/main/accept/dispatcher.js';
import type { ListeningSocket } from '../../src/main/accept/listening-socket.js';
import type { Logger } from '../../src/main/process/log.js';
import { Notices } from '../../src/main/process/notices.js';
import type { Listener } from '../../src/protocol/inbound/listener.js';
import { ClientAddresses } from '../../src/threads/shared/client-addresses.js';
import { Counter, Counters } from '../../src/threads/shared/counters.js';
import { FdQueue } from '../../src/threads/shared/fd-queue.js';
import { GatewayCounts } from '../../src/threads/shared/gateway-counts.js';
import { fdOf } from '../../src/threads/shared/hand-off.js';
import { OwnerTable } from '../../src/threads/shared/owner-table.js';
import { RoomFlag } from '../../src/threads/shared/room-flag.js';
import { listenerOf } from './listener.js';
import { noLimits } from './no-limits.js';

export interface WorldOptions {
  readonly engine: 'uring' | 'epoll';
  readonly connections_max: number;
  readonly capacity: number;
  /** Number of listening sockets; default 1. */
  readonly listeners?: number;
  readonly log: Logger;
  /** Changes of all listeners. */
  readonly changes?: Partial<Listener>;
  /** Hears after each turn, like the acceptor's own. */
  readonly pressure?: AcceptorParts['pressure'];
}

const FDS_MAX = 65_536;
const BYTE = new Uint8Array([42]);
const LOOPBACK = new Uint8Array([127, 0, 0, 1]);

export function listenAs(number: number, changes: Partial<Listener> = {}): ListeningSocket {
  const fd = listenOn(LOOPBACK, 0, 4096, 0);
  const local = localEndpoint(fd);
  if (typeof local === 'number') throw new Error(`getsockname: ${local}`);
  return {
    fd,
    listener: listenerOf({ number, name: `listener ${number}`, endpoint: local, ...changes }),
    place: { kind: 'internet', host: '127.0.0.1', port: 0 },
    ...{ address: '', file: undefined, isPassed: false },
  };
}

export const portOf = ({ listener }: ListeningSocket): number => listener.endpoint?.port ?? 0;

export class AcceptingWorld {
  readonly listening: readonly ListeningSocket[];
  /** Port of the first listener. */
  readonly port: number;
  /** Clients that the actor has taken, as the queue gave them. */
  readonly taken = new Set<number>();
  /** The largest number of clients at a time, with the actor or in its queue. */
  most = 0;
  /** Number of turns that were allowed to wait. The turn after each visit to libuv, where the clients run, is not. */
  waits = 0;
  /** Number of turns of which the acceptor has said that accepting fails. */
  failing = 0;
  /** Clients that are accepted and that no actor has got. */
  held = 0;
  readonly dispatcher: Dispatcher;
  readonly owners = new OwnerTable(OwnerTable.create(FDS_MAX));
  readonly clients = new ClientAddresses(ClientAddresses.create(FDS_MAX));
  readonly counts = new GatewayCounts();
  readonly acceptor: Acceptor;
  readonly #notices: Notices;
  readonly #engine: Engine;
  readonly #loop: Loop;
  readonly #running: Promise<void>;
  readonly #queue: FdQueue;
  readonly #slice: Float64Array;
  readonly #room: RoomFlag;
  readonly #doorbell = makeDoorbell();
  readonly #laneBell = makeDoorbell();

  constructor({ engine: kind, connections_max, capacity, listeners = 1, log, changes, pressure }: WorldOptions) {
    this.#notices = new Notices(log);
    const opened = openEngine(kind);
    if ('code' in opened) throw new Error(opened.reason);
    const { engine } = opened;
    this.#engine = engine;
    this.listening = Array.from({ length: listeners }, (_, number) => listenAs(number, changes));
    this.port = portOf(this.listening[0]);
    this.#queue = new FdQueue(FdQueue.create(capacity));
    const counters = new Counters(Counters.create(1));
    this.#slice = counters.of(0);
    const roomMemory = RoomFlag.create();
    this.#room = new RoomFlag(roomMemory);
    this.dispatcher = new Dispatcher([{ queue: this.#queue, capacity, doorbell: this.#laneBell }], counters);
    const room = new RoomFlag(roomMemory);
    const { listening, dispatcher, owners, clients } = this;
    this.acceptor = new Acceptor(listening, {
      engine,
      dispatcher,
      owners,
      clients,
      room,
      connections_max,
      counts: this.counts,
      notices: this.#notices,
      limits: noLimits(),
      pressure: {
        turned: (room, isFailing, held) => {
          this.failing += isFailing ? 1 : 0;
          this.held = held;
          pressure?.turned(room, isFailing, held);
        },
      },
      kept: () => this.#loop.leave(),
    });
    this.#loop = new Loop(engine, {
      mayWait: () => {
        this.waits += 1;
        return this.acceptor.mayWait();
      },
      turned: () => {
        this.acceptor.turned();
        this.most = Math.max(this.most, this.queued + this.taken.size);
      },
    });
    engine.watch(this.#doorbell, () => {});
    this.#running = this.#loop.run();
    this.dispatcher.open(0);
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Takes everything off the queue, as an actor does in its turn. */
  take(): number[] {
    const clients: number[] = [];
    for (let client = this.#queue.next(); client >= 0; client = this.#queue.next()) {
      this.#slice[Counter.opened] += 1;
      this.taken.add(client);
      clients.push(client);
      this.#queue.taken();
    }
    return clients;
  }

  end(client: number): void {
    sendBytes(fdOf(client), BYTE);
    closeFd(fdOf(client));
    this.taken.delete(client);
    this.#slice[Counter.closed] += 1;
    if (this.#room.lower()) ring(this.#doorbell);
  }

  async close(): Promise<void> {
    this.acceptor.stop();
    for (const client of this.take()) this.end(client);
    for (const client of this.taken) this.end(client);
    this.#loop.stop();
    this.#notices.close();
    await this.#running;
    this.#engine.destroy();
    closeFd(this.#doorbell);
    closeFd(this.#laneBell);
  }
}
