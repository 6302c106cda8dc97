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

/** A lane with what is counted of it. */
interface CountedLane extends Lane {
  readonly actor: number;
  /** Clients handed to the actor so far. Without those that it has closed, they are its live connections. */
  handed: number;
  isOpen: boolean;
  /** Whether the actor was handed a client since the last `ring`. */
  isTouched: boolean;
}

/** Numbers of connections at one time. */
export interface Census {
  readonly live: number;
  /** Closed since the start. */
  readonly closed: number;
}

export class Dispatcher {
  #lanes: readonly CountedLane[];
  readonly #counters: Counters;
  /** By the number of an actor that is removed: connections that it has closed. */
  readonly #past = new Map<number, number>();

  /** `lanes`: by the number of the actor. */
  constructor(lanes: readonly Lane[], counters: Counters) {
    this.#counters = counters;
    this.#lanes = lanes.map((lane, actor) => this.#counted(actor, lane));
  }

  #counted(actor: number, lane: Lane): CountedLane {
    const handed = this.#counters.read(actor, Counter.closed);
    return { ...lane, actor, handed, isOpen: false, isTouched: false };
  }

  /** One more actor, which does not serve yet. */
  add(actor: number, lane: Lane): void {
    this.#past.delete(actor);
    this.#lanes = [...this.#lanes, this.#counted(actor, lane)];
  }

  /** The actor has ended, and is not started again. */
  remove(actor: number): void {
    this.#past.set(actor, this.#counters.read(actor, Counter.closed));
    this.#lanes = this.#lanes.filter((lane) => lane.actor !== actor);
  }

  #of(actor: number): CountedLane {
    return this.#lanes.find((lane) => lane.actor === actor) as CountedLane;
  }

  /** The actor serves: it is handed clients from now on. */
  open(actor: number): void {
    this.#of(actor).isOpen = true;
  }

  /** The actor is handed nothing more; its connections go on. */
  pause(actor: number): void {
    const lane = this.#of(actor);
    lane.isOpen = false;
    lane.queue.rouse();
  }

  /** The actor has ended: it is handed nothing more, and its connections are no longer live. */
  shut(actor: number): void {
    const lane = this.#of(actor);
    lane.isOpen = false;
    lane.handed = this.#counters.read(actor, Counter.closed);
  }

  /** Live connections of all actors, including the clients in the queues. */
  live(): number {
    let live = 0;
    for (const lane of this.#lanes) live += this.#liveOf(lane);
    return live;
  }

  /** The same beside the connections that had been closed by then: actors go on closing while their counters are read. */
  census(): Census {
    const closed = this.#lanes.map(({ actor }) => this.#counters.read(actor, Counter.closed));
    const live = this.#lanes.reduce((sum, { handed }, index) => sum + handed - closed[index], 0);
    return { live, closed: [...closed, ...this.#past.values()].reduce((sum, count) => sum + count, 0) };
  }

  /** Live connections of one actor. */
  liveOf(actor: number): number {
    return this.#liveOf(this.#of(actor));
  }

  #liveOf({ actor, handed }: CountedLane): number {
    return handed - this.#counters.read(actor, Counter.closed);
  }

  /** Clients for which the queues of serving actors have room. */
  room(): number {
    let room = 0;
    for (const { isOpen, queue, capacity } of this.#lanes) if (isOpen) room += capacity - queue.length;
    return room;
  }

  /** Puts a client into a queue; false when no queue has room. */
  hand(client: number): boolean {
    let chosen: CountedLane | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes) {
      if (!lane.isOpen) continue;
      const live = this.#liveOf(lane);
      if (live >= fewest || lane.queue.length >= lane.capacity) continue;
      fewest = live;
      chosen = lane;
    }
    if (chosen === undefined) return false;
    chosen.queue.push(client);
    chosen.handed += 1;
    chosen.isTouched = true;
    return true;
  }

  /**
   * Has each actor ring main as soon as it has nothing more to do. False, with no effect, when the queue of an actor is
   * empty.
   */
  rest(): boolean {
    const open = this.#lanes.filter(({ isOpen }) => isOpen);
    if (open.some(({ queue }) => queue.length === 0)) return false;
    for (const { queue } of open) queue.rest();
    return true;
  }

  /** Whether every actor has had something to do all the time since `rest`. */
  get areBusy(): boolean {
    return this.#lanes.every(({ queue, isOpen }) => !isOpen || queue.isResting);
  }

  /** Ends `rest`: the actors need not ring any more. */
  rouse(): void {
    for (const { queue } of this.#lanes) queue.rouse();
  }

  /** Wakes the sleeping actors that were handed a client. Called once a turn. */
  ring(): void {
    for (const lane of this.#lanes) {
      if (!lane.isTouched) continue;
      lane.isTouched = false;
      if (lane.queue.mustRing()) ring(lane.doorbell);
    }
  }
}
