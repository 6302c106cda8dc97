// The memory of one connection actor that others read without a message: makes it, and tells what all actors together have counted
// there. It keeps nothing.
import type { FailureCode } from '../../protocol/race/failure.js';
import { ConnectionCounts, type HandshakeFailures, type ListenerConnections } from './connection-counts.js';
import { FdQueue } from './fd-queue.js';
import { type Carried, LineBytes } from './line-bytes.js';
import { type CountsOfLine, LineCounts } from './line-counts.js';
import { type Histogram, TimeHistogram, TURN_BOUNDS_MS } from './time-histogram.js';
import { UdpCounts, type UdpTotals } from './udp-counts.js';

/** Clients that may wait for one actor: more than arrive during the 50 ms that a busy thread may take for a turn. */
export const QUEUE_CAPACITY = 4096;

/**
 * Also of an actor that has ended; another one with the same number goes on with it. Only the actor writes what is counted there,
 * or main for one that has died.
 */
export interface ActorMemory {
  /** The number of the actor. */
  readonly actor: number;
  /** See fd-queue.ts. */
  readonly queue: SharedArrayBuffer;
  /** See line-bytes.ts, line-counts.ts and connection-counts.ts. */
  readonly lineBytes: SharedArrayBuffer;
  readonly lineCounts: SharedArrayBuffer;
  readonly connectionCounts: SharedArrayBuffer;
  /** See udp-counts.ts. */
  readonly udpCounts: SharedArrayBuffer;
  /** How long its turns have taken: a `TimeHistogram` of TURN_BOUNDS_MS. What comes meanwhile waits as long. */
  readonly turnTimes: SharedArrayBuffer;
}

export function newActorMemory(actor: number): ActorMemory {
  return {
    actor,
    queue: FdQueue.create(QUEUE_CAPACITY),
    lineBytes: LineBytes.create(),
    lineCounts: LineCounts.create(),
    connectionCounts: ConnectionCounts.create(),
    udpCounts: UdpCounts.create(),
    turnTimes: TimeHistogram.create(TURN_BOUNDS_MS),
  };
}

/** What several connection actors have counted since the start of the process, read where they count it. */
export class ActorCounts {
  readonly #bytes: readonly LineBytes[];
  readonly #lines: readonly LineCounts[];
  readonly #connections: readonly ConnectionCounts[];
  readonly #udp: readonly UdpCounts[];
  readonly #turns: readonly (readonly [number, TimeHistogram])[];
  readonly #queues: readonly (readonly [number, FdQueue])[];

  constructor(memories: readonly ActorMemory[]) {
    this.#bytes = memories.map(({ lineBytes }) => new LineBytes(lineBytes));
    this.#lines = memories.map(({ lineCounts }) => new LineCounts(lineCounts));
    this.#connections = memories.map(({ connectionCounts }) => new ConnectionCounts(connectionCounts));
    this.#udp = memories.map(({ udpCounts }) => new UdpCounts(udpCounts));
    this.#turns = memories.map(({ actor, turnTimes }) => [actor, new TimeHistogram(turnTimes, TURN_BOUNDS_MS)]);
    this.#queues = memories.map(({ actor, queue }) => [actor, new FdQueue(queue)]);
  }

  /** By the number of the line. */
  carried(line: number): Carried {
    return LineBytes.sum(this.#bytes, line);
  }

  /** Over all lines, also those that there were. */
  get carriedInAll(): Carried {
    return LineBytes.total(this.#bytes);
  }

  /** By the number of the line. */
  line(line: number): CountsOfLine {
    return LineCounts.sum(this.#lines, line);
  }

  /** By the number of the listener. */
  listener(listener: number): ListenerConnections {
    return ConnectionCounts.ofListener(this.#connections, listener);
  }

  /** Those pairs only that have been counted. */
  get handshakeFailures(): readonly HandshakeFailures[] {
    return ConnectionCounts.handshakes(this.#connections);
  }

  /** Replies of failure; those causes only that have been counted. */
  get causes(): ReadonlyMap<FailureCode, number> {
    return ConnectionCounts.causes(this.#connections);
  }

  /** What was done with datagrams. */
  get udp(): UdpTotals {
    return UdpCounts.sum(this.#udp);
  }

  /** How long the turns of each actor have taken, by its number. */
  get turns(): ReadonlyMap<number, Histogram> {
    return new Map(this.#turns.map(([actor, times]) => [actor, times.read()]));
  }

  /** Clients that wait in the queue of each actor now, by its number. */
  get queued(): ReadonlyMap<number, number> {
    return new Map(this.#queues.map(([actor, { length }]) => [actor, length]));
  }
}
