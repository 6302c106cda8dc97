// One load: sends as the rate or the window says, reads what comes back, and waits for the rest. The thread does nothing else
// meanwhile.
import type { Field } from './field.js';
import { Flight } from './flight.js';
import { type Letters, STRANGE } from './letters.js';
import type { Load, Outcome } from './messages.js';

/** An answer that is later than this is not waited for. */
const PATIENCE_MS = 200;
/** When nothing has come for so long, no answer comes any more. */
const SILENCE_MS = 1000;
/** What is overdue by more than this is left out: a burst would overload all that takes part. */
const OVERDUE_MAX_MS = 5;
const EXPIRE_EACH_MS = 5;

export class Run {
  readonly #field: Field;
  readonly #letters: Letters;
  readonly #load: Load;
  readonly #flight = new Flight(PATIENCE_MS);
  #unsent = 0;
  /** Datagrams of an even rate that are left out or sent. */
  #begun = 0;
  /** The socket that sends next. */
  #turn = 0;

  constructor(field: Field, letters: Letters, load: Load) {
    this.#field = field;
    this.#letters = letters;
    this.#load = load;
  }

  carryOut(): Outcome {
    const { duration_ms } = this.#load;
    const flight = this.#flight;
    const cpuBefore = process.cpuUsage();
    const dropsBefore = this.#field.drops();
    const began = performance.now();
    let now = began;
    let expire = began;
    while (now - began < duration_ms) {
      const due = this.#due(now - began);
      if (due > 0) this.#send(due, now);
      const came = this.#receive();
      if (due === 0 && came === 0) this.#field.readable.wait(1);
      now = performance.now();
      if (now < expire) continue;
      expire = now + EXPIRE_EACH_MS;
      flight.expire(now);
    }
    const elapsed_ms = now - began;
    this.#drain(now);
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      sent: flight.next,
      answered: flight.answered,
      unsent: this.#unsent,
      dropped: this.#field.drops() - dropsBefore,
      wrong: flight.wrong,
      elapsed_ms,
      latency: flight.latency.percentiles(),
      cpu_us: user + system,
    };
  }

  /** Waits for the answers that are still missing. */
  #drain(now_ms: number): void {
    for (let end_ms = now_ms + SILENCE_MS; this.#flight.answered < this.#flight.next; ) {
      const now = performance.now();
      if (now > end_ms) return;
      if (this.#receive() > 0) end_ms = now + SILENCE_MS;
      else this.#field.readable.wait(1);
    }
  }

  #due(elapsed_ms: number): number {
    const { rate, window } = this.#load;
    if (rate === undefined) return window - this.#flight.underWay;
    const each_ms = rate / 1000;
    const due = Math.floor(elapsed_ms * each_ms);
    this.#begun = Math.max(this.#begun, due - Math.ceil(OVERDUE_MAX_MS * each_ms));
    return due - this.#begun;
  }

  /** Sends `due` datagrams, spread evenly over the sockets. */
  #send(due: number, now: number): void {
    const { sockets } = this.#field;
    const flight = this.#flight;
    for (let left = due; left > 0; ) {
      const count = Math.min(left, this.#letters.batch, Math.ceil(due / sockets.length));
      this.#letters.write(flight.next, count);
      const sent = this.#sendFrom(sockets[this.#turn], count);
      this.#turn = this.#turn + 1 < sockets.length ? this.#turn + 1 : 0;
      flight.sent(sent, now);
      this.#begun += count;
      this.#unsent += count - sent;
      left -= count;
    }
  }

  /** Sends the first `count` datagrams of the batch; returns how many the kernel has taken. */
  #sendFrom(fd: number, count: number): number {
    const { outgoing, sizeOnWire } = this.#letters;
    const { joined } = this.#load;
    if (joined === 1) return Math.max(0, outgoing.send(fd, count));
    let sent = 0;
    while (sent < count) {
      const some = Math.min(joined, count - sent);
      if (outgoing.sendJoined(fd, sent, some, sizeOnWire) < 0) break;
      sent += some;
    }
    return sent;
  }

  /** Reads what has come; returns how much that was. */
  #receive(): number {
    const { readable, sockets } = this.#field;
    if (sockets.length === 1) return this.#receiveFrom(sockets[0]);
    const ready = readable.wait(0);
    let came = 0;
    for (let i = 0; i < ready; i += 1) came += this.#receiveFrom(readable.at(i));
    return came;
  }

  #receiveFrom(fd: number): number {
    const letters = this.#letters;
    const came = letters.incoming.receive(fd);
    if (came <= 0) return 0;
    const now = performance.now();
    for (let i = 0; i < came; i += 1) {
      const number = letters.read(i);
      if (number === STRANGE) this.#flight.wrong += 1;
      else this.#flight.cameBack(number, now);
    }
    return came;
  }
}
