// Which connection actor gets an accepted fd: the one with the fewest live connections, through its queue and doorbell.
// It accepts nothing and holds no fd. Clients are numbers of threads/shared/hand-off.ts: one that is in a queue is main's
// until the actor takes it from there.
import { ring } from '../../linux/doorbell.js';
import { Counter, type Counters } from '../../threads/shared/counters.js';
import type { FdQueue } from '../../threads/shared/fd-queue.js';

/** The way to one connection actor. */
export interface Lane {
  readonly queue: FdQueue;
  /** Fds that the queue has room for. */
  readonly capacity: number;
  readonly doorbell: number;
}

export class Dispatcher {
  readonly #lanes: readonly Lane[];
  readonly #counters: Counters;
  /** Fds handed to each actor so far; less those it has ended, they are its live ones. */
  readonly #handed: number[];
  readonly #open: boolean[];
  /** Actors that got something since the last `ring`. */
  readonly #touched = new Set<number>();

  constructor(lanes: readonly Lane[], counters: Counters) {
    this.#lanes = lanes;
    this.#counters = counters;
    this.#handed = lanes.map(() => 0);
    this.#open = lanes.map(() => false);
  }

  /** The actor serves. */
  open(actor: number): void {
    this.#open[actor] = true;
  }

  /** The actor has gone: it gets nothing more, and what it had is no longer live. */
  shut(actor: number): void {
    this.#open[actor] = false;
    this.#handed[actor] = this.#counters.read(actor, Counter.closed);
  }

  /** Connections of all actors, those in the queues among them. */
  live(): number {
    let live = 0;
    for (let actor = 0; actor < this.#lanes.length; actor += 1) live += this.#liveOf(actor);
    return live;
  }

  #liveOf(actor: number): number {
    return this.#handed[actor] - this.#counters.read(actor, Counter.closed);
  }

  /** Fds for which the queues have room. */
  room(): number {
    let room = 0;
    for (let actor = 0; actor < this.#lanes.length; actor += 1) {
      const { queue, capacity } = this.#lanes[actor];
      if (this.#open[actor]) room += capacity - queue.length;
    }
    return room;
  }

  /** False when no queue has room. */
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
    this.#touched.add(chosen);
    return true;
  }

  /** False where an actor has nothing queued. Else each of them rings main as soon as it has nothing more to do. */
  rest(): boolean {
    const open = this.#lanes.filter((_, actor) => this.#open[actor]);
    if (open.some(({ queue }) => queue.length === 0)) return false;
    for (const { queue } of open) queue.rest();
    return true;
  }

  /** Whether every actor has something to do since `rest`. */
  get areBusy(): boolean {
    return this.#lanes.every(({ queue }, actor) => !this.#open[actor] || queue.isResting);
  }

  /** The rest is over. */
  rouse(): void {
    for (const { queue } of this.#lanes) queue.rouse();
  }

  /** Wakes the actors that got something and sleep. Once a turn. */
  ring(): void {
    for (const actor of this.#touched) {
      const { queue, doorbell } = this.#lanes[actor];
      if (queue.mustRing()) ring(doorbell);
    }
    this.#touched.clear();
  }
}
