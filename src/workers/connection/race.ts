// The race for one target: all lines × addresses at once (bounded), the first that is connected wins, the others are
// ended. What is remembered goes first and alone; when it fails it is forgotten and the rest are raced.
import { formatEndpoint } from '../../protocol/address.js';
import { type FailureCode, mostTelling } from '../../protocol/failure.js';
import type { Choice } from '../../protocol/rule.js';
import type { Target } from '../../protocol/target.js';
import { Counter } from '../../threads/counters.js';
import { Attempt, type AttemptOutcome, type Candidate } from './attempt.js';
import type { Context } from './context.js';
import { type DialLine, dialsFamily } from './line-table.js';
import type { NameOutcome } from './names-replica.js';
import type { Reached } from './outcome-reports.js';

/** Whoever waits for the race. Exactly one of these is called, once, unless the race is cancelled. */
export interface RaceOutcome {
  won(winner: Attempt): void;
  lost(code: FailureCode, target: Target): void;
}

export class Race implements AttemptOutcome {
  readonly #context: Context;
  readonly #target: Target;
  readonly #outcome: RaceOutcome;
  readonly #lines: readonly DialLine[];
  readonly #running = new Set<Attempt>();
  /** Candidates that wait for a place, a list per line, so that lines take turns. */
  readonly #waiting: Candidate[][] = [];
  /** Candidates that only ever failed for this name: for when nothing else is left. */
  #lastResort: Candidate[] = [];
  /** Undefined where there is nothing to choose and so nothing to remember. */
  #destination: string | undefined;
  #remembered: Attempt | undefined;
  #lookups = 0;
  #cause: FailureCode | undefined;
  #over = false;

  /** `choice`: what a rule leaves to choose from. */
  constructor(context: Context, target: Target, outcome: RaceOutcome, choice?: Choice) {
    this.#context = context;
    this.#target = target;
    this.#outcome = outcome;
    this.#lines = choice?.lines?.map((line) => context.lines[line]) ?? context.lines;
  }

  /** Starts it; the outcome may be told before this returns. */
  start(): void {
    const { lines, routes, engine } = this.#context;
    if (this.#lines.length > 1 || this.#target.ip === undefined) {
      this.#destination = formatEndpoint(this.#target.host, this.#target.port);
      const route = routes.get(this.#destination, engine.now);
      if (route !== undefined) {
        const line = lines[route.line];
        const attempt = this.#lines.includes(line) ? this.#recall({ line, ip: route.ip }) : undefined;
        if (attempt !== undefined) {
          this.#remembered = attempt;
          return;
        }
        routes.forget(this.#destination);
      }
    }
    this.#spread();
  }

  /** Ends every attempt; no outcome is told. */
  cancel(): void {
    this.#over = true;
    for (const attempt of this.#running) attempt.abandon();
    this.#running.clear();
  }

  connected(attempt: Attempt): void {
    this.#running.delete(attempt);
    this.cancel();
    if (this.#destination !== undefined) {
      const { line, ip } = attempt.candidate;
      this.#context.routes.won(this.#destination, line.index, ip, this.#context.engine.now);
    }
    this.#outcome.won(attempt);
  }

  failed(attempt: Attempt, code: FailureCode): void {
    this.#running.delete(attempt);
    this.#cause = mostTelling(this.#cause, code);
    const reached = code === 'reset' ? this.reached(attempt) : undefined;
    if (reached?.ip !== undefined) this.#context.outcomes.note(reached, 'failed', this.#context.engine.now);
    if (attempt === this.#remembered) {
      this.#context.routes.forget(this.#destination as string);
      this.#spread();
    } else {
      this.#proceed();
    }
  }

  /** What an attempt tells of the name that is wanted; undefined where the client wanted an address. */
  reached({ candidate }: Attempt): Reached | undefined {
    if (this.#target.ip !== undefined) return undefined;
    return { name: this.#target.host, ip: candidate.line.hops.length === 0 ? candidate.ip : undefined };
  }

  /** Starts what is remembered, unless meanwhile it has turned bad. */
  #recall({ line, ip }: Candidate): Attempt | undefined {
    if (this.#bars(line, ip) !== undefined || this.#isLast(line, ip)) return undefined;
    return this.#begin({ line, ip });
  }

  /** Asks every line for its candidates, and starts those that are known at once. */
  #spread(): void {
    this.#lookups += 1;
    for (const line of this.#lines) this.#gather(line);
    this.#lookups -= 1;
    this.#proceed();
  }

  #gather(line: DialLine): void {
    const direct = line.hops.length === 0;
    const ip = direct ? this.#target.ip : line.proxyIp;
    if (ip !== undefined) {
      this.#offer(line, [ip]);
      return;
    }
    this.#lookups += 1;
    const { names, engine } = this.#context;
    const known = names.lookup(direct ? this.#target.host : line.hops[0].host, engine.now, (outcome) => {
      this.#looked(line, outcome);
      this.#proceed();
    });
    if (known !== undefined) this.#looked(line, known);
  }

  #looked(line: DialLine, outcome: NameOutcome): void {
    this.#lookups -= 1;
    if (outcome.kind === 'found') this.#offer(line, outcome.ips);
    else this.#cause = mostTelling(this.#cause, outcome.code);
  }

  #offer(line: DialLine, ips: readonly Uint8Array[]): void {
    const candidates: Candidate[] = [];
    for (const ip of ips) {
      const barred = this.#bars(line, ip);
      if (barred !== undefined) this.#cause = mostTelling(this.#cause, barred);
      else if (this.#hasFailed(line, ip)) continue;
      else if (this.#isLast(line, ip)) this.#lastResort.push({ line, ip });
      else candidates.push({ line, ip });
    }
    if (candidates.length > 0) this.#waiting.push(candidates);
  }

  /** Why a line must not, or cannot, dial an address. */
  #bars(line: DialLine, ip: Uint8Array): FailureCode | undefined {
    if (!dialsFamily(line, ip)) return 'network-unreachable';
    const name = this.#target.ip === undefined ? this.#target.host : undefined;
    return line.hops.length === 0 && this.#context.badAddresses.bars(ip, name) ? 'not-allowed' : undefined;
  }

  #isLast(line: DialLine, ip: Uint8Array): boolean {
    return line.hops.length === 0 && this.#context.badAddresses.isLast(ip, this.#target.host);
  }

  /** Whether this is what was remembered and has just failed. */
  #hasFailed(line: DialLine, ip: Uint8Array): boolean {
    if (this.#remembered === undefined) return false;
    const { candidate } = this.#remembered;
    return (
      candidate.line === line && candidate.ip.length === ip.length && candidate.ip.every((byte, i) => byte === ip[i])
    );
  }

  /** Starts what waits while there is a place; when nothing is left in any way, the race is lost. */
  #proceed(): void {
    if (this.#over) return;
    this.#beginWaiting();
    if (this.#running.size > 0 || this.#lookups > 0) return;
    if (this.#lastResort.length > 0) {
      this.#waiting.push(this.#lastResort);
      this.#lastResort = [];
      this.#beginWaiting();
      if (this.#running.size > 0) return;
    }
    this.#over = true;
    this.#outcome.lost(this.#cause ?? 'internal', this.#target);
  }

  #beginWaiting(): void {
    while (this.#waiting.length > 0 && this.#running.size < this.#context.options.race.attempts_max) {
      const candidates = this.#waiting.shift() as Candidate[];
      this.#begin(candidates.shift() as Candidate);
      if (candidates.length > 0) this.#waiting.push(candidates);
    }
  }

  #begin(candidate: Candidate): Attempt | undefined {
    const attempt = new Attempt(this.#context, candidate, this.#target, this);
    this.#context.counters[Counter.attempts] += 1;
    const failure = attempt.start();
    if (failure === undefined) {
      this.#running.add(attempt);
      return attempt;
    }
    this.#cause = mostTelling(this.#cause, failure);
    return undefined;
  }
}
