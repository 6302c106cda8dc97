// The machine's own resolver: getaddrinfo, with its hosts file, search list and other configured services. getaddrinfo
// cannot be cancelled and occupies threads that the whole process shares, so few lookups run and the others queue.
import { lookup as getaddrinfo } from 'node:dns/promises';
import { canonical } from '../../../protocol/address/canonical.js';
import { Countdown } from '../ask/countdown.js';
import { type Asked, failed, GIVEN_UP, type Hear, type Reply } from '../ask/exchange.js';

export type Getaddrinfo = (name: string) => Promise<readonly { readonly address: string }[]>;

/** getaddrinfo gives no TTL. */
const TTL_S = 60;

/** How many lookups run at once: libuv runs slow work on half of its pool only, and our own queue can be cancelled. */
export function systemParallel(threadPoolSize: string | undefined): number {
  const size = Number.parseInt(threadPoolSize ?? '', 10);
  return Math.floor(((size > 0 ? size : 4) + 1) / 2);
}

interface SystemLimits {
  readonly parallel: number;
  /** Names that wait for their turn; more are answered as failed at once. */
  readonly queue_max: number;
}

export class SystemNames {
  readonly #limits: SystemLimits;
  readonly #getaddrinfo: Getaddrinfo;
  /** By name. A lookup stays after its caller has given up, so that a name that hangs occupies one thread, not all. */
  readonly #running = new Map<string, Promise<Reply>>();
  readonly #waiting = new Set<() => void>();

  constructor(limits: SystemLimits, resolve: Getaddrinfo = (name) => getaddrinfo(name, { all: true })) {
    this.#limits = limits;
    this.#getaddrinfo = resolve;
  }

  get tables() {
    return {
      running: { size: this.#running.size, max: this.#limits.parallel },
      queued: { size: this.#waiting.size, max: this.#limits.queue_max },
    };
  }

  /** Whether a name would have to wait for its turn. */
  isBusyFor(name: string): boolean {
    return this.#running.size >= this.#limits.parallel && !this.#running.has(name);
  }

  /** `hear` is called within `timeout_ms`, even while the lookup itself goes on. */
  ask(name: string, timeout_ms: number, hear: Hear<Reply>): Asked {
    let over = false;
    const start = (): void => void this.#run(name).then(finish);
    const finish = (reply: Reply): void => {
      if (over) return;
      over = true;
      deadline.cancel();
      this.#waiting.delete(start);
      hear(reply);
    };
    const deadline = new Countdown(timeout_ms, () => finish(GIVEN_UP['timed-out']));
    if (!this.isBusyFor(name)) start();
    else if (this.#waiting.size < this.#limits.queue_max) this.#waiting.add(start);
    else queueMicrotask(() => finish(failed('too many lookups wait')));
    return { cancel: (why) => finish(GIVEN_UP[why]) };
  }

  #run(name: string): Promise<Reply> {
    const running = this.#running.get(name) ?? this.#lookup(name);
    this.#running.set(name, running);
    return running;
  }

  async #lookup(name: string): Promise<Reply> {
    try {
      const results = await this.#getaddrinfo(name);
      return { kind: 'addresses', addresses: results.map((result) => canonical(result.address)), ttl_s: TTL_S };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // ENOTFOUND: the name does not exist, or has no address. EAI_AGAIN and the others: no answer.
      return code === 'ENOTFOUND' ? { kind: 'nxdomain', ttl_s: undefined } : failed(code ?? String(error));
    } finally {
      this.#running.delete(name);
      this.#startNext();
    }
  }

  #startNext(): void {
    for (const start of this.#waiting) {
      if (this.#running.size >= this.#limits.parallel) return;
      this.#waiting.delete(start);
      start();
    }
  }
}
