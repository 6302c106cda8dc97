// What a flow learns of its candidates: for the memory of its destination, and of lines as a whole. Failures count once another
// candidate has answered, since until then they may be the destination's.
import { isNear, networkNumber } from '../../../../protocol/address/network-number.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import type { LineTimes } from '../../../../protocol/lines/health/times.js';
import { FAILURES, type Failure } from '../../../../protocol/race/failure.js';
import type { RouteFailure } from '../../../../protocol/routes/candidate-memory.js';
import type { SilentFlows } from '../../../../protocol/udp/silent-flows.js';
import type { UdpLines } from '../../../../threads/shared/udp-lines.js';
import type { FlowCandidate } from './choice.js';
import { candidateOf, type FlowMemory } from './flow-memory.js';

/** The parts of the actor's context that this needs. */
export interface FlowLearningParts {
  readonly udpLines: Pick<UdpLines, 'answered' | 'lost'>;
  /** How long first answers to datagrams take over each line. */
  readonly udpTimes: Pick<LineTimes, 'took'>;
  readonly silentFlows: SilentFlows;
  readonly engine: { readonly now: number };
}

interface FailedCandidate {
  readonly candidate: Candidate;
  /** Where it was sent to; undefined where a proxy resolves the name. */
  readonly ip: Uint8Array | undefined;
  readonly cause: RouteFailure;
  /** Whether the memory has heard of it. */
  isTold: boolean;
}

export class FlowLearning {
  readonly #parts: FlowLearningParts;
  readonly #target: Target;
  readonly #memory: FlowMemory;
  /** Whether nothing was remembered to begin with, so that all candidates have their turns. */
  readonly #areAll: boolean;
  #failed: readonly FailedCandidate[] = [];

  constructor(parts: FlowLearningParts, target: Target, memory: FlowMemory, areAll: boolean) {
    this.#parts = parts;
    this.#target = target;
    this.#memory = memory;
    this.#areAll = areAll;
  }

  asks({ line, ip }: FlowCandidate): void {
    if (!this.#memory.isChoice) return;
    const { silentFlows, engine } = this.#parts;
    silentFlows.asks(this.#memory.key, candidateOf(line.number, line.isDirect ? ip : undefined), engine.now);
  }

  answered({ line, ip }: FlowCandidate, after_ms: number | 'untimed'): void {
    const { udpLines, udpTimes, silentFlows, engine } = this.#parts;
    const { number } = line;
    const candidate = candidateOf(number, line.isDirect ? ip : undefined);
    // Of flows before this one: what anybody may cause by asking for nothing counts for this destination alone.
    for (const silent of silentFlows.answers(this.#memory.key, candidate, engine.now))
      this.#memory.failed(silent, 'silent', silent.line !== number);
    if (after_ms === 'untimed') return;
    const others = this.#failed.filter(({ candidate }) => candidate.line !== number);
    for (const failed of this.#failed) if (!failed.isTold) this.#tell(failed, others.includes(failed));
    this.#failed = [];
    this.#memory.answered(candidate, after_ms);
    if (this.#areAll) this.#memory.raced();
    // What is near by says nothing of what is far.
    if (ip !== undefined && isNear(ip)) return;
    udpTimes.took(number, after_ms);
    udpLines.answered(number);
    for (const { candidate, ip: at, cause } of others)
      if (cause === 'silent') udpLines.lost(candidate.line, placeOf(this.#target, at));
  }

  failed({ line, ip }: FlowCandidate, { code }: Failure, isAlone: boolean): void {
    const { blames } = FAILURES[code];
    if (blames === undefined) return;
    const candidate = candidateOf(line.number, line.isDirect ? ip : undefined);
    const failed = { candidate, ip, cause: blames === 'timed-out' ? ('silent' as const) : blames, isTold: false };
    // Of a destination from which nothing has ever come back nothing is remembered, as long as other candidates may answer.
    if (this.#memory.isKnown || isAlone) this.#tell(failed, false);
    this.#failed = [...this.#failed, failed];
  }

  #tell(failed: FailedCandidate, isBettered: boolean): void {
    failed.isTold = true;
    this.#memory.failed(failed.candidate, failed.cause, isBettered);
  }
}

/** A number that stands for where a flow goes. */
export function placeOf({ host }: Target, ip: Uint8Array | undefined): number {
  if (ip !== undefined) return networkNumber(ip);
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (let i = 0; i < host.length; i += 1) hash = Math.imul(hash ^ host.charCodeAt(i), 0x01000193);
  return hash;
}
