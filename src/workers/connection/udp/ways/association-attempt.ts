// An attempt to have datagrams relayed by one proxy of a line: it is dialled, through the proxies before it, as an attempt of a race
// is, and then asked for an association in place of a connection. What goes wrong is always the line's.
import { targetOfIp } from '../../../../protocol/address/target.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import type { Hop } from '../../../../protocol/lines/line.js';
import { associationChain, type Chain } from '../../../../protocol/outbound/chain.js';
import { type Failure, failureOf, type Towards } from '../../../../protocol/race/failure.js';
import { Attempt, type AttemptOutcome, type AttemptParts } from '../../race/attempt/attempt.js';

/** From where datagrams will come: that is not known here, since the address may be changed on the way to the proxy. */
export const ANYWHERE = targetOfIp(new Uint8Array(4), 0);
const ANYWHERE_6 = targetOfIp(new Uint8Array(16), 0);

export class AssociationAttempt extends Attempt {
  readonly #hops: readonly Hop[];
  #chain: Chain | undefined;

  /** `hops`: the proxies of the line up to the one that is asked. */
  constructor(parts: AttemptParts, candidate: Candidate, hops: readonly Hop[], outcome: AttemptOutcome) {
    super(parts, candidate, ANYWHERE, outcome);
    this.#hops = hops;
  }

  override get towards(): Towards {
    return 'line';
  }

  /** Whether the last of its proxies was reached, and asked; whatever it said. */
  get hasAsked(): boolean {
    const chain = this.#chain;
    return chain !== undefined && chain.hop === this.#hops.length - 1 && chain.hasAsked;
  }

  protected override newChain(): Chain {
    // Of the family in which the proxy is reached, as far as that is known.
    const isIpv6 = this.#hops.length === 1 && this.candidate.ip.length === 16;
    this.#chain = associationChain(this.#hops, isIpv6 ? ANYWHERE_6 : ANYWHERE);
    return this.#chain;
  }

  /** Proxies that know no other answer leave, such as that of ssh, which has no UDP. */
  protected override fail(failure: Failure): void {
    const hasLeft = failure.code === 'unexplained' && super.towards === 'destination';
    super.fail(hasLeft ? failureOf('proxy-forbids', failure.detail) : failure);
  }
}
