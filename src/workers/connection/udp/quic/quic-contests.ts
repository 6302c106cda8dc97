// Which flows are raced: those that begin with an Initial packet of a version that can be opened.
import type { Target } from '../../../../protocol/address/target.js';
import { mayBeInitial } from '../../../../protocol/quic/client-initial.js';
import type { Asker } from '../choice/choice.js';
import type { Contest, ContestedFlow, Contests, Inspection } from '../flows/contest.js';
import { LaterNames } from './later-names.js';
import { QuicContest, type QuicContestParts } from './quic-contest.js';

export class QuicContests implements Contests {
  readonly #parts: QuicContestParts;

  constructor(parts: QuicContestParts) {
    this.#parts = parts;
  }

  inspection(target: Target, asker: Asker): Inspection {
    return new LaterNames(target, (named) => this.#parts.allowed(named, asker));
  }

  of(flow: ContestedFlow, asker: Asker, bytes: Uint8Array, start: number, size: number): Contest | undefined {
    return mayBeInitial(bytes, start, start + size) ? new QuicContest(this.#parts, flow, asker) : undefined;
  }
}
