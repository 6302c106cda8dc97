// The rule against DNS rebinding: a public server has no reason to give a private, loopback, multicast or documentation
// address for a public name, unless the configuration allows it. It uses no evidence.
import { normaliseName } from '../address/host-name.js';
import { IpRanges } from '../address/ip-range.js';
import { isPublicName, isSpecialIp } from '../address/special-address.js';
import type { AnsweringServer } from './evidence.js';
import { isWithin } from './related-names.js';

export class RebindingRule {
  readonly #ranges: IpRanges;
  readonly #names: readonly string[];

  /** `allowed`: normalised names (with all below them), and addresses and ranges. */
  constructor(allowed: readonly string[]) {
    this.#names = allowed.filter((entry) => normaliseName(entry) !== undefined);
    this.#ranges = IpRanges.of(allowed.filter((entry) => normaliseName(entry) === undefined));
  }

  /** Whether the answer `ip` of `server` for the normalised `name` breaks the rule. */
  breaks(server: AnsweringServer, name: string, ip: Uint8Array): boolean {
    if (!server.public || !isSpecialIp(ip) || this.#ranges.has(ip) || !isPublicName(name)) return false;
    return !this.#names.some((suffix) => isWithin(name, suffix));
  }
}
