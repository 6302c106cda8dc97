// Hands each accepted client to the connection actor with the fewest live connections, through the actor's queue and
// doorbell. It accepts nothing and holds no fd. A client is a number of threads/shared/hand-off.ts and belongs to main
// while it is in a queue.
import { ring } from '../../linux/doorbell.js';
import { Counter, type Counters } from '../../threads/shared/counters.js';
import type { FdQueue } from '../../threads/shared/fd-queue.js';

/** The queue and the doorbell of one connection actor. */
export interface Lane {
  readonly queue: FdQueue;
  /** Clients that fit into the queue. */
  readonly capacity: number;
  readonly doorbell: number;
}

export class Dispatcher {
  readonly #lanes: readonly Lane[];
  readonly #counters: Counters;
  /** By actor: clients handed to it so far. Without those that it has closed, they are its live connections. */
  readonly #handed: number[];
  readonly #open: boolean[];
  /** By actor: whether it was handed a client since the last `ring`. */
  readonly #touched: boolean[];

  constructor(lanes: readonly Lane[], counters: Counters) {
    this.#lanes = lanes;
    this.#counters = counters;
    this.#handed = lanes.map(() => 0);
    this.#open = lanes.map(() => false);
    this.#touched = lanes.map(() => false);
  }

  /** The actor serves: it is handed clients from now on. */
  open(actor: number): void {
    this.#open[actor] = true;
  }

  /** The actor has ended: it is handed nothing more, and its connections are no longer live. */
  shut(actor: number): void {
    this.#open[actor] = false;
    this.#handed[actor] = this.#counters.read(actor, Counter.closed);
  }

  /** Live connections of all actors, including the clients in the queues. */
  live(): number {
    let live = 0;
    for (let actor = 0; actor < this.#lanes.length; actor += 1) live += this.#liveOf(actor);
    return live;
  }

  #liveOf(actor: number): number {
    return this.#handed[actor] - this.#counters.read(actor, Counter.closed);
  }

  /** Clients for which the queues of serving actors have room. */
  room(): number {
    let room = 0;
    for (let actor = 0; actor < this.#lanes.length; actor += 1) {
      const { queue, capacity } = this.#lanes[actor];
      if (this.#open[actor]) room += capacity - queue.length;
    }
    return room;
  }

  /** Puts a client into a queue; false when no queue has room. */
  hand(client: number): boolean {
    let chosen = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (let actor = 0; actor < this.#lanes.length; actor += 1) {
      if (!this.#open[actor]) continue;
      const { queue, capacity } = this.#lanes[actor];
      const live = this.#liveOf(actor);
      if (live >= fewest || queue.length >= capacity) continue;
      fewest = live;
      chosen = actor;
    }
    if (chosen < 0) return false;
    this.#lanes[chosen].queue.push(client);
    this.#handed[chosen] += 1;
    this.#touched[chosen] = true;
    return true;
  }

  /**
   * Has each actor ring main as soon as it has nothing more to do. False, with no effect, when the queue of an actor is
   * empty.
   */
  rest(): boolean {
    const open = this.#lanes.filter((_, actor) => this.#open[actor]);
    if (open.some(({ queue }) => queue.length === 0)) return false;
    for (const { queue } of open) queue.rest();
    return true;
  }

  /** Whether every actor has had something to do all the time since `rest`. */
  get areBusy(): boolean {
    return this.#lanes.every(({ queue }, actor) => !this.#open[actor] || queue.isResting);
  }

  /** Ends `rest`: the actors need not ring any more. */
  rouse(): void {
    for (const { queue } of this.#lanes) queue.rouse();
  }

  /** Wakes the sleeping actors that were handed a client. Called once a turn. */
  ring(): void {
    for (let actor = 0; actor < this.#lanes.length; actor += 1) {
      if (!this.#touched[actor]) continue;
      this.#touched[actor] = false;
      const { queue, doorbell } = this.#lanes[actor];
      if (queue.mustRing()) ring(doorbell);
    }
  }
}
