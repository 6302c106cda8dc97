// The access log of an actor: makes the line of each connection and flow that has ended, and sends lines to main together. Where no
// access log is configured there is none. It decides nothing of what is written where: see main/process/log.ts.

import { Deadline, type DeadlineWheel } from '../../protocol/deadline-wheel.js';
import type { ConnectionRecord } from '../../protocol/race/record.js';
import type { FlowRecord } from '../../protocol/udp/flow-record.js';
import { accessLine, droppedAccessLine, flowLine } from '../../threads/access-line.js';
import { AccessLines } from '../../threads/access-lines.js';
import type { AccessStart } from '../../threads/contracts/start.js';
import { Counter } from '../../threads/shared/counters.js';

/** How long a line waits for others. A message for each would cost more than making the line. */
const WAIT_MS = 100;

export class AccessLog {
  readonly #form: AccessStart['form'];
  readonly #deadlines: DeadlineWheel;
  readonly #clock: { readonly now: number };
  readonly #lines: AccessLines;
  readonly #deadline: Deadline;
  #isDue = false;

  /** `clock` is in ms; `counters` are those of the actor. */
  constructor(
    { port, form }: AccessStart,
    deadlines: DeadlineWheel,
    clock: { readonly now: number },
    counters: Float64Array,
  ) {
    this.#form = form;
    this.#deadlines = deadlines;
    this.#clock = clock;
    const dropped = (): void => {
      counters[Counter.accessDropped] += 1;
    };
    this.#lines = new AccessLines(port, dropped, (count) => droppedAccessLine(form, Date.now(), count));
    this.#deadline = new Deadline(() => {
      this.#isDue = false;
      this.#lines.flush();
    });
  }

  /** A connection has ended, with this record. */
  ended(record: ConnectionRecord): void {
    this.#add(accessLine(record, this.#form));
  }

  /** A flow of datagrams has. */
  flowEnded(record: FlowRecord): void {
    this.#add(flowLine(record, this.#form));
  }

  #add(line: string): void {
    this.#lines.add(line);
    if (this.#isDue) return;
    this.#isDue = true;
    this.#deadlines.set(this.#deadline, this.#clock.now + WAIT_MS);
  }

  /** Of the connections that an actor cuts at its end each has its line: there are no more of them than may be live. */
  last(): void {
    this.#lines.unbound();
  }

  /** Sends what is left. */
  close(): void {
    this.#lines.close();
  }
}
