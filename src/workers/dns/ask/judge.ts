// What the asking of servers needs of whoever knows the bad addresses: a judgement of each answer, and somebody to tell of
// forged ones. It decides nothing: see trust.ts.
import type { AnsweringServer, AnswerVerdict } from '../../../protocol/trust/evidence.js';

export interface Judge {
  /** What is to be thought of the addresses (canonical) of one answer for a normalised name. */
  judge(server: AnsweringServer, name: string, addresses: readonly string[]): AnswerVerdict;
  /** Addresses that came ahead of the true answer of a server (its id) to a real question. */
  injected(server: string, name: string, addresses: readonly string[]): void;
}

/** Believes everything: for answers that are judged further up, and for tests of other things. */
export const CREDULOUS: Judge = {
  judge: (_server, _name, addresses) => ({ clean: addresses, dropped: [], suspect: false }),
  injected: () => {},
};
