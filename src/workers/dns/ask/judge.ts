// What the asking side needs from the actor's trust: a judgement of each answer. It decides nothing: see trust/trust.ts.
import type { AnsweringServer, AnswerVerdict } from '../../../protocol/trust/evidence.js';

export interface Judge {
  /** Judges the addresses (canonical) of one answer for a normalised name. */
  judge(server: AnsweringServer, name: string, addresses: readonly string[]): AnswerVerdict;
}

/** Believes everything: for answers that need no judgement or are judged further up, and for tests. */
export const CREDULOUS: Judge = {
  judge: (_server, _name, addresses) => ({ clean: addresses, dropped: [], suspect: false }),
};
