// The race for one target: starts what the plan says (protocol/race-plan.ts), tells of the first that can be used, keeps
// what is connected after it for as long as the session wants, and has every outcome remembered.
import { formatEndpoint } from '../../protocol/address.js';
import type { Candidate } from '../../protocol/candidate.js';
import { Deadline, type Expiring } from '../../protocol/deadline-wheel.js';
import type { DestinationMemory, LineView } from '../../protocol/destination-memory.js';
import { type FailureCode, mostTelling } from '../../protocol/failure.js';
import { RacePlan, type Room } from '../../protocol/race-plan.js';
import type { Choice } from '../../protocol/rule.js';
import type { Target } from '../../protocol/target.js';
import { Counter } from '../../threads/counters.js';
import { Attempt, type AttemptOutcome } from './attempt.js';
import type { Waiting } from './attempt-budget.js';
import { routeFailureOf } from './causes.js';
import type { Context } from './context.js';
import { type DialLine, dialsFamily } from './line-table.js';
import type { NameOutcome } from './names-replica.js';
import { Reached } from './reached.js';

/** Whoever waits for the race. `won` or `lost` is called once, unless the race is cancelled; the others only after `won`. */
export interface RaceOutcome {
  won(winner: Attempt): void;
  lost(code: FailureCode, target: Target): void;
  /** One more is connected, to be had from `another()`. */
  joined(): void;
  /** Of what was asked for by `another()` nothing will come. */
  exhausted(): void;
}

export class Race implements AttemptOutcome, Expiring, Waiting, LineView, Room {
  /** Everything that was started, in order. */
  readonly attempts: Attempt[] = [];
  readonly started: number;
  readonly #context: Context;
  readonly #target: Target;
  readonly #outcome: RaceOutcome;
  /** Indices of the lines that may be used. */
  readonly #lines: readonly number[];
  readonly #sticky: boolean;
  readonly #plan: RacePlan;
  readonly #timer = new Deadline(this);
  /** Connected, not the winner: for later. */
  readonly #held: Attempt[] = [];
  /** Undefined where there is nothing to choose and so nothing to remember. */
  readonly #key: string | undefined;
  #memory: DestinationMemory | undefined;
  #lead: Attempt | undefined;
  #gathered = false;
  #lookups = 0;
  #cause: FailureCode | undefined;
  #won = false;
  /** After the winner: whether one more is wanted. */
  #wanted = false;
  #over = false;
  /** For room on a line. */
  #waits = false;
  /** When what is connected, but says so too early, is used nevertheless. */
  #holdUntil = Number.POSITIVE_INFINITY;

  /** `choice`: what a rule leaves to choose from. `client`: the client's address where that is sticky. */
  constructor(
    context: Context,
    target: Target,
    choice: Choice | undefined,
    client: string | undefined,
    outcome: RaceOutcome,
  ) {
    this.#context = context;
    this.#target = target;
    this.#lines = choice?.lines ?? context.allLines;
    this.#sticky = choice?.sticky ?? false;
    this.#outcome = outcome;
    this.started = context.engine.now;
    this.#plan = new RacePlan(context.planRules);
    const destination = formatEndpoint(target.host, target.port);
    if (this.#lines.length > 1 || target.ip === undefined)
      this.#key = client === undefined ? destination : `${client} ${destination}`;
  }

  /** Starts it; the outcome may be told before this returns. */
  start(): void {
    const { routes, engine, counters, options, budget } = this.#context;
    const { now } = engine;
    const memory = this.#key === undefined ? undefined : routes.get(this.#key, now);
    this.#memory = memory;
    const refresh_ms = options.cache.refresh_s * 1000;
    const isStale = refresh_ms > 0 && memory !== undefined && now - memory.raced >= refresh_ms;
    const best = isStale ? undefined : memory?.choose(now, routes.ttl_ms, this, this.#sticky);
    if (best !== undefined && budget.hasRoom(best.line) && this.#bars(best) === undefined && !this.#isLast(best)) {
      this.#plan.lead(best, now);
      this.#lead = this.#begin(best);
    } else {
      counters[Counter.firstContacts] += 1;
    }
    this.#step();
  }

  /** Ends every attempt that has not been taken; nothing more is told. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#context.ticks.clear(this.#timer);
    if (this.#waits) this.#context.budget.forget(this);
    for (const attempt of this.attempts) {
      if (attempt.result !== undefined) continue;
      this.#context.budget.give(attempt.candidate.line);
      attempt.abandon(attempt === this.#lead && this.#gathered ? 'late' : 'abandoned');
    }
    for (const attempt of this.#held) attempt.abandon('abandoned');
    this.#held.length = 0;
  }

  /** Whether there may be another candidate than the winner. */
  get hasOthers(): boolean {
    return this.#key !== undefined && !this.#over && (!this.#gathered || !this.#isSpent() || this.#held.length > 0);
  }

  /** After the winner: one more that is connected; `coming`: `joined` or `exhausted` will be told; `none`: there is none. */
  another(): Attempt | 'coming' | 'none' {
    const held = this.#held.shift();
    if (held !== undefined) return held;
    if (this.#over) return 'none';
    this.#wanted = true;
    this.#plan.demand(this.#context.engine.now);
    this.#proceed();
    if (!this.#isSpent()) return 'coming';
    this.#wanted = false;
    return 'none';
  }

  /** What went first and alone, because it is remembered. */
  get lead(): Attempt | undefined {
    return this.#lead;
  }

  /** For what is learned of an attempt later; undefined where there is nothing to learn. */
  reached(attempt: Attempt): Reached | undefined {
    const name = this.#target.ip === undefined ? this.#target.host : undefined;
    if (this.#key === undefined && name === undefined) return undefined;
    return new Reached(this.#context, this.#key, this.#memory, attempt.candidate, name, attempt.line.hops.length === 0);
  }

  /** What the plan's memory says of how soon an attempt answers, in ms. */
  answersWithin(attempt: Attempt): number {
    const { first_byte_ms, margin_ms } = this.#context.options.race;
    const known = this.#memory?.find(attempt.candidate);
    return known === undefined ? first_byte_ms : known.firstByte.late(margin_ms, first_byte_ms);
  }

  // LineView

  mayUse(line: number): boolean {
    return this.#lines.includes(line) && this.#context.health.mayUse(line, this.#context.engine.now);
  }

  answersEarly(line: number): boolean {
    return this.#context.health.answersEarly(line, this.#context.engine.now);
  }

  // AttemptOutcome

  connected(attempt: Attempt): void {
    const { budget, health, routes, engine } = this.#context;
    const { candidate } = attempt;
    this.#plan.connected();
    budget.give(candidate.line);
    if (attempt.line.hops.length > 0 && health.proxyReached(candidate.line))
      routes.tell({ kind: 'proxy-reached', line: candidate.line });
    this.#remember(attempt);
    if (this.#won) {
      this.#held.push(attempt);
      if (this.#wanted) {
        this.#wanted = false;
        this.#outcome.joined();
      }
      return;
    }
    if (this.answersEarly(candidate.line) && attempt !== this.#lead && !this.#isSpent()) {
      this.#held.push(attempt);
      this.#holdUntil = Math.min(this.#holdUntil, engine.now + this.#context.options.race.first_byte_ms);
      this.#step();
      return;
    }
    this.#win(attempt);
  }

  failed(attempt: Attempt, code: FailureCode): void {
    const { budget, outcomes, engine } = this.#context;
    this.#plan.failed(engine.now);
    budget.give(attempt.candidate.line);
    this.#cause = mostTelling(this.#cause, code);
    if (code === 'reset' && attempt.line.hops.length === 0 && this.#target.ip === undefined)
      outcomes.note({ name: this.#target.host, ip: attempt.candidate.ip }, 'failed', engine.now);
    this.#blameProxy(attempt, code);
    if (this.#memory !== undefined) this.#rememberFailure(this.#memory, attempt, code);
    this.#step();
  }

  onDeadline(): void {
    this.#step();
  }

  roomMade(): void {
    this.#step();
  }

  // What is learned

  #remember(attempt: Attempt): void {
    if (this.#key === undefined) return;
    const { routes, engine } = this.#context;
    const { now } = engine;
    const known = this.#memory;
    const memory = known ?? routes.open(this.#key, now);
    if (known === undefined) {
      this.#memory = memory;
      // Only now is it known that it was not the destination.
      for (const earlier of this.attempts) {
        if (earlier.result !== undefined && earlier.result !== 'connected')
          this.#rememberFailure(memory, earlier, earlier.result as FailureCode);
      }
    }
    if (this.#gathered) memory.raced = now;
    routes.connected(this.#key, memory, attempt.candidate, now - attempt.started, now);
    const lead = this.#lead;
    if (lead !== undefined && lead.result === undefined && this.#gathered && !this.#won) {
      routes.failed(this.#key, memory, lead.candidate, 'late', now);
    }
  }

  #rememberFailure(memory: DestinationMemory, attempt: Attempt, code: FailureCode): void {
    const cause = routeFailureOf(code, attempt.line.hops.length > 0 && !attempt.passedProxies);
    const { routes, engine } = this.#context;
    if (cause !== undefined) routes.failed(this.#key as string, memory, attempt.candidate, cause, engine.now);
  }

  #blameProxy(attempt: Attempt, code: FailureCode): void {
    const { health, routes, engine } = this.#context;
    const { line } = attempt.candidate;
    if (attempt.line.hops.length === 0) return;
    if (attempt.passedProxies) {
      if (health.proxyReached(line)) routes.tell({ kind: 'proxy-reached', line });
    } else if (routeFailureOf(code, true) !== undefined) {
      health.proxyFailed(line, engine.now);
      routes.tell({ kind: 'proxy-failed', line });
    }
  }

  // What goes on

  #win(attempt: Attempt): void {
    this.#won = true;
    this.#outcome.won(attempt);
    if (!this.#over) this.#arm();
  }

  #step(): void {
    if (this.#over) return;
    this.#proceed();
    if (!this.#won) {
      const due = this.#context.engine.now >= this.#holdUntil;
      if (this.#held.length > 0 && (due || this.#isSpent())) this.#win(this.#held.shift() as Attempt);
      else if (this.#isSpent()) {
        this.cancel();
        this.#outcome.lost(this.#cause ?? 'internal', this.#target);
      }
    } else if (this.#wanted && this.#isSpent()) {
      this.#wanted = false;
      this.#outcome.exhausted();
    }
  }

  /** Nothing is under way, and nothing can be started any more. */
  #isSpent(): boolean {
    return this.#gathered && this.#plan.running === 0 && this.#lookups === 0 && !this.#plan.hasWaiting;
  }

  /** Starts what is due. */
  #proceed(): void {
    if (this.#over) return;
    if (!this.#won || this.#wanted) {
      const { budget, engine } = this.#context;
      const { now } = engine;
      if (!this.#gathered && this.#plan.othersDue(now)) this.#gather();
      for (;;) {
        const candidate = this.#plan.take(now, budget.most(), this);
        if (candidate === undefined) break;
        this.#begin(candidate);
      }
    }
    this.#arm();
  }

  /** For the plan: whether a line has room; if not, it is waited for. */
  hasRoom(line: number): boolean {
    const { budget } = this.#context;
    if (budget.hasRoom(line)) return true;
    this.#waits = true;
    budget.wait(this, line);
    return false;
  }

  #arm(): void {
    const { ticks, engine } = this.#context;
    if (this.#won && !this.#wanted) {
      ticks.clear(this.#timer);
      return;
    }
    let wake = this.#won ? Number.POSITIVE_INFINITY : this.#holdUntil;
    if (!this.#gathered || this.#plan.hasWaiting) {
      const next = this.#plan.wakeAt();
      // Due already and not started: only an event makes room for it.
      if (next > engine.now) wake = Math.min(wake, next);
    }
    if (wake === Number.POSITIVE_INFINITY) ticks.clear(this.#timer);
    else ticks.set(this.#timer, wake);
  }

  /** Asks every line for its candidates. */
  #gather(): void {
    this.#gathered = true;
    for (const line of this.#lines) this.#gatherLine(this.#context.lines[line]);
  }

  #gatherLine(line: DialLine): void {
    const direct = line.hops.length === 0;
    const ip = direct ? this.#target.ip : line.proxyIp;
    if (ip !== undefined) {
      this.#offer(line, [ip]);
      return;
    }
    const { names, engine } = this.#context;
    this.#lookups += 1;
    const known = names.lookup(direct ? this.#target.host : line.hops[0].host, engine.now, (outcome) => {
      this.#looked(line, outcome);
      this.#step();
    });
    if (known !== undefined) this.#looked(line, known);
  }

  #looked(line: DialLine, outcome: NameOutcome): void {
    this.#lookups -= 1;
    if (outcome.kind === 'found') this.#offer(line, outcome.ips);
    else this.#cause = mostTelling(this.#cause, outcome.code);
  }

  #offer(line: DialLine, ips: readonly Uint8Array[]): void {
    const usual: Candidate[] = [];
    const last: Candidate[] = [];
    const isOut = !this.#context.health.mayUse(line.index, this.#context.engine.now);
    for (const ip of ips) {
      const candidate = { line: line.index, ip };
      const barred = this.#bars(candidate);
      if (barred !== undefined) this.#cause = mostTelling(this.#cause, barred);
      else if (isOut || this.#isLast(candidate)) last.push(candidate);
      else usual.push(candidate);
    }
    this.#plan.offer(usual, false);
    this.#plan.offer(last, true);
  }

  /** Why a line must not, or cannot, dial an address. */
  #bars({ line: index, ip }: Candidate): FailureCode | undefined {
    const line = this.#context.lines[index];
    if (!dialsFamily(line, ip)) return 'network-unreachable';
    const name = this.#target.ip === undefined ? this.#target.host : undefined;
    return line.hops.length === 0 && this.#context.badAddresses.bars(ip, name) ? 'not-allowed' : undefined;
  }

  #isLast({ line, ip }: Candidate): boolean {
    return this.#context.lines[line].hops.length === 0 && this.#context.badAddresses.isLast(ip, this.#target.host);
  }

  #begin(candidate: Candidate): Attempt {
    const { health, counters, budget, engine } = this.#context;
    const attempt = new Attempt(this.#context, candidate, this.#target, this);
    this.attempts.push(attempt);
    counters[Counter.attempts] += 1;
    health.begins(candidate.line, engine.now);
    const failure = attempt.start();
    if (failure === undefined) budget.take(candidate.line);
    else {
      this.#plan.failed(engine.now);
      this.#cause = mostTelling(this.#cause, failure);
    }
    return attempt;
  }
}
