// What is remembered of a race's destination and lines, and what the race learns about them. It looks things up and decides
// nothing: protocol/routes/destination-memory.ts chooses the best candidate. What a site remembers is in site.ts.
import { formatEndpoint, formatIp } from '../../../../protocol/address/address.js';
import type { Target } from '../../../../protocol/address/target.js';
import { worthATrial } from '../../../../protocol/bulk/compare.js';
import { type Candidate, sameCandidate } from '../../../../protocol/lines/candidate.js';
import type { LineHealth } from '../../../../protocol/lines/health/health.js';
import type { Preferences } from '../../../../protocol/lines/preferences.js';
import type { Options } from '../../../../protocol/options.js';
import { FAILURES, type Failure } from '../../../../protocol/race/failure.js';
import type { Patience } from '../../../../protocol/race/tier-gate.js';
import { CandidateMemory, needsAnswer } from '../../../../protocol/routes/candidate-memory.js';
import type { DestinationMemory, LineView } from '../../../../protocol/routes/destination-memory.js';
import { type HomeLines, homeTrial } from '../../../../protocol/routes/home-trial.js';
import type { BulkSites } from '../../shared/replicas/bulk-sites.js';
import type { RoutesReplica } from '../../shared/replicas/routes.js';
import type { RaceAttempt } from '../attempt/attempt.js';
import { type Checking, checkAddresses } from './address-check.js';
import { failedBeside, lateBeside, works } from './line-evidence.js';
import { CandidateOutcome, type Learning, type OutcomeParts } from './outcome.js';
import { runsOut } from './run-out.js';

/** The parts of the actor's context that a known destination needs. */
export type KnownParts = Checking &
  OutcomeParts & {
    readonly health: Pick<LineHealth, 'proxyReached' | 'proxyFailed' | 'mayHaveMoved' | 'proxyIsAt' | 'answersEarly'> &
      Pick<LineHealth, 'works' | 'lost' | 'times' | 'isDead'>;
    /** Undefined where all lines are alike. */
    readonly preferences: Preferences | undefined;
    readonly routes: Pick<RoutesReplica, 'ttl_ms' | 'get' | 'open' | 'connected' | 'tried' | 'moved' | 'tell'>;
    /** Tells what lines carry. */
    readonly bulkSites: Pick<BulkSites, 'ratesOf'>;
    readonly options: {
      readonly cache: Pick<Options['cache'], 'refresh_s'>;
      readonly race: Pick<Options['race'], 'first_byte_ms' | 'margin_ms'>;
    };
  };

/** How much longer than others a kept line may take, to connect and to answer: it is to be left when it fails, not for its jitter. */
const PATIENCE_MS = 1000;

export class KnownDestination implements Patience {
  readonly #parts: KnownParts;
  readonly #target: Target;
  /** Undefined if there is no choice, and so nothing to remember. */
  readonly key: string | undefined;
  #memory: DestinationMemory | undefined;
  /** The line that was the first to connect, unless it answers early; -1 before. */
  #winner = -1;
  /** The candidate that is tried at home. */
  #tried: Candidate | undefined;
  /** The line to which a sticky rule keeps the race: all others are used only when it fails. Set by `best`. */
  kept: number | undefined;

  constructor(parts: KnownParts, target: Target, key: string | undefined) {
    this.#parts = parts;
    this.#target = target;
    this.key = key;
    if (key !== undefined) this.#memory = parts.routes.get(key, parts.engine.now);
  }

  /** What is remembered; undefined if nothing is. */
  get memory(): DestinationMemory | undefined {
    return this.#memory;
  }

  /** Whether there is a choice at all. */
  get areOfUse(): boolean {
    return this.key !== undefined;
  }

  /** Whether nothing is remembered of it. */
  get isUnknown(): boolean {
    return this.#memory === undefined && this.key !== undefined;
  }

  /** How much later than its history says a candidate may be before others are tried beside it, in ms. */
  get patience_ms(): number {
    return this.kept === undefined ? 0 : PATIENCE_MS;
  }

  /** The candidate to go first and alone; undefined if none works, or it is time to race all of them again. */
  best(lines: LineView, sticky: boolean): CandidateMemory | undefined {
    const remembered = this.remembered(lines, sticky);
    const best = remembered && !sticky ? (this.#wider(remembered, lines) ?? remembered) : remembered;
    if (sticky) this.kept = best?.line ?? this.#lineWithoutAddress(lines);
    return best;
  }

  /** On a line that carries much more for the site, if nothing is known of that line here. */
  #wider({ line: inUse }: CandidateMemory, lines: LineView): CandidateMemory | undefined {
    const { bulkSites, engine, preferences } = this.#parts;
    const rates = bulkSites.ratesOf(this.#target, engine.now);
    if (rates === undefined || this.#memory === undefined) return undefined;
    const { candidates } = this.#memory;
    const others = rates.measured.filter(
      ({ line }) =>
        candidates.every((one) => one.line !== line) &&
        lines.mayUse(line) &&
        preferences?.tierOf(line) === preferences?.tierOf(inUse),
    );
    const line = worthATrial(
      rates,
      inUse,
      others.map((one) => one.line),
    );
    const [ip] = line === undefined ? [] : (lines.addressesOf?.(line) ?? []);
    return line === undefined || ip === undefined ? undefined : new CandidateMemory({ line, ip });
  }

  #lineWithoutAddress(lines: LineView): number | undefined {
    const { routes, engine } = this.#parts;
    return this.#memory?.lineWithoutAddress(engine.now, routes.ttl_ms, lines);
  }

  protected remembered(lines: LineView, sticky: boolean): CandidateMemory | undefined {
    const memory = this.#memory;
    if (memory === undefined) return undefined;
    const { routes, engine, options, names, bulkSites } = this.#parts;
    if (engine.now >= memory.checkAt || memory.checkedAfter !== names.changes)
      checkAddresses(this.#parts, this.key as string, memory, this.#target);
    const { refresh_s } = options.cache;
    if (!sticky && (memory.isHearsay || (refresh_s > 0 && engine.now - memory.raced >= refresh_s * 1000)))
      return undefined;
    const rates = sticky ? undefined : bulkSites.ratesOf(this.#target, engine.now);
    return memory.choose(engine.now, routes.ttl_ms, lines, sticky, rates);
  }

  /** Whether it connected lately without an answer, where another one got one, or is only told of: it would win, and be of no use. */
  isMute(candidate: Candidate): boolean {
    const known = this.#memory?.find(candidate);
    if (this.#memory?.isHearsay && known?.pending !== undefined && needsAnswer(known.pending)) return true;
    return known?.mute === true && known.isFailing(this.#parts.engine.now);
  }

  /** Whether it has failed, and has not worked since. */
  isDoubted(candidate: Candidate): boolean {
    return this.#memory?.find(candidate)?.isDoubted(this.#parts.engine.now) === true;
  }

  /** By its history here, or else by what its line took to other destinations; a candidate that fails holds back nothing. */
  holds_ms(candidate: Candidate): number {
    const { health, engine, options } = this.#parts;
    const { first_byte_ms, margin_ms } = options.race;
    const known = this.#memory?.find(candidate);
    if (known?.isFailing(engine.now)) return 0;
    if (known !== undefined && known.connect.samples > 0) return known.connect.late(margin_ms, first_byte_ms);
    return health.times.late(candidate.line, margin_ms, first_byte_ms);
  }

  /** Of lines that are equally fast as well, the destination has its own. */
  firstOf(lines: readonly number[]): number | undefined {
    const { preferences, health } = this.#parts;
    if (preferences === undefined || !preferences.areSpread || this.key === undefined) return undefined;
    return preferences.shareOf(this.key, health.times.fastest(lines));
  }

  /** A cheaper candidate than the lead's, if it is time to try one beside it. */
  trial(lead: CandidateMemory, lines: HomeLines): Candidate | undefined {
    if (this.#memory === undefined) return undefined;
    return homeTrial(this.#memory, lead.line, lines, this.#parts.engine.now);
  }

  /** That candidate is being tried. */
  tried(candidate: Candidate): void {
    const { engine, routes } = this.#parts;
    this.#tried = candidate;
    if (this.#memory !== undefined) routes.tried(this.key as string, this.#memory, candidate, engine.now);
  }

  /** Within which time an attempt should answer, by what is known, in ms. */
  answersWithin({ candidate }: RaceAttempt): number {
    const { first_byte_ms, margin_ms } = this.#parts.options.race;
    const usual_ms = this.#memory?.answersWithin(candidate, margin_ms, first_byte_ms) ?? first_byte_ms;
    return usual_ms + this.patience_ms;
  }

  /** Takes what is learned of an attempt after the race; undefined if there is nothing to learn. `told`: another gateway told of its line. */
  reached({ candidate, line }: RaceAttempt, told = false): Learning | undefined {
    const name = this.#target.ip === undefined ? this.#target.host : undefined;
    if (this.key === undefined && name === undefined) return undefined;
    const ip = line.dials === 'destination' ? candidate.ip : undefined;
    return new CandidateOutcome(this.#parts, this.key, this.#memory, candidate, name, ip, told);
  }

  /** A trial has connected: what was measured before it counts no longer. */
  triedWell(attempt: RaceAttempt): void {
    const { routes, engine } = this.#parts;
    this.#lineWorks(attempt);
    if (this.key === undefined || this.#memory === undefined) return;
    routes.connected(this.key, this.#memory, attempt.candidate, engine.now - attempt.started, engine.now, {
      anew: true,
    });
  }

  #lineWorks({ candidate: { line, ip }, line: { isDirect }, started }: RaceAttempt): void {
    const { health, routes, engine, preferences } = this.#parts;
    if (preferences !== undefined || this.key !== undefined) health.times.took(line, engine.now - started);
    if (!isDirect && health.proxyReached(line)) routes.tell({ kind: 'proxy-reached', line });
    works(this.#parts, line, isDirect ? ip : undefined);
  }

  /**
   * It has connected. `attempts` are all of the race; `whole`: all candidates take part in the race; `told`: others do not, since another
   * gateway has told of this one's line.
   */
  connected(attempt: RaceAttempt, attempts: readonly RaceAttempt[], whole: boolean, told = false): void {
    const { health, routes, engine } = this.#parts;
    const { now } = engine;
    const { line } = attempt.candidate;
    this.#lineWorks(attempt);
    if (this.#winner < 0 && !health.answersEarly(line, now)) this.#wins(line, attempts);
    if (this.key === undefined) return;
    if (this.#memory === undefined) {
      this.#memory = routes.open(this.key, now);
      // Only now it is known that earlier failures were not the destination's.
      for (const earlier of attempts) if (earlier.failure !== undefined) this.#fail(earlier, earlier.failure);
    }
    if (whole) this.#memory.raced = now;
    const race = told ? 'told' : whole && this.#memory.isHearsay ? 'whole' : undefined;
    routes.connected(this.key, this.#memory, attempt.candidate, now - attempt.started, now, race && { race });
  }

  /** Only now it is known that earlier failures may be their lines'. */
  #wins(winner: number, attempts: readonly RaceAttempt[]): void {
    this.#winner = winner;
    for (const earlier of attempts) {
      if (earlier.failure !== undefined && earlier.candidate.line !== winner)
        this.#failedBeside(earlier, earlier.failure);
    }
  }

  /** That a candidate fails again to which the destination was lost before says nothing new of its line; but a dead one stays dead. */
  #failedBeside(attempt: RaceAttempt, failure: Failure): void {
    const { health, engine } = this.#parts;
    const { candidate } = attempt;
    const isNews = this.#tried === undefined || !sameCandidate(candidate, this.#tried);
    if (isNews || health.isDead(candidate.line, engine.now)) failedBeside(this.#parts, attempt, failure);
  }

  /** It has failed before it was connected. */
  failed(attempt: RaceAttempt, failure: Failure): void {
    const { outcomes, engine } = this.#parts;
    if (failure.code === 'reset' && attempt.line.isDirect && this.#target.ip === undefined)
      outcomes.note({ name: this.#target.host, ip: attempt.candidate.ip }, 'failed', engine.now);
    if (!attempt.line.isDirect) this.#judgeProxy(attempt, failure);
    if (this.#winner >= 0 && this.#winner !== attempt.candidate.line) this.#failedBeside(attempt, failure);
    if (this.#memory !== undefined) this.#fail(attempt, failure);
  }

  /** Another attempt was better. If this one had got past its proxy, the proxy can be reached. */
  abandoned({ candidate: { line }, line: { isDirect }, towards }: RaceAttempt): void {
    if (!isDirect && towards === 'destination') this.#proxyReached(line);
  }

  /** Whether an attempt goes on that its race gives up; `ranOut` follows. */
  runsOut(attempt: RaceAttempt): boolean {
    return this.#winner >= 0 && this.#winner !== attempt.candidate.line && runsOut(this.#parts, attempt);
  }

  /** It has connected after all, or failed. */
  ranOut(attempt: RaceAttempt, failure: Failure | undefined): void {
    if (failure === undefined) this.#lineWorks(attempt);
    else if (failure.code === 'timed-out') lateBeside(this.#parts, attempt);
    else this.#failedBeside(attempt, failure);
  }

  #proxyReached(line: number): void {
    const { health, routes } = this.#parts;
    if (health.proxyReached(line)) routes.tell({ kind: 'proxy-reached', line });
    works(this.#parts, line, undefined);
  }

  /** Another attempt has connected, although this one began so early that by its own history it should have been first. */
  late(attempt: RaceAttempt): void {
    const { routes, engine } = this.#parts;
    const { candidate } = attempt;
    if (this.#winner >= 0 && this.#winner !== candidate.line) lateBeside(this.#parts, attempt);
    if (this.#memory !== undefined) routes.failed(this.key as string, this.#memory, candidate, 'late', engine.now);
  }

  #fail(attempt: RaceAttempt, { code }: Failure): void {
    const { routes, engine } = this.#parts;
    const { blames } = FAILURES[code];
    if (blames === undefined) return;
    routes.failed(this.key as string, this.#memory as DestinationMemory, attempt.candidate, blames, engine.now);
  }

  #judgeProxy({ candidate: { line, ip }, line: { hops }, towards }: RaceAttempt, { code, detail }: Failure): void {
    const { health, routes, engine } = this.#parts;
    if (towards === 'destination') this.#proxyReached(line);
    else if (FAILURES[code].blames === 'proxy') {
      const address = formatEndpoint(formatIp(ip), hops[0].port);
      if (!health.proxyFailed(line, engine.now, address)) return;
      routes.tell({ kind: 'proxy-failed', line, why: { cause: code, detail, address } });
    }
  }
}
