// What is remembered of a race's destination and lines, and what the race learns about them. It looks things up and decides
// nothing: protocol/routes/destination-memory.ts chooses the best candidate.
import { formatEndpoint, formatIp } from '../../../protocol/address/address.js';
import type { Target } from '../../../protocol/address/target.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import { FAILURES, type Failure } from '../../../protocol/race/failure.js';
import type { CandidateMemory } from '../../../protocol/routes/candidate-memory.js';
import type { DestinationMemory, LineView } from '../../../protocol/routes/destination-memory.js';
import type { Context } from '../shared/context.js';
import { checkAddresses } from './address-check.js';
import type { Attempt } from './attempt.js';
import { CandidateOutcome } from './outcome.js';

export class KnownDestination {
  readonly #context: Context;
  readonly #target: Target;
  /** Undefined if there is no choice, and so nothing to remember. */
  readonly #key: string | undefined;
  #memory: DestinationMemory | undefined;

  constructor(context: Context, target: Target, key: string | undefined) {
    this.#context = context;
    this.#target = target;
    this.#key = key;
    if (key !== undefined) this.#memory = context.routes.get(key, context.engine.now);
  }

  /** Whether there is a choice at all. */
  get areOfUse(): boolean {
    return this.#key !== undefined;
  }

  /** The candidate to go first and alone; undefined if none works, or it is time to race all of them again. */
  best(lines: LineView, sticky: boolean): CandidateMemory | undefined {
    const memory = this.#memory;
    if (memory === undefined) return undefined;
    const { routes, engine, options, names } = this.#context;
    if (engine.now >= memory.checkAt || memory.checkedAfter !== names.changes)
      checkAddresses(this.#context, memory, this.#target);
    const { refresh_s } = options.cache;
    if (refresh_s > 0 && engine.now - memory.raced >= refresh_s * 1000) return undefined;
    return memory.choose(engine.now, routes.ttl_ms, lines, sticky);
  }

  /** Whether it connected lately without an answer, where another one got one: it would win, and be of no use. */
  isMute(candidate: Candidate): boolean {
    const known = this.#memory?.find(candidate);
    return known?.mute === true && known.isFailing(this.#context.engine.now);
  }

  /** Within which time an attempt should answer, by what is known, in ms. */
  answersWithin({ candidate }: Attempt): number {
    const { first_byte_ms, margin_ms } = this.#context.options.race;
    return this.#memory?.answersWithin(candidate, margin_ms, first_byte_ms) ?? first_byte_ms;
  }

  /** Takes what is learned of an attempt after the race; undefined if there is nothing to learn. */
  reached({ candidate, line }: Attempt): CandidateOutcome | undefined {
    const name = this.#target.ip === undefined ? this.#target.host : undefined;
    if (this.#key === undefined && name === undefined) return undefined;
    const ip = line.dials === 'destination' ? candidate.ip : undefined;
    return new CandidateOutcome(this.#context, this.#key, this.#memory, candidate, name, ip);
  }

  /** It has connected. `attempts` are all of the race; `whole`: all candidates take part in the race. */
  connected(attempt: Attempt, attempts: readonly Attempt[], whole: boolean): void {
    const { health, routes, engine } = this.#context;
    const { now } = engine;
    const { line } = attempt.candidate;
    if (!attempt.line.isDirect && health.proxyReached(line)) routes.tell({ kind: 'proxy-reached', line });
    if (this.#key === undefined) return;
    if (this.#memory === undefined) {
      this.#memory = routes.open(this.#key, now);
      // Only now it is known that earlier failures were not the destination's.
      for (const earlier of attempts) if (earlier.failure !== undefined) this.#fail(earlier, earlier.failure);
    }
    if (whole) this.#memory.raced = now;
    routes.connected(this.#key, this.#memory, attempt.candidate, now - attempt.started, now);
  }

  /** It has failed before it was connected. */
  failed(attempt: Attempt, failure: Failure): void {
    const { outcomes, engine } = this.#context;
    if (failure.code === 'reset' && attempt.line.isDirect && this.#target.ip === undefined)
      outcomes.note({ name: this.#target.host, ip: attempt.candidate.ip }, 'failed', engine.now);
    if (!attempt.line.isDirect) this.#judgeProxy(attempt, failure);
    if (this.#memory !== undefined) this.#fail(attempt, failure);
  }

  /** Another attempt was better. If this one had got past its proxy, the proxy can be reached. */
  abandoned({ candidate: { line }, line: { isDirect }, towards }: Attempt): void {
    const { health, routes } = this.#context;
    if (isDirect || towards === 'line') return;
    if (health.proxyReached(line)) routes.tell({ kind: 'proxy-reached', line });
  }

  /** Another attempt has connected, although this one began so early that by its own history it should have been first. */
  late({ candidate }: Attempt): void {
    const { routes, engine } = this.#context;
    if (this.#memory !== undefined) routes.failed(this.#key as string, this.#memory, candidate, 'late', engine.now);
  }

  #fail(attempt: Attempt, { code }: Failure): void {
    const { routes, engine } = this.#context;
    const { blames } = FAILURES[code];
    if (blames === undefined) return;
    routes.failed(this.#key as string, this.#memory as DestinationMemory, attempt.candidate, blames, engine.now);
  }

  #judgeProxy({ candidate: { line, ip }, line: { hops }, towards }: Attempt, { code, detail }: Failure): void {
    const { health, routes, engine } = this.#context;
    if (towards === 'destination') {
      if (health.proxyReached(line)) routes.tell({ kind: 'proxy-reached', line });
    } else if (FAILURES[code].blames === 'proxy') {
      health.proxyFailed(line, engine.now);
      const address = formatEndpoint(formatIp(ip), hops[0].port);
      routes.tell({ kind: 'proxy-failed', line, why: { cause: code, detail, address } });
    }
  }
}
