// Datagrams of one flow that wait until it is known where they go: copies, of which the oldest gives way. The bytes of all
// queues of an actor share one bound.

/** What all queues of an actor hold. */
export class QueueRoom {
  bytes = 0;
  bytes_max: number;

  constructor(bytes_max: number) {
    this.bytes_max = bytes_max;
  }
}

export interface Queued {
  readonly bytes: Uint8Array;
  readonly ecn: number;
}

/** What a waiting datagram costs beside its bytes, so that empty ones are bounded, too. */
const OVERHEAD = 128;
const costOf = ({ bytes }: Queued): number => bytes.length + OVERHEAD;

export class Queue {
  readonly #room: QueueRoom;
  readonly #length_max: number;
  #waiting: Queued[] = [];

  constructor(room: QueueRoom, length_max: number) {
    this.#room = room;
    this.#length_max = length_max;
  }

  get waiting(): readonly Queued[] {
    return this.#waiting;
  }

  /** Copies a datagram. Returns how many were dropped for it, itself among them where others have all the room. */
  push(memory: Uint8Array, start: number, size: number, ecn: number): number {
    let dropped = 0;
    if (this.#waiting.length >= this.#length_max) dropped += this.#shift();
    const room = this.#room;
    while (room.bytes + size + OVERHEAD > room.bytes_max) {
      if (this.#waiting.length === 0) return dropped + 1;
      dropped += this.#shift();
    }
    const queued = { bytes: memory.slice(start, start + size), ecn };
    room.bytes += costOf(queued);
    this.#waiting.push(queued);
    return dropped;
  }

  #shift(): number {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return 0;
    this.#room.bytes -= costOf(oldest);
    return 1;
  }

  /** Empties it, and gives what waited. */
  take(): readonly Queued[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const queued of waiting) this.#room.bytes -= costOf(queued);
    return waiting;
  }
}
