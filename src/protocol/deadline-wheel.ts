// Deadlines of thousands of connections without a timer each: a hashed wheel (Varghese and Lauck's scheme 6). Setting,
// moving and clearing cost a few pointers; a deadline is told at most one tick late. Time is an argument.

/** What has one deadline, in at most one wheel. All but `onDeadline` is the wheel's. */
export interface Expiring {
  /** Ends of the wheel's doubly linked list; null when not set. */
  next: Expiring | null;
  previous: Expiring | null;
  due: number;
  onDeadline(now: number): void;
}

/** A deadline for what has more than one, or for whom it is not worth being linked itself. */
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
  /** Stands behind the deadlines of a bucket that are still to be visited. */
  readonly #visited: Expiring = new Deadline(nothing);
  #tick: number;
  size = 0;

  /** `buckets` is a power of two. Deadlines further away than a round are looked at once a round. */
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
    // Whole ms are small integers, which cost no memory of their own.
    deadline.due = Math.ceil(due);
    // Never in a bucket that has been passed: it would wait for a whole round.
    const tick = Math.max(Math.ceil(due / this.#tick_ms), this.#tick + 1);
    const head = this.#buckets[tick & this.#mask];
    this.#append(head, deadline);
    this.size += 1;
  }

  clear(deadline: Expiring): void {
    if (deadline.next === null) return;
    unlink(deadline);
    this.size -= 1;
  }

  /** Tells all whose deadline is due at `now`; each is cleared first and may be set again. */
  expire(now: number): void {
    const tick = Math.floor(now / this.#tick_ms);
    if (tick <= this.#tick) return;
    // After a long pause one round visits every bucket.
    let current = Math.max(this.#tick, tick - this.#mask - 1);
    while (current < tick) {
      current += 1;
      this.#tick = current;
      if (this.size > 0) this.#expireBucket(this.#buckets[current & this.#mask], now);
    }
  }

  /** Visits each deadline of the bucket once, whatever those that are told do to the list meanwhile. */
  #expireBucket(head: Expiring, now: number): void {
    this.#append(head, this.#visited);
    for (let deadline = head.next as Expiring; deadline !== this.#visited; deadline = head.next as Expiring) {
      unlink(deadline);
      if (deadline.due > now) {
        this.#append(head, deadline);
      } else {
        this.size -= 1;
        deadline.onDeadline(now);
      }
    }
    unlink(this.#visited);
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
