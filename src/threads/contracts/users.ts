// What connection actors ask of main about users, called through comlink over a MessagePort. Types only.
import type { Judgement, OpenClaim } from '../../protocol/users/judgement.js';

/** Served by main, called by connection actors. */
export interface UsersJudge {
  /** Judges a claim that the actor does not know to be right. Answers within a bounded time. */
  judge(claim: OpenClaim): Promise<Judgement>;
}
