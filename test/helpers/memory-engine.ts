// An engine in memory, with the commands that the rooms of the share actor use and a clock of the test's, which can be away, hang and
// lose all.
import { readTimes, TIME_BOUNDS_MS } from '../../src/threads/shared/time-histogram.js';
import {
  type Command,
  ENGINE_FAULTS,
  type Engine,
  type EngineFault,
  type Reply,
} from '../../src/workers/share/engine/engine.js';
import type { Writes } from '../../src/workers/share/shared/site.js';

interface Kept {
  readonly value: Buffer | Set<string>;
  readonly until: number;
}

export class MemoryEngine implements Engine {
  now = 1000;
  isUp = true;
  /** Questions wait until `release`. */
  hangs = false;
  readonly kept = new Map<string, Kept>();
  readonly asked: (readonly Command[])[] = [];
  #held: (() => void)[] = [];
  #heard: (() => void)[] = [];

  async ask(commands: readonly Command[]): Promise<readonly Reply[] | undefined> {
    if (!this.isUp) return undefined;
    this.asked.push(commands);
    if (this.hangs) await new Promise<void>((resolve) => this.#held.push(resolve));
    return this.isUp ? commands.map((command) => this.#do(command)) : undefined;
  }

  release(): void {
    this.hangs = false;
    for (const go of this.#held.splice(0)) go();
  }

  /** Connected again, with what `kept` has. */
  comesUp(): void {
    this.isUp = true;
    for (const heard of this.#heard) heard();
  }

  onUp(heard: () => void): void {
    this.#heard.push(heard);
    if (this.isUp) heard();
  }

  /** Puts at once what is written. */
  readonly writes: Writes = {
    put: (_key, command) => void this.#do(command),
    counts: { waiting: 0, dropped: 0 },
    close() {},
  };

  async close(): Promise<void> {
    this.isUp = false;
    this.release();
  }

  #do([name, ...parts]: Command): Reply {
    const [key, ...rest] = parts.map(String);
    switch (name) {
      case 'SET':
        this.kept.set(key, { value: Buffer.from(parts[1]), until: this.now + Number(rest[2]) });
        return 'OK';
      case 'MGET':
        return [key, ...rest].map((one) => {
          const value = this.#live(one)?.value;
          return Buffer.isBuffer(value) ? value : null;
        });
      case 'PTTL': {
        const until = this.#live(key)?.until;
        return until === undefined ? -2 : until === Number.POSITIVE_INFINITY ? -1 : until - this.now;
      }
      case 'SADD': {
        const names = this.#live(key)?.value;
        const all = names instanceof Set ? names : new Set<string>();
        this.kept.set(key, { value: all.add(rest[0]), until: Number.POSITIVE_INFINITY });
        return 1;
      }
      case 'PEXPIRE':
        return 1;
      case 'SRANDMEMBER': {
        const names = this.#live(key)?.value;
        return names instanceof Set ? [...names].map((one) => Buffer.from(one)) : [];
      }
      case 'DEL':
        return this.kept.delete(key) ? 1 : 0;
      default:
        return { error: `ERR unknown command '${String(name)}'` };
    }
  }

  #live(key: string): Kept | undefined {
    const kept = this.kept.get(key);
    return kept !== undefined && kept.until > this.now ? kept : undefined;
  }

  get status(): Engine['status'] {
    const fault = this.isUp ? undefined : 'unreachable';
    return { isUp: this.isUp, since_ms: 0, place: 'memory', server: undefined, fault, detail: fault };
  }

  get counts(): Engine['counts'] {
    const faults = Object.fromEntries(ENGINE_FAULTS.map((fault) => [fault, 0])) as Record<EngineFault, number>;
    const none = { connects: 0, commands: 0, sent_bytes: 0, received_bytes: 0, faults, dropped: 0, late: 0 };
    return { ...none, roundTrips: this.asked.length, times: readTimes([], 0, TIME_BOUNDS_MS) };
  }
}
