// The connection actors: how many there are, what each shares with main, and which of them get clients. Each is kept alive by
// host.ts.
import { makeDoorbell } from '../../linux/doorbell.js';
import { errorName } from '../../linux/error-name.js';
import { isError } from '../../linux/result.js';
import { breakOff, closeFd } from '../../linux/sockets.js';
import type { ConnectionActor } from '../../threads/contracts/connection.js';
import type { SharedMemory } from '../../threads/contracts/start.js';
import { type ActorMemory, newActorMemory, QUEUE_CAPACITY } from '../../threads/shared/actor-memory.js';
import { Counters } from '../../threads/shared/counters.js';
import { FdQueue } from '../../threads/shared/fd-queue.js';
import { type Carried, LineBytes } from '../../threads/shared/line-bytes.js';
import { MapTable, OwnerTable } from '../../threads/shared/owner-table.js';
import { UdpCounts, type UdpTotals } from '../../threads/shared/udp-counts.js';
import { within } from '../../threads/within.js';
import { Dispatcher } from '../accept/dispatcher.js';
import type { Prepared } from '../process/change.js';
import { DONE, type Done, type Failed, failed } from '../process/done.js';
import { type ConnectionParts, connectionRole } from './connection-role.js';
import type { ActorHost } from './host.js';
import type { Role } from './role.js';

/** How long the actors may take to report what they have learned. */
const REPORT_TIMEOUT_MS = 500;
/** How often to look for actors that have got no clients since a reload and have no connection any more. */
const LOOK_MS = 1000;

type OfAll = Pick<
  ConnectionParts,
  'engine' | 'connections_most' | 'mainDoorbell' | 'switchboard' | 'log' | 'notices' | 'accessPorts' | 'takeBack'
>;

export interface ConnectionActorsParts extends OfAll {
  /** The memory that all actors share. */
  readonly common: Omit<SharedMemory, 'own' | 'maps'>;
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
  /** Actors with a lower number get clients; the others go on until their last connection has ended. */
  #wanted = 0;
  /** Actors with a lower number are not ended: they are being started for more of them. */
  #claimed = 0;
  /** Numbers of actors that serve. */
  readonly #serving = new Set<number>();
  /** By number, of actors whose last connection has ended. */
  readonly #ending = new Map<number, Promise<void>>();
  #looks: NodeJS.Timeout | undefined;
  /** Numbers are below this. */
  #numbers_end = 0;
  /** By number, also of actors that have ended; another one with the same number goes on counting. */
  readonly #memories: ActorMemory[] = [];

  constructor(parts: ConnectionActorsParts) {
    this.#parts = parts;
    this.counters = new Counters(parts.common.counters);
    this.owners = new OwnerTable(parts.common.owners);
    this.dispatcher = new Dispatcher([], this.counters);
  }

  /** Makes what the first `workers` actors need; they are started by their hosts. */
  add(workers: number): Done {
    this.#wanted = workers;
    for (let actor = 0; actor < workers; actor += 1) {
      const added = this.#add(actor);
      if (added.code === 'failed') return added;
    }
    return DONE;
  }

  #add(actor: number): { readonly code: 'added'; readonly host: ActorHost<ConnectionActor> } | Failed {
    const doorbell = makeDoorbell();
    if (isError(doorbell)) return failed(`no eventfd for an actor: ${errorName(doorbell)}`);
    const host = this.#hostOf(actor, doorbell);
    this.#own.set(actor, { host, doorbell });
    this.#numbers_end = Math.max(this.#numbers_end, actor + 1);
    return { code: 'added', host };
  }

  #hostOf(actor: number, doorbell: number): ActorHost<ConnectionActor> {
    const { common, host, ...ofAll } = this.#parts;
    const own = this.#memories[actor] ?? newActorMemory(actor);
    this.#memories[actor] = own;
    const shared = { ...common, own, maps: MapTable.create() };
    const queue = new FdQueue(own.queue);
    this.dispatcher.add(actor, { queue, capacity: QUEUE_CAPACITY, doorbell });
    const { counters } = this;
    const serves = (): void => {
      this.#serving.add(actor);
      if (actor < this.#wanted) this.dispatcher.open(actor);
    };
    const gone = (): void => {
      this.#serving.delete(actor);
      this.dispatcher.shut(actor);
    };
    return host(connectionRole({ ...ofAll, actor, shared, queue, doorbell, counters, serves, gone }));
  }

  /** The memory that all actors share. */
  get memory(): ConnectionActorsParts['common'] {
    return this.#parts.common;
  }

  /** Actors with a slice of the counters, also of those that have ended. */
  get counted(): number {
    return this.#numbers_end;
  }

  /** The bytes that a line has carried since the start, by its number. */
  carried(line: number): Carried {
    return LineBytes.sum(
      this.#memories.map(({ lineBytes }) => new LineBytes(lineBytes)),
      line,
    );
  }

  /** What all of them have done with datagrams since the start. */
  get udp(): UdpTotals {
    return UdpCounts.sum(this.#memories.map(({ udpCounts }) => new UdpCounts(udpCounts)));
  }

  get hosts(): readonly ActorHost<ConnectionActor>[] {
    return [...this.#own.values()].map(({ host }) => host);
  }

  /** Of the actors that are to show signs of life: not those that a reload is starting. */
  get watched(): readonly ActorHost<ConnectionActor>[] {
    return [...this.#own].flatMap(([actor, { host }]) =>
      actor < this.#wanted || host.control !== undefined ? [host] : [],
    );
  }

  /** How many actors there would still be beside `workers`, since they have connections. */
  beyond(workers: number): number {
    return [...this.#own.keys()].filter((actor) => actor >= workers).length;
  }

  /**
   * Starts the actors that are missing for another number of them; they get clients when the change is made. Those that are
   * then too many get none, and end when their last connection has ended; a later change may take them back.
   */
  async prepare(workers: number): Promise<Prepared> {
    const added: number[] = [];
    this.#claimed = workers;
    const drop = async (): Promise<void> => {
      this.#claimed = 0;
      await Promise.all(added.map((actor) => this.#end(actor)));
    };
    const starts: Promise<Done>[] = [];
    for (let actor = 0; actor < workers; actor += 1) {
      await this.#ending.get(actor);
      if (this.#own.has(actor)) continue;
      const one = this.#add(actor);
      if (one.code === 'added') added.push(actor);
      starts.push(one.code === 'added' ? one.host.start() : Promise.resolve(one));
      if (one.code === 'failed') break;
    }
    const lost = (await Promise.all(starts)).find(({ code }) => code === 'failed');
    if (lost?.code === 'failed') {
      await drop();
      return lost;
    }
    return { code: 'prepared', change: { make: () => this.#want(workers), drop } };
  }

  #want(workers: number): void {
    this.#wanted = workers;
    this.#claimed = 0;
    for (const actor of this.#own.keys()) {
      if (actor >= workers) this.dispatcher.pause(actor);
      else if (this.#serving.has(actor)) this.dispatcher.open(actor);
    }
    this.#look();
  }

  /** Ends the actors that get no clients and have no connection. */
  #look(): void {
    clearTimeout(this.#looks);
    for (const actor of this.#own.keys()) {
      if (actor >= Math.max(this.#wanted, this.#claimed) && this.dispatcher.liveOf(actor) === 0) void this.#end(actor);
    }
    if (this.beyond(this.#wanted) > 0) this.#looks = setTimeout(() => this.#look(), LOOK_MS).unref();
  }

  async #end(actor: number): Promise<void> {
    const own = this.#own.get(actor);
    if (own === undefined) return;
    this.#own.delete(actor);
    const ended = this.#ended(actor, own);
    this.#ending.set(actor, ended);
    await ended;
    this.#ending.delete(actor);
  }

  async #ended(actor: number, { host, doorbell }: Own): Promise<void> {
    if (host.control !== undefined) await within(REPORT_TIMEOUT_MS, host.control.report());
    await host.stop(0);
    await host.destroy();
    this.dispatcher.remove(actor);
    closeFd(doorbell);
  }

  /** Has lines of the access log be made as the ports say now. */
  async followAccess(): Promise<void> {
    const { accessPorts } = this.#parts;
    const all = [...this.#own].map(([actor, { host }]) => host.control && accessPorts.follow(actor, host.control));
    // The last lines of those that are ending are for the earlier place.
    await Promise.all([...all, ...this.#ending.values()]);
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
    clearTimeout(this.#looks);
    await Promise.all([...this.hosts.map((host) => host.stop(timeout_ms)), ...this.#ending.values()]);
  }

  /** Has a `stop` that is under way end within `timeout_ms`. */
  hasten(timeout_ms: number): void {
    for (const { control } of this.hosts) control?.drain(timeout_ms).catch(() => {});
  }

  /** Ends their threads, after `stop`. */
  async destroy(): Promise<void> {
    const all = [...this.#own.values()];
    this.#own.clear();
    await Promise.all(all.map(({ host }) => host.destroy()));
    for (const { doorbell } of all) closeFd(doorbell);
  }
}
