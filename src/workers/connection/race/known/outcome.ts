// Takes what is learned of a connection after the race. It is kept from the reply to the destination's first byte, and is
// small, since every connection whose destination has not answered yet holds one.
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import type { LineHealth } from '../../../../protocol/lines/health/health.js';
import type { RouteFailure } from '../../../../protocol/routes/candidate-memory.js';
import type { DestinationMemory } from '../../../../protocol/routes/destination-memory.js';
import { ALONE_MAX_MS } from '../../../../protocol/routes/hints.js';
import type { Observation } from '../../../../protocol/trust/outcomes.js';
import { Counter } from '../../../../threads/shared/counters.js';
import type { FirstByteOutcome } from '../../relay/first-byte.js';
import type { OutcomeReports } from '../../shared/outcome-reports.js';
import type { RoutesReplica } from '../../shared/replicas/routes.js';
import { works } from './line-evidence.js';

/** The parts of the actor's context that an outcome needs. */
export interface OutcomeParts {
  readonly engine: { readonly now: number };
  readonly health: Pick<LineHealth, 'answered' | 'works' | 'lost'>;
  readonly outcomes: Pick<OutcomeReports, 'note'>;
  readonly counters: Float64Array;
  readonly routes: Pick<RoutesReplica, 'answered' | 'failed' | 'tell'>;
}

/** Takes what is learned of a connection from the destination's first bytes. */
export type Learning = Pick<CandidateOutcome, 'answered' | 'failed' | 'late'> & Pick<FirstByteOutcome, 'unanswered'>;

export class CandidateOutcome implements FirstByteOutcome {
  readonly #parts: OutcomeParts;
  /** Key in the remembered routes; undefined if there was no choice. */
  readonly #key: string | undefined;
  readonly #memory: DestinationMemory | undefined;
  readonly #candidate: Candidate;
  /** The name that the client asked for; undefined for an address. */
  readonly #name: string | undefined;
  /** The destination's own address; undefined where a proxy resolved its name. */
  readonly #ip: Uint8Array | undefined;
  /** The race has begun with its line since another gateway told of it. */
  readonly #told: boolean;

  constructor(
    parts: OutcomeParts,
    key: string | undefined,
    memory: DestinationMemory | undefined,
    candidate: Candidate,
    name: string | undefined,
    ip: Uint8Array | undefined,
    told: boolean,
  ) {
    this.#parts = parts;
    this.#key = key;
    this.#memory = memory;
    this.#candidate = candidate;
    this.#name = name;
    this.#ip = ip;
    this.#told = told;
  }

  /** The destination's first byte came `first_byte_ms` after the client's first bytes had been sent to it. */
  answered(result: 'tls' | 'plain', first_byte_ms: number): void {
    const { routes, health, engine, counters } = this.#parts;
    if (this.#told) counters[Counter.hintsUseful] += 1;
    this.#note(result);
    health.answered(this.#candidate.line);
    works(this.#parts, this.#candidate.line, this.#ip);
    if (this.#key !== undefined && this.#memory !== undefined)
      routes.answered(this.#key, this.#memory, this.#candidate, first_byte_ms, engine.now);
  }

  /** The destination ended, refused or sent something else. Whether it is to blame shows when another candidate answers. */
  failed(cause: RouteFailure): void {
    this.#note('failed');
    this.late(cause);
  }

  /** Some protocols never answer; a line that another gateway told of has to. */
  unanswered(waited_ms: number): void {
    if (this.#told && waited_ms >= ALONE_MAX_MS) this.late();
  }

  /** The destination has not answered in its usual time. */
  late(cause: RouteFailure = 'silent'): void {
    const { routes, engine } = this.#parts;
    if (this.#key !== undefined && this.#memory !== undefined)
      routes.failed(this.#key, this.#memory, this.#candidate, cause, engine.now);
  }

  #note(result: Observation['result']): void {
    const { outcomes, engine } = this.#parts;
    if (this.#name === undefined) return;
    outcomes.note({ name: this.#name, ip: this.#ip }, result, engine.now);
  }
}
