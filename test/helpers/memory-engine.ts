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

interface Entry {
  readonly ms: number;
  readonly sequence: number;
  readonly fields: readonly Buffer[];
}

interface Kept {
  readonly value: Buffer | Set<string> | Entry[] | Map<string, number>;
  readonly until: number;
}

const WRONG_KIND = { error: 'WRONGTYPE Operation against a key holding the wrong kind of value' };

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
      case 'GETRANGE': {
        const value = this.#live(key)?.value ?? Buffer.alloc(0);
        return Buffer.isBuffer(value) ? value.subarray(Number(rest[0]), Number(rest[1]) + 1) : WRONG_KIND;
      }
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
        if (names !== undefined && !(names instanceof Set)) return WRONG_KIND;
        // Those that came last, where not all are wanted.
        return [...(names ?? [])].slice(-Number(rest[0])).map((one) => Buffer.from(one));
      }
      case 'HINCRBY': {
        const fields = this.#fields(key);
        const sum = (fields.get(rest[0]) ?? 0) + Number(rest[1]);
        this.kept.set(key, { value: fields.set(rest[0], sum), until: Number.POSITIVE_INFINITY });
        return sum;
      }
      case 'HMGET': {
        const fields = this.#fields(key);
        return rest.map((field) => (fields.has(field) ? Buffer.from(String(fields.get(field))) : null));
      }
      case 'DEL':
        return this.kept.delete(key) ? 1 : 0;
      case 'TIME':
        return [Math.floor(this.now / 1000), Math.floor((this.now % 1000) * 1000)].map((one) =>
          Buffer.from(String(one)),
        );
      case 'XADD': {
        const entries = this.#stream(key);
        if (entries === undefined) return WRONG_KIND;
        const last = entries.at(-1);
        const ms = Math.max(Math.floor(this.now), last?.ms ?? 0);
        const sequence = last?.ms === ms ? last.sequence + 1 : 0;
        entries.push({ ms, sequence, fields: parts.slice(5).map((part) => Buffer.from(part)) });
        entries.splice(0, entries.length - Number(rest[2]));
        this.kept.set(key, { value: entries, until: Number.POSITIVE_INFINITY });
        return Buffer.from(`${ms}-${sequence}`);
      }
      case 'XRANGE': {
        const entries = this.#stream(key);
        if (entries === undefined) return WRONG_KIND;
        const [ms, sequence] = rest[0].slice(1).split('-').map(Number);
        const later = entries.filter((one) => one.ms > ms || (one.ms === ms && one.sequence > sequence));
        const shown = later.slice(0, Number(rest[3]));
        return shown.map((one) => [Buffer.from(`${one.ms}-${one.sequence}`), [...one.fields]]);
      }
      default:
        return { error: `ERR unknown command '${String(name)}'` };
    }
  }

  /** The number of entries of a stream. */
  length(key: string): number {
    return this.#stream(key)?.length ?? 0;
  }

  #fields(key: string): Map<string, number> {
    const value = this.#live(key)?.value;
    return value instanceof Map ? value : new Map<string, number>();
  }

  /** Undefined where the key has something else. */
  #stream(key: string): Entry[] | undefined {
    const value = this.#live(key)?.value ?? [];
    return Array.isArray(value) ? value : undefined;
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
