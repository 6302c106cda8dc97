// Deadlines of thousands of connections without a timer for each: a hashed wheel (Varghese and Lauck, scheme 6). Setting,
// moving and clearing write a few pointers; a deadline is reported at most one tick late. Time is an argument: the wheel
// reads no clock and sets no timer.

/** An object with one deadline, in at most one wheel. All fields but `onDeadline` are for the wheel only. */
export interface Expiring {
  /** Neighbours in the wheel's doubly linked list; null when no deadline is set. */
  next: Expiring | null;
  previous: Expiring | null;
  due: number;
  onDeadline(now: number): void;
}

/** A deadline as a separate object, for owners with several deadlines. */
export class Deadline implements Expiring {
  next: Expiring | null = null;
  previous: Expiring | null = null;
  due = 0;
  readonly onDeadline: (now: number) => void;

  constructor(onDeadline: (now: number) => void) {
    this.onDeadline = onDeadline;
  }
}

const nothing = (): void => {};

export class DeadlineWheel {
  readonly #buckets: Expiring[];
  readonly #mask: number;
  readonly #tick_ms: number;
  /** Marks the end of the deadlines of a bucket that are still to be visited. */
  readonly #visited: Expiring = new Deadline(nothing);
  #tick: number;
  size = 0;

  /** `now` in ms. `buckets` is a power of two. Deadlines further away than one round are visited once in each round. */
  constructor(now: number, tick_ms = 64, buckets = 1024) {
    this.#tick_ms = tick_ms;
    this.#mask = buckets - 1;
    this.#tick = Math.floor(now / tick_ms);
    this.#buckets = Array.from({ length: buckets }, () => {
      const head = new Deadline(nothing);
      head.next = head;
      head.previous = head;
      return head;
    });
  }

  /** Sets or moves a deadline to `due` (ms, the clock of `expire`). */
  set(deadline: Expiring, due: number): void {
    this.clear(deadline);
    // Whole ms are small integers for V8, which allocate nothing.
    deadline.due = Math.ceil(due);
    // Never in a bucket that has been visited, where it would wait for a whole round.
    const tick = Math.max(Math.ceil(due / this.#tick_ms), this.#tick + 1);
    const head = this.#buckets[tick & this.#mask];
    this.#append(head, deadline);
    this.size += 1;
  }

  /** Clears a deadline; does nothing when it is not set. */
  clear(deadline: Expiring): void {
    if (deadline.next === null) return;
    unlink(deadline);
    this.size -= 1;
  }

  /**
   * Calls `onDeadline` for each deadline that is due at `now`, but for `most` of them at most. It is cleared first and may be
   * set again. Returns whether all that are due have been reported; the others are in the next call.
   */
  expire(now: number, most = Number.POSITIVE_INFINITY): boolean {
    const tick = Math.floor(now / this.#tick_ms);
    if (tick <= this.#tick) return true;
    // After a long pause one round is enough, since it visits every bucket.
    let current = Math.max(this.#tick, tick - this.#mask - 1);
    let left = most;
    while (current < tick) {
      current += 1;
      this.#tick = current;
      if (this.size > 0) left = this.#expireBucket(this.#buckets[current & this.#mask], now, left);
      if (left > 0) continue;
      // There may be more in this bucket: it is visited again.
      this.#tick = current - 1;
      return false;
    }
    return true;
  }

  /** Visits each deadline of the bucket once, even when the owners change the list meanwhile. Returns what is left of `most`. */
  #expireBucket(head: Expiring, now: number, most: number): number {
    let left = most;
    this.#append(head, this.#visited);
    let deadline = head.next as Expiring;
    for (; deadline !== this.#visited && left > 0; deadline = head.next as Expiring) {
      unlink(deadline);
      if (deadline.due > now) {
        this.#append(head, deadline);
      } else {
        this.size -= 1;
        left -= 1;
        deadline.onDeadline(now);
      }
    }
    unlink(this.#visited);
    return left;
  }

  #append(head: Expiring, deadline: Expiring): void {
    const last = head.previous as Expiring;
    deadline.previous = last;
    deadline.next = head;
    last.next = deadline;
    head.previous = deadline;
  }
}

function unlink(deadline: Expiring): void {
  (deadline.previous as Expiring).next = deadline.next;
  (deadline.next as Expiring).previous = deadline.previous;
  deadline.next = null;
  deadline.previous = null;
}
