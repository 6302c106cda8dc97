// Finds out which lines answer "connected" before they are: now and then each line with proxies is asked, one after the other,
// for an address where nothing can answer (RFC 5737). One actor does it and reports to the others. A race uses the result.
import { targetOfIp } from '../../../protocol/address/target.js';
import { Deadline, type DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import type { LineHealth } from '../../../protocol/lines/health/health.js';
import type { Options } from '../../../protocol/options.js';
import type { Failure } from '../../../protocol/race/failure.js';
import type { DialLine } from '../shared/dialling/dial-lines.js';
import type { Egress } from '../shared/dialling/egress.js';
import type { LineSteering } from '../shared/line-steering.js';
import type { NameOutcome } from '../shared/replicas/name-outcome.js';
import type { NamesReplica } from '../shared/replicas/names.js';
import type { RoutesReplica } from '../shared/replicas/routes.js';
import type { AttemptOutcome, MakeAttempt, RaceAttempt } from './attempt/attempt.js';

/** A gateway that runs only for a moment, or is restarted again and again, sends no probes. */
const FIRST_AFTER_MS = 30_000;
/** Pause between two lines. */
const PAUSE_MS = 1000;
/** An address of TEST-NET-1, with a port that proxies let pass. */
const NOBODY = targetOfIp(Uint8Array.of(192, 0, 2, 1), 443);

/** The parts of the actor's context that the probe needs. */
export interface ProbeParts {
  readonly engine: { readonly now: number };
  readonly deadlines: DeadlineWheel;
  readonly options: { readonly race: Pick<Options['race'], 'early_probe_interval_s'> };
  readonly lines: readonly DialLine[];
  readonly allLines: readonly number[];
  readonly names: Pick<NamesReplica, 'lookup' | 'follow' | 'forget'>;
  readonly egress: Pick<Egress, 'mayDial'>;
  readonly health: Pick<LineHealth, 'answersEarly' | 'setEarly'>;
  readonly routes: Pick<RoutesReplica, 'tell'>;
  readonly steering: Pick<LineSteering, 'isPaused'>;
  readonly newAttempt: MakeAttempt;
}

export class EarlyProbe implements AttemptOutcome {
  readonly depth = 0;
  readonly #parts: ProbeParts;
  readonly #interval_ms: number;
  /** Numbers of the lines that have proxies. */
  readonly #lines: readonly number[];
  readonly #deadline = new Deadline(() => this.#try());
  /** Index in `#lines` of the next line. */
  #next = 0;
  #isStopped = false;

  constructor(parts: ProbeParts) {
    this.#parts = parts;
    this.#interval_ms = parts.options.race.early_probe_interval_s * 1000;
    this.#lines = parts.allLines.filter((line) => !parts.lines[line].isDirect);
    if (this.#interval_ms > 0 && this.#lines.length > 0) this.#sleep(Math.min(FIRST_AFTER_MS, this.#interval_ms));
  }

  /** Asks no further line. */
  stop(): void {
    this.#isStopped = true;
    this.#parts.deadlines.clear(this.#deadline);
  }

  #sleep(time_ms: number): void {
    if (this.#isStopped) return;
    this.#parts.deadlines.set(this.#deadline, this.#parts.engine.now + time_ms);
  }

  #try(): void {
    const line = this.#parts.lines[this.#lines[this.#next]];
    if (this.#parts.steering.isPaused(line.number)) {
      this.#goOn();
      return;
    }
    if (line.proxyIp !== undefined) {
      this.#ask(line, this.#first(line, [line.proxyIp]));
      return;
    }
    const { names, engine } = this.#parts;
    const { host } = line.hops[0];
    const looked = (outcome: NameOutcome, more: boolean): void => {
      const ip = outcome.kind === 'found' ? this.#first(line, outcome.ips) : undefined;
      if (ip === undefined && more) return;
      // The first address is enough.
      names.forget(host, looked);
      this.#ask(line, ip);
    };
    const known = names.lookup(host, engine.now, looked);
    if (known !== undefined) looked(known, names.follow(host, looked));
  }

  #first(line: DialLine, ips: readonly Uint8Array[]): Uint8Array | undefined {
    return ips.find((ip) => this.#parts.egress.mayDial(line, ip, NOBODY, undefined).code === 'allowed');
  }

  #ask(line: DialLine, ip: Uint8Array | undefined): void {
    const candidate = ip === undefined ? undefined : { line: line.number, ip };
    if (candidate === undefined || this.#parts.newAttempt(candidate, NOBODY, this).start().code !== 'started')
      this.#goOn();
  }

  connected(attempt: RaceAttempt): void {
    attempt.abandon('abandoned');
    this.#found(attempt.candidate.line, true);
  }

  /** An honest line refuses, hangs up or is silent. If its proxy was not reached, the probe has no result. */
  failed(attempt: RaceAttempt, _failure: Failure): void {
    if (attempt.towards === 'destination') this.#found(attempt.candidate.line, false);
    else this.#goOn();
  }

  #found(line: number, early: boolean): void {
    const { health, routes, engine } = this.#parts;
    const changes = health.answersEarly(line, engine.now) !== early;
    health.setEarly(line, early, engine.now);
    // Also reported without a change, so that it does not expire in other actors.
    if (early || changes) routes.tell({ kind: 'early', line, early });
    this.#goOn();
  }

  #goOn(): void {
    this.#next = (this.#next + 1) % this.#lines.length;
    this.#sleep(this.#next === 0 ? this.#interval_ms : PAUSE_MS);
  }
}
