// The line on which all hosts of a site stay for one user (`sticky: "site"`). Which of a host's addresses is best is remembered
// for the host, as everywhere. The site's memory, in the same table, has lines: each with ANY for an address. It hears of
// success, and of a failure of the kept line only where another line did better in the same race: a host that nobody reaches
// says nothing about the line.
import type { Target } from '../../../../protocol/address/target.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import { FAILURES, type Failure } from '../../../../protocol/race/failure.js';
import type { CandidateMemory, RouteFailure } from '../../../../protocol/routes/candidate-memory.js';
import type { LineView } from '../../../../protocol/routes/destination-memory.js';
import type { RaceAttempt } from '../attempt/attempt.js';
import { KnownDestination, type KnownParts } from './destination.js';
import type { Learning } from './outcome.js';

/** Stands for all addresses of a line. */
const ANY = new Uint8Array(4);

const lineOf = (line: number): Candidate => ({ line, ip: ANY });

export class KnownSite extends KnownDestination {
  readonly #parts: KnownParts;
  readonly #site: string;
  /** How the kept line has failed in this race. */
  #failure: RouteFailure | undefined;
  /** Whether another line has answered in this race. */
  #isBettered = false;

  /** `host`: the key of the destination; `site`: that of the site. */
  constructor(parts: KnownParts, target: Target, host: string, site: string) {
    super(parts, target, host);
    this.#parts = parts;
    this.#site = site;
  }

  /** The best of the host's candidates on the kept line; undefined where that line has none yet. */
  override best(lines: LineView): CandidateMemory | undefined {
    const { routes, engine } = this.#parts;
    const memory = routes.get(this.#site, engine.now);
    const kept = memory?.choose(engine.now, routes.ttl_ms, lines, true)?.line;
    this.kept = kept;
    if (kept === undefined) return this.remembered(lines, false);
    const only: LineView = {
      mayUse: (line) => line === kept && lines.mayUse(line),
      answersEarly: (line) => lines.answersEarly(line),
      outage: (line) => lines.outage(line),
    };
    return this.remembered(only, false);
  }

  override connected(attempt: RaceAttempt, attempts: readonly RaceAttempt[], whole: boolean): void {
    super.connected(attempt, attempts, whole);
    const { routes, engine } = this.#parts;
    const { now } = engine;
    const { line } = attempt.candidate;
    if (line !== this.kept) this.#blame();
    routes.connected(this.#site, routes.open(this.#site, now), lineOf(line), now - attempt.started, now);
  }

  override failed(attempt: RaceAttempt, failure: Failure): void {
    super.failed(attempt, failure);
    if (attempt.candidate.line === this.kept) this.#failure = FAILURES[failure.code].blames ?? this.#failure;
  }

  override late(attempt: RaceAttempt): void {
    super.late(attempt);
    const { routes, engine } = this.#parts;
    const { now } = engine;
    routes.failed(this.#site, routes.open(this.#site, now), lineOf(attempt.candidate.line), 'late', now);
  }

  override reached(attempt: RaceAttempt, told = false): Learning | undefined {
    const outcome = super.reached(attempt, told);
    const { line } = attempt.candidate;
    return outcome && new SiteOutcome(this, line, outcome);
  }

  /** The destination has answered over this line. */
  answered(line: number, first_byte_ms: number): void {
    const { routes, engine } = this.#parts;
    const { now } = engine;
    routes.answered(this.#site, routes.open(this.#site, now), lineOf(line), first_byte_ms, now);
    this.#isBettered ||= line !== this.kept;
    if (this.#isBettered) this.#blame();
  }

  /** It has not, or not as it should. Of a line that is only late this is known once another one has answered. */
  unanswered(line: number, cause: RouteFailure): void {
    if (line !== this.kept) return;
    this.#failure = cause;
    if (this.#isBettered) this.#blame();
  }

  /** Another line than the kept one works: what has gone wrong was the kept line's own failure. */
  #blame(): void {
    if (this.kept === undefined || this.#failure === undefined) return;
    const { routes, engine } = this.#parts;
    const { now } = engine;
    routes.failed(this.#site, routes.open(this.#site, now), lineOf(this.kept), this.#failure, now);
  }
}

/** Tells the site what the host learns. */
class SiteOutcome implements Learning {
  readonly #site: KnownSite;
  readonly #line: number;
  readonly #host: Learning;

  constructor(site: KnownSite, line: number, host: Learning) {
    this.#site = site;
    this.#line = line;
    this.#host = host;
  }

  answered(result: 'tls' | 'plain', first_byte_ms: number): void {
    this.#host.answered(result, first_byte_ms);
    this.#site.answered(this.#line, first_byte_ms);
  }

  failed(cause: RouteFailure): void {
    this.#host.failed(cause);
    this.#site.unanswered(this.#line, cause);
  }

  late(cause: RouteFailure = 'silent'): void {
    this.#host.late(cause);
    this.#site.unanswered(this.#line, cause);
  }
}
