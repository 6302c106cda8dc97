// This actor's own copy of the answers of the DNS actor: what is known is there at once, what is not is asked for once,
// however many connections wait for it. It asks no server itself.
import type { MessagePort } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { parseIp } from '../../protocol/address.js';
import { Deadline, type DeadlineWheel } from '../../protocol/deadline-wheel.js';
import type { FailureCode } from '../../protocol/failure.js';
import type { LookupAnswer, NamesActor } from '../../protocol/messages.js';
import type { Options } from '../../protocol/options.js';
import { call, type Remote } from '../../threads/port.js';

export type NameOutcome =
  | { readonly kind: 'found'; readonly ips: readonly Uint8Array[] }
  | { readonly kind: 'failed'; readonly code: FailureCode };

interface Known {
  readonly outcome: NameOutcome;
  /** Milliseconds of the engine's clock. */
  readonly expires: number;
}

type Waiter = (outcome: NameOutcome) => void;

/** How much longer than the DNS actor's own deadline an answer is waited for: that it has died shows only so. */
const GRACE_MS = 1000;
const DNS_FAILED: NameOutcome = { kind: 'failed', code: 'dns-failed' };

/** One question on its way. */
class Pending {
  readonly waiters: Waiter[] = [];
  readonly deadline: Deadline;

  constructor(expired: () => void) {
    this.deadline = new Deadline({ onDeadline: expired });
  }
}

export class NamesReplica {
  readonly #known: LRUCache<string, Known>;
  readonly #pending = new Map<string, Pending>();
  readonly #deadlines: DeadlineWheel;
  readonly #timeout_ms: number;
  readonly #pending_max: number;
  readonly #now: () => number;
  #port: MessagePort | undefined;
  #remote: Remote<NamesActor> | undefined;

  constructor(options: Options['dns'], deadlines: DeadlineWheel, now: () => number) {
    this.#known = new LRUCache({ max: options.entries_max });
    this.#timeout_ms = options.timeout_ms + GRACE_MS;
    this.#pending_max = options.lookups_max;
    this.#deadlines = deadlines;
    this.#now = now;
  }

  /** From now on asks the DNS actor at the other end; what an earlier one had been asked is asked again. */
  connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    port.unref();
    this.#remote = call<NamesActor>(port);
    for (const name of this.#pending.keys()) this.#ask(name);
  }

  /** What is known of a name now; undefined when it must be asked, and `waiter` is told later. */
  lookup(name: string, now: number, waiter: Waiter): NameOutcome | undefined {
    const known = this.#known.get(name);
    if (known !== undefined && known.expires > now) return known.outcome;
    const pending = this.#pending.get(name);
    if (pending !== undefined) {
      pending.waiters.push(waiter);
      return undefined;
    }
    // With no DNS actor to ask, an old answer is better than none.
    if (this.#remote === undefined && known !== undefined) return known.outcome;
    if (this.#pending.size >= this.#pending_max) return { kind: 'failed', code: 'out-of-resources' };
    const asked = new Pending(() => this.#settle(name, known?.outcome ?? DNS_FAILED));
    asked.waiters.push(waiter);
    this.#pending.set(name, asked);
    this.#deadlines.set(asked.deadline, now + this.#timeout_ms);
    this.#ask(name);
    return undefined;
  }

  close(): void {
    this.#port?.close();
    this.#remote = undefined;
  }

  #ask(name: string): void {
    const remote = this.#remote;
    if (remote === undefined) return;
    remote.lookup(name).then(
      (answer) => {
        // Of a DNS actor that has been replaced meanwhile: its answer is as good.
        this.#settle(name, this.#keep(name, answer));
      },
      () => this.#settle(name, DNS_FAILED),
    );
  }

  #keep(name: string, answer: LookupAnswer): NameOutcome {
    const outcome = outcomeOf(answer);
    if (answer.code === 'found' || answer.code === 'no-such-name') {
      this.#known.set(name, { outcome, expires: this.#now() + answer.ttl_s * 1000 });
    }
    return outcome;
  }

  #settle(name: string, outcome: NameOutcome): void {
    const pending = this.#pending.get(name);
    if (pending === undefined) return;
    this.#pending.delete(name);
    this.#deadlines.clear(pending.deadline);
    for (const waiter of pending.waiters) waiter(outcome);
  }
}

function outcomeOf(answer: LookupAnswer): NameOutcome {
  switch (answer.code) {
    case 'found':
      return { kind: 'found', ips: answer.addresses.map(parseIp).filter((ip) => ip !== undefined) };
    case 'no-such-name':
      return { kind: 'failed', code: 'no-such-name' };
    case 'failed':
      return DNS_FAILED;
    case 'overloaded':
      return { kind: 'failed', code: 'out-of-resources' };
    default:
      return answer satisfies never;
  }
}
