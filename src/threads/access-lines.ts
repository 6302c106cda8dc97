// Carries the lines of the access log from an actor to main, many in one message. The number of lines that main has not
// acknowledged is bounded; further lines are dropped and counted, and a line in their place tells the count. The lines are
// made in the actors, since main, which accepts for all of them, has less time.
import type { MessagePort } from 'node:worker_threads';

/** Lines that main may not have acknowledged yet: what a busy actor ends in half a second, some 3 MiB. */
const BEHIND_MAX = 8192;
/** Lines in one message. */
const BATCH = 64;

export interface AccessBatch {
  /** Whole lines. */
  readonly text: string;
  readonly lines: number;
}

/** The actor's end. */
export class AccessLines {
  readonly #port: MessagePort;
  readonly #dropped: () => void;
  readonly #droppedLine: (dropped: number) => string;
  #text = '';
  #lines = 0;
  /** Lines that main has not acknowledged. */
  #behind = 0;
  #behindMax = BEHIND_MAX;
  /** Dropped lines that no line has told of yet. */
  #unsaid = 0;

  /** `dropped` is called once for each dropped line; `droppedLine` makes the line that tells of them. */
  constructor(port: MessagePort, dropped: () => void, droppedLine: (dropped: number) => string) {
    this.#port = port;
    this.#dropped = dropped;
    this.#droppedLine = droppedLine;
    port.on('message', (written: number) => {
      this.#behind -= written;
      this.#sayDropped();
    });
    port.unref();
  }

  add(line: string): void {
    if (this.#behind + this.#lines >= this.#behindMax) {
      this.#dropped();
      this.#unsaid += 1;
      return;
    }
    this.#text += line;
    this.#lines += 1;
    if (this.#lines === BATCH) this.flush();
  }

  /** No line is dropped from now on: the caller adds the last ones, and knows a bound on their number. */
  unbound(): void {
    this.#behindMax = Number.POSITIVE_INFINITY;
    this.#sayDropped();
  }

  /** Sends what has been added. */
  flush(): void {
    if (this.#lines === 0) return;
    this.#behind += this.#lines;
    this.#port.postMessage({ text: this.#text, lines: this.#lines } satisfies AccessBatch);
    this.#text = '';
    this.#lines = 0;
  }

  #sayDropped(): void {
    if (this.#unsaid === 0) return;
    const line = this.#droppedLine(this.#unsaid);
    this.#unsaid = 0;
    this.add(line);
    this.flush();
  }

  close(): void {
    this.flush();
    this.#port.close();
  }
}

/** Main's end: calls `write` for each message, and acknowledges it. */
export function receiveAccess(port: MessagePort, write: (batch: AccessBatch) => void): void {
  port.on('message', (batch: AccessBatch) => {
    write(batch);
    port.postMessage(batch.lines);
  });
}
