// Where the first proxy of a line is: its configured address, or those of its name, of which the first answer is enough. Only
// addresses that the line may and can dial.
import type { Target } from '../../../../protocol/address/target.js';
import { type Failure, failureOf, failureTowards } from '../../../../protocol/race/failure.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { Egress } from '../../shared/dialling/egress.js';
import type { NameOutcome } from '../../shared/replicas/name-outcome.js';
import type { NamesReplica } from '../../shared/replicas/names.js';

/** The parts of the actor's context that the search needs. */
export interface FirstProxyParts {
  readonly engine: { readonly now: number };
  readonly names: Pick<NamesReplica, 'lookup' | 'forget'>;
  readonly egress: Pick<Egress, 'mayDial'>;
}

/** Addresses that are tried, one after the other. */
const ADDRESSES_MAX = 4;
const NO_ADDRESS = failureOf('no-such-name');

export class FirstProxy {
  readonly #parts: FirstProxyParts;
  readonly #line: DialLine;
  readonly #target: Target;
  readonly #found: (ips: readonly Uint8Array[] | Failure) => void;
  #hear: ((outcome: NameOutcome) => void) | undefined;

  /** `target`: what the last proxy is asked for. `found` is called once, unless `find` knows at once. */
  constructor(
    parts: FirstProxyParts,
    line: DialLine,
    target: Target,
    found: (ips: readonly Uint8Array[] | Failure) => void,
  ) {
    this.#parts = parts;
    this.#line = line;
    this.#target = target;
    this.#found = found;
  }

  /** At least one address, the one to be tried first in front; undefined where that has to be waited for. */
  find(): readonly Uint8Array[] | Failure | undefined {
    const { proxyIp, hops } = this.#line;
    if (proxyIp !== undefined) return this.#allowed([proxyIp]);
    const hear = (outcome: NameOutcome): void => this.#heard(outcome);
    this.#hear = hear;
    const known = this.#parts.names.lookup(hops[0].host, this.#parts.engine.now, hear);
    if (known === undefined) return undefined;
    this.forget();
    return this.#of(known);
  }

  /** Nothing is told any more. */
  forget(): void {
    if (this.#hear !== undefined) this.#parts.names.forget(this.#line.hops[0].host, this.#hear);
    this.#hear = undefined;
  }

  #heard(outcome: NameOutcome): void {
    if (this.#hear === undefined) return;
    this.forget();
    this.#found(this.#of(outcome));
  }

  #of(outcome: NameOutcome): readonly Uint8Array[] | Failure {
    return outcome.kind === 'found' ? this.#allowed(outcome.ips) : failureTowards('line', outcome.failure);
  }

  #allowed(ips: readonly Uint8Array[]): readonly Uint8Array[] | Failure {
    let left: Failure | undefined;
    const allowed = ips.filter((ip) => {
      const permission = this.#parts.egress.mayDial(this.#line, ip, this.#target, undefined);
      if (permission.code !== 'allowed') left = permission;
      return permission.code === 'allowed';
    });
    return allowed.length > 0 ? allowed.slice(0, ADDRESSES_MAX) : failureTowards('line', left ?? NO_ADDRESS);
  }
}
