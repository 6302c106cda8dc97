// This actor's copy of the DNS actor's answers. A known answer is there at once; an unknown one is asked for once, however
// many connections wait for it. It asks no server itself.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { withoutDot } from '../../../../protocol/address/host-name.js';
import { Deadline, type DeadlineWheel } from '../../../../protocol/deadline-wheel.js';
import type { Options } from '../../../../protocol/options.js';
import type { Observation } from '../../../../protocol/trust/outcomes.js';
import type { LookupAnswer, NamesActor, NamesSubscriber } from '../../../../threads/contracts/dns.js';
import { LookupClient } from '../../../../threads/lookups.js';
import { call, moved, type Remote, serve } from '../../../../threads/port.js';
import { Counter } from '../../../../threads/shared/counters.js';
import type { BadAddresses } from './bad-addresses.js';
import { doubtful, failed, type NameOutcome, outcomeOf } from './name-outcome.js';

interface Known {
  /** As the DNS actor gave it. */
  readonly answer: NameOutcome;
  /** `answer` without addresses that have turned bad since. */
  readonly outcome: NameOutcome;
  /** The version of the bad addresses with which it was last compared. */
  readonly version: number;
  /** In milliseconds of the monotonic clock. */
  readonly expires: number;
}

/** `more`: the lookup goes on, and the waiter is called once more. */
type Waiter = (outcome: NameOutcome, more: boolean) => void;

/** Added to the DNS actor's own deadline: a dead DNS actor is noticed only by its missing answer. */
const GRACE_MS = 1000;
/** How long a race waits at most for what its names have anew, before it fails. */
const RENEWAL_MS = 1500;
const UNANSWERED = failed('dns-failed', 'the DNS actor does not answer');
const ALL_BAD = failed('dns-failed', 'every address turned bad');

/** A question that is under way. */
class Pending {
  readonly waiters = new Set<Waiter>();
  readonly deadline: Deadline;
  /** The answer so far. */
  early: NameOutcome | undefined;

  constructor(expired: () => void) {
    this.deadline = new Deadline(expired);
  }
}

interface NamesReplicaParts {
  readonly deadlines: DeadlineWheel;
  readonly badAddresses: BadAddresses;
  /** The monotonic clock, in ms. */
  readonly now: () => number;
  /** The counters of its actor. */
  readonly counters: Float64Array;
}

export class NamesReplica {
  /** How often a change of the machine's own files has outdated names. */
  changes = 0;
  #known: LRUCache<string, Known>;
  readonly #pending = new Map<string, Pending>();
  readonly #renewals = new Map<string, Pending>();
  readonly #deadlines: DeadlineWheel;
  #timeout_ms: number;
  #pending_max: number;
  readonly #badAddresses: BadAddresses;
  readonly #now: () => number;
  readonly #counters: Float64Array;
  #port: MessagePort | undefined;
  /** The port for what the DNS actor pushes. */
  #pushes: MessagePort | undefined;
  #remote: Remote<NamesActor> | undefined;
  #lookups: LookupClient | undefined;

  constructor(options: Options['dns'], { deadlines, badAddresses, now, counters }: NamesReplicaParts) {
    this.#known = new LRUCache({ max: options.entries_max });
    this.#timeout_ms = options.timeout_ms + GRACE_MS;
    this.#pending_max = options.lookups_max;
    this.#deadlines = deadlines;
    this.#badAddresses = badAddresses;
    this.#now = now;
    this.#counters = counters;
  }

  /** Other bounds. Known answers are kept, as far as there is room; questions that are under way have the earlier time-out. */
  set({ entries_max, timeout_ms, lookups_max }: Options['dns']): void {
    this.#timeout_ms = timeout_ms + GRACE_MS;
    this.#pending_max = lookups_max;
    if (entries_max === this.#known.max) return;
    const before = this.#known;
    this.#known = new LRUCache({ max: entries_max });
    // The least recently used first, which is dropped when there are too many.
    for (const name of before.rkeys()) this.#known.set(name, before.peek(name) as Known);
  }

  /**
   * Asks the DNS actor at the other end of `port` from now on, also again for names that an earlier one was asked for.
   * `areOutdated`: what an earlier one has answered does not hold any more.
   */
  connect(port: MessagePort, areOutdated = false): void {
    this.close();
    if (areOutdated) this.#outdated(undefined);
    this.#port = port;
    port.unref();
    this.#remote = call<NamesActor>(port);
    this.#subscribe(this.#remote);
    this.#lookups = this.#openLookups(this.#remote);
    for (const name of this.#pending.keys()) this.#ask(name);
    for (const name of this.#renewals.keys()) this.#lookups.renew(name);
  }

  /** What is known of a name; undefined if it must be asked for, and `waiter` is called later. See also `follow`. */
  lookup(name: string, now: number, waiter: Waiter): NameOutcome | undefined {
    this.#counters[Counter.names] += 1;
    const known = this.#review(name);
    if (known !== undefined && known.expires > this.#now()) {
      this.#counters[Counter.namesKnown] += 1;
      return known.outcome;
    }
    const pending = this.#pending.get(name);
    if (pending !== undefined) {
      pending.waiters.add(waiter);
      return pending.early;
    }
    // Without a DNS actor to ask, an old answer is better than none.
    if (this.#remote === undefined && known !== undefined) return doubtful(known.outcome);
    if (this.#pending.size >= this.#pending_max) return failed('too-many-lookups');
    const asked = new Pending(() =>
      this.#settle(name, doubtful(asked.early ?? known?.outcome ?? UNANSWERED), this.#pending),
    );
    asked.waiters.add(waiter);
    this.#pending.set(name, asked);
    this.#deadlines.set(asked.deadline, now + this.#timeout_ms);
    this.#ask(name);
    return undefined;
  }

  /** The first address of the known answer of a name, if that still holds. Asks nobody, and counts as no use. */
  peek(name: string): Uint8Array | undefined {
    const known = this.#known.peek(name);
    return known?.outcome.kind === 'found' && known.expires > this.#now() ? known.outcome.ips[0] : undefined;
  }

  /** Whether a lookup of the name is still under way; if so, `waiter` is called with what comes. */
  follow(name: string, waiter: Waiter): boolean {
    const pending = this.#pending.get(name);
    pending?.waiters.add(waiter);
    return pending !== undefined;
  }

  /**
   * Asks anew for a name, since everything that its answer says has failed. False if nobody can be asked; else `waiter` is called as
   * for a lookup, within a second or two.
   */
  renew(name: string, now: number, waiter: Waiter): boolean {
    const asked = this.#renewals.get(name);
    if (asked !== undefined) {
      asked.waiters.add(waiter);
      return true;
    }
    if (this.#lookups === undefined || this.#renewals.size >= this.#pending_max) return false;
    const renewal = new Pending(() => this.#settle(name, UNANSWERED, this.#renewals));
    renewal.waiters.add(waiter);
    this.#renewals.set(name, renewal);
    this.#deadlines.set(renewal.deadline, now + RENEWAL_MS);
    this.#lookups.renew(name);
    return true;
  }

  /** How long the known answer of a name still holds, in ms; not above 0 if it does not, or there is none. */
  holdsFor(name: string): number {
    const known = this.#known.peek(name);
    return known === undefined ? 0 : known.expires - this.#now();
  }

  /** Removes a waiter that needs no more answers. */
  forget(name: string, waiter: Waiter): void {
    this.#pending.get(name)?.waiters.delete(waiter);
    this.#renewals.get(name)?.waiters.delete(waiter);
  }

  /** Sends all questions of a turn in one message. Called once a turn. */
  flush(): void {
    this.#lookups?.flush();
  }

  /** Sends observations of connections to the DNS actor; without one they are lost. */
  observed(observations: readonly Observation[]): void {
    this.#remote?.observed(observations).catch(() => {});
  }

  /** Closes the ports. Known answers and open questions stay, for the next DNS actor. */
  close(): void {
    this.#port?.close();
    this.#pushes?.close();
    this.#lookups?.close();
    this.#lookups = undefined;
    this.#remote = undefined;
  }

  #subscribe(remote: Remote<NamesActor>): void {
    const { port1, port2 } = new MessageChannel();
    this.#pushes = port1;
    const subscriber: NamesSubscriber = {
      badAddressesChanged: (changes, whole) => this.#badAddresses.badAddressesChanged(changes, whole),
      namesChanged: async (names) => this.#outdated(names),
    };
    serve(subscriber, port1);
    port1.unref();
    remote.subscribe(moved(port2)).catch(() => {});
  }

  #openLookups(remote: Remote<NamesActor>): LookupClient {
    const { port1, port2 } = new MessageChannel();
    // An answer of a DNS actor that has been replaced meanwhile is as good.
    const lookups = new LookupClient(port1, (name, answer, renewed) =>
      this.#answered(name, answer, renewed ? this.#renewals : this.#pending),
    );
    port1.unref();
    remote.lookups(moved(port2)).catch(() => {});
    return lookups;
  }

  /** Outdated names are asked for when they are next needed; until then remembered destinations are used. */
  #outdated(names: readonly string[] | undefined): void {
    this.changes += 1;
    if (names === undefined) this.#known.clear();
    for (const name of names ?? []) {
      this.#known.delete(name);
      this.#known.delete(`${name}.`);
    }
  }

  /** What is known of a name, without addresses that have turned bad meanwhile; undefined if none is left. */
  #review(name: string): Known | undefined {
    const known = this.#known.get(name);
    if (known === undefined || known.version === this.#badAddresses.version) return known;
    const outcome = this.#without(name, known.answer, known.version);
    if (outcome === undefined) {
      this.#known.delete(name);
      return undefined;
    }
    const reviewed = { ...known, outcome, version: this.#badAddresses.version };
    this.#known.set(name, reviewed);
    return reviewed;
  }

  /** An answer without its bad addresses; undefined if the name must be asked for again. */
  #without(name: string, answer: NameOutcome, version: number): NameOutcome | undefined {
    if (answer.kind !== 'found') return answer;
    const bad = this.#badAddresses;
    // Which server gave the address is not known here, but the DNS actor knows.
    if (answer.ips.some((ip) => bad.isDisbelievedSince(ip, version))) return undefined;
    const ips = answer.ips.filter((ip) => !bad.isInjected(ip, withoutDot(name)));
    return ips.length === 0 ? undefined : { kind: 'found', ips, proof: answer.proof };
  }

  #ask(name: string): void {
    this.#lookups?.ask(name);
  }

  #keep(name: string, given: LookupAnswer): NameOutcome {
    const answer = outcomeOf(given);
    const { version } = this.#badAddresses;
    // A push of bad addresses may have overtaken the answer.
    const outcome = this.#without(name, answer, version) ?? ALL_BAD;
    if (outcome !== ALL_BAD && (given.code === 'found' || given.code === 'no-such-name')) {
      this.#known.set(name, { answer, outcome, version, expires: this.#now() + given.ttl_s * 1000 });
    }
    return outcome;
  }

  /** `asked`: the questions to one of which this is an answer. */
  #answered(name: string, answer: LookupAnswer, asked: Map<string, Pending>): void {
    const outcome = this.#keep(name, answer);
    const pending = asked.get(name);
    if (answer.code !== 'found' || !answer.more || pending === undefined) {
      this.#settle(name, outcome, asked);
      return;
    }
    pending.early = outcome;
    for (const waiter of pending.waiters) waiter(outcome, true);
  }

  #settle(name: string, outcome: NameOutcome, asked: Map<string, Pending>): void {
    const pending = asked.get(name);
    if (pending === undefined) return;
    asked.delete(name);
    this.#deadlines.clear(pending.deadline);
    for (const waiter of pending.waiters) waiter(outcome, false);
  }
}
