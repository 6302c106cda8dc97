// The connection actors: how many there are, and what each shares with main. Each is kept alive by host.ts.
import { makeDoorbell } from '../../linux/doorbell.js';
import { errorName } from '../../linux/error-name.js';
import { isError } from '../../linux/result.js';
import { breakOff, closeFd } from '../../linux/sockets.js';
import type { ConnectionActor } from '../../threads/contracts/connection.js';
import type { SharedMemory } from '../../threads/contracts/start.js';
import { Counters } from '../../threads/shared/counters.js';
import { FdQueue } from '../../threads/shared/fd-queue.js';
import { MapTable, OwnerTable } from '../../threads/shared/owner-table.js';
import { Dispatcher } from '../accept/dispatcher.js';
import { DONE, type Done, failed } from '../process/done.js';
import { within } from '../process/within.js';
import { type ConnectionParts, connectionRole } from './connection-role.js';
import type { ActorHost } from './host.js';
import type { Role } from './role.js';

/** Clients that may wait for one actor: more than arrive during the 50 ms that a busy thread may take for a turn. */
const QUEUE_CAPACITY = 4096;
/** How long the actors may take to report what they have learned. */
const REPORT_TIMEOUT_MS = 500;

type OfAll = Pick<
  ConnectionParts,
  'engine' | 'mainDoorbell' | 'switchboard' | 'log' | 'notices' | 'accessPorts' | 'takeBack'
>;

export interface ConnectionActorsParts extends OfAll {
  /** The memory that all actors share. */
  readonly common: Omit<SharedMemory, 'queue' | 'maps'>;
  readonly host: (role: Role<ConnectionActor>) => ActorHost<ConnectionActor>;
}

interface Own {
  readonly host: ActorHost<ConnectionActor>;
  readonly doorbell: number;
}

export class ConnectionActors {
  readonly counters: Counters;
  readonly dispatcher: Dispatcher;
  readonly owners: OwnerTable;
  readonly #parts: ConnectionActorsParts;
  /** By number. */
  readonly #own = new Map<number, Own>();

  constructor(parts: ConnectionActorsParts) {
    this.#parts = parts;
    this.counters = new Counters(parts.common.counters);
    this.owners = new OwnerTable(parts.common.owners);
    this.dispatcher = new Dispatcher([], this.counters);
  }

  /** Makes what `workers` actors need; they are started by their hosts. */
  add(workers: number): Done {
    for (let actor = 0; actor < workers; actor += 1) {
      const doorbell = makeDoorbell();
      if (isError(doorbell)) return failed(`no eventfd for an actor: ${errorName(doorbell)}`);
      this.#own.set(actor, { host: this.#hostOf(actor, doorbell), doorbell });
    }
    return DONE;
  }

  #hostOf(actor: number, doorbell: number): ActorHost<ConnectionActor> {
    const { common, host, ...ofAll } = this.#parts;
    const shared = { ...common, queue: FdQueue.create(QUEUE_CAPACITY), maps: MapTable.create() };
    const queue = new FdQueue(shared.queue);
    this.dispatcher.add(actor, { queue, capacity: QUEUE_CAPACITY, doorbell });
    const { counters, dispatcher } = this;
    return host(connectionRole({ ...ofAll, actor, shared, queue, doorbell, counters, dispatcher }));
  }

  get hosts(): readonly ActorHost<ConnectionActor>[] {
    return [...this.#own.values()].map(({ host }) => host);
  }

  /** Has lines of the access log be made as the ports say now. */
  async followAccess(): Promise<void> {
    const { accessPorts } = this.#parts;
    const all = [...this.#own].map(([actor, { host }]) => host.control && accessPorts.follow(actor, host.control));
    await Promise.all(all);
  }

  /** Resets all sockets of the actors, while these go on running. */
  breakOff(): void {
    for (const actor of this.#own.keys()) for (const fd of this.owners.ownedBy(actor)) breakOff(fd);
  }

  /** Has the actors report what they have learned. */
  async report(): Promise<void> {
    await within(REPORT_TIMEOUT_MS, Promise.all(this.hosts.map(({ control }) => control?.report())));
  }

  /** Ends the actors after their last connection, at the latest after `timeout_ms`. */
  async stop(timeout_ms: number): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stop(timeout_ms)));
  }

  /** Has a `stop` that is under way end within `timeout_ms`. */
  hasten(timeout_ms: number): void {
    for (const { control } of this.hosts) control?.drain(timeout_ms).catch(() => {});
  }

  /** Ends their threads, after `stop`. */
  async destroy(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.destroy()));
    for (const { doorbell } of this.#own.values()) closeFd(doorbell);
  }
}
