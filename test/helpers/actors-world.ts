// A connection actor and a DNS actor in their own threads, joined by a port, without main and without a route actor. Shows
// through SOCKS what a gateway does with a name or an address.
import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { makeDoorbell, ring } from '../../src/linux/doorbell.js';
import { closeFd, pollNow } from '../../src/linux/sockets.js';
import type { Options } from '../../src/protocol/options.js';
import type { ConnectionActor } from '../../src/threads/contracts/connection.js';
import type { NamesControl } from '../../src/threads/contracts/dns.js';
import type { ConnectionStart, NamesStart } from '../../src/threads/contracts/start.js';
import { call, moved, type Remote } from '../../src/threads/port.js';
import { Pulse } from '../../src/threads/pulse.js';
import { newActorMemory } from '../../src/threads/shared/actor-memory.js';
import { BulkSpans } from '../../src/threads/shared/bulk-spans.js';
import { ClientAddresses } from '../../src/threads/shared/client-addresses.js';
import { Counters } from '../../src/threads/shared/counters.js';
import { FdQueue } from '../../src/threads/shared/fd-queue.js';
import { MapTable, OwnerTable } from '../../src/threads/shared/owner-table.js';
import { RoomFlag } from '../../src/threads/shared/room-flag.js';
import { Shares } from '../../src/threads/shared/shares.js';
import { SiteLeases } from '../../src/threads/shared/site-leases.js';
import { newUdpMemory } from '../../src/threads/shared/udp-memory.js';
import { USER_SLOTS, UserTable } from '../../src/threads/shared/user-table.js';
import { connectedPair, openFds, POLLIN } from '../linux/peers.js';
import { listenerOf } from './listener.js';

const CONNECTION = new URL('../../src/workers/connection/actor.js', import.meta.url).href;
const NAMES = new URL('../../src/workers/dns/actor.js', import.meta.url).href;
const FDS_MAX = 65_536;
/** The listener of the clients; it has a name only, since the clients are socket pairs. */
const LISTENER = listenerOf({ name: 'pairs' });

export class ActorsWorld {
  readonly #pool = new Piscina({ minThreads: 2, maxThreads: 2, atomics: 'disabled' });
  readonly #shared = {
    own: newActorMemory(0),
    owners: OwnerTable.create(FDS_MAX),
    clients: ClientAddresses.create(FDS_MAX),
    clientShares: Shares.create(0, FDS_MAX, 0),
    userShares: Shares.create(0, FDS_MAX, 0),
    maps: MapTable.create(),
    counters: Counters.create(1),
    room: RoomFlag.create(),
    bulk: BulkSpans.create(1),
    userTable: UserTable.create(),
    siteLeases: SiteLeases.create(USER_SLOTS),
    udp: newUdpMemory(8, FDS_MAX, 1, 3),
  };
  readonly #queue = new FdQueue(this.#shared.own.queue);
  readonly #doorbells = [makeDoorbell(), makeDoorbell()] as const;
  readonly #tasks: Promise<void>[] = [];
  readonly #clients: Socket[] = [];
  readonly connection: Remote<ConnectionActor>;
  readonly names: Remote<NamesControl>;

  private constructor(options: Options, engine: 'uring' | 'epoll') {
    const [connectionControl, log, namesControl] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
    const connectionStart: ConnectionStart = {
      ...{ actor: 0, options, engine, control: connectionControl.port2, log: log.port2, shared: this.#shared },
      ...{ listeners: [LISTENER], doorbell: this.#doorbells[0], mainDoorbell: this.#doorbells[1] },
      connections_most: 1000,
    };
    const namesStart: NamesStart = { options, beats: Pulse.memory(), control: namesControl.port2 };
    this.#run(CONNECTION, connectionStart, [connectionControl.port2, log.port2]);
    this.#run(NAMES, namesStart, [namesControl.port2]);
    this.connection = call<ConnectionActor>(connectionControl.port1);
    this.names = call<NamesControl>(namesControl.port1);
  }

  static async start(options: Options, engine: 'uring' | 'epoll' = 'uring'): Promise<ActorsWorld> {
    const world = new ActorsWorld(options, engine);
    const { port1, port2 } = new MessageChannel();
    await world.names.connect(moved(port2));
    await world.connection.connectNames(moved(port1), false);
    await world.connection.ready();
    return world;
  }

  /** Marks main as resting, as an acceptor does before it waits. */
  rest(): void {
    this.#queue.rest();
  }

  /** Whether the actor has ended main's rest and rung main's doorbell. */
  get isRoused(): boolean {
    return !this.#queue.isResting && pollNow(this.#doorbells[1], POLLIN) !== 0;
  }

  /** Sends CONNECT, and `hello` after the reply. Gives the reply's code, and all bytes until the end of the connection. */
  async ask(host: string, port: number, hello = ''): Promise<{ reply: number; said: string }> {
    const [near, far] = connectedPair();
    assert.ok(this.#queue.push(far));
    if (this.#queue.mustRing()) ring(this.#doorbells[0]);
    const client = new Socket({ fd: near });
    this.#clients.push(client);
    client.write(Buffer.from([5, 1, 0]));
    client.write(Buffer.concat([Buffer.from([5, 1, 0, 3, host.length]), Buffer.from(host), twoOctets(port)]));
    const chunks: Buffer[] = [];
    let sent = false;
    return await new Promise((resolve) => {
      client.on('error', () => {});
      client.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        const reply = Buffer.concat(chunks)[3];
        if (reply !== 0 || sent) return;
        sent = true;
        client.write(Buffer.from(hello, 'latin1'));
      });
      client.on('close', () => {
        const all = Buffer.concat(chunks);
        // The method choice has 2 octets, the reply 10: its address is IPv4.
        resolve({ reply: all[3] ?? -1, said: all.subarray(12).toString('latin1') });
      });
    });
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.names.stop();
    await this.connection.drain(0);
    await Promise.all(this.#tasks);
    await this.#pool.destroy();
    for (const doorbell of this.#doorbells) closeFd(doorbell);
  }

  #run(filename: string, start: object, transferList: MessageChannel['port1'][]): void {
    this.#tasks.push(this.#pool.run(start, { filename, name: 'run', transferList }));
  }
}

/** The open sockets of this process, as /proc names them. */
export function openSockets(): string[] {
  return [...openFds().values()].filter((target) => target.startsWith('socket:'));
}

function twoOctets(port: number): Buffer {
  return Buffer.from([port >> 8, port & 0xff]);
}
