// May this line dial this address? The one check that every address passes before it is dialled: one that a client asked for,
// one that a name resolved to, a remembered one, or a proxy's. It costs a few comparisons of numbers where no range rule and
// no blacklist is configured. It chooses no lines and dials nothing.
import { isUnspecified } from '../../../protocol/address/embedded-ipv4.js';
import { isLocalhost } from '../../../protocol/address/host-name.js';
import type { OwnListeners } from '../../../protocol/address/own-listeners.js';
import type { Target } from '../../../protocol/address/target.js';
import { type Failure, failureOf } from '../../../protocol/race/failure.js';
import type { BadAddresses } from './bad-addresses.js';
import { type DialLine, dialsFamily } from './dial-lines.js';
import type { RulesReplica } from './rules-replica.js';

/** What is not allowed has its failure. */
export type Permission = typeof ALLOWED | Failure;

const ALLOWED = { code: 'allowed' } as const;
const OTHER_FAMILY = failureOf('network-unreachable', 'its source has the other family');
const UNSPECIFIED = failureOf('unspecified');
const OWN_LISTENER = failureOf('own-listener');
const BLACKLISTED = failureOf('not-allowed');

export class Egress {
  readonly #listeners: OwnListeners;
  readonly #rules: RulesReplica;
  readonly #badAddresses: BadAddresses;

  constructor(listeners: OwnListeners, rules: RulesReplica, badAddresses: BadAddresses) {
    this.#listeners = listeners;
    this.#rules = rules;
    this.#badAddresses = badAddresses;
  }

  /** Whether any line may be asked for a target, as far as this is known before any name is resolved. */
  mayAskFor({ host, ip, port }: Target): Permission {
    if (ip === undefined) return this.#listeners.hasPort(port) && isLocalhost(host) ? OWN_LISTENER : ALLOWED;
    if (isUnspecified(ip)) return UNSPECIFIED;
    return this.#listeners.has(ip, port) ? OWN_LISTENER : ALLOWED;
  }

  /** Whether a line may and can dial an address (the destination's for a direct line, else the first proxy's). */
  mayDial(line: DialLine, ip: Uint8Array, target: Target): Permission {
    if (!dialsFamily(line, ip)) return OTHER_FAMILY;
    return line.isDirect ? this.#mayDialDestination(line, ip, target) : this.#mayDialProxy(line, ip);
  }

  #mayDialDestination(line: DialLine, ip: Uint8Array, target: Target): Permission {
    if (target.ip !== undefined) return this.#badAddresses.forbids(ip, undefined) ? BLACKLISTED : ALLOWED;
    // Where the client asked for an address, `mayAskFor` has checked these, and the rules have been matched.
    if (isUnspecified(ip)) return UNSPECIFIED;
    if (this.#listeners.has(ip, target.port)) return OWN_LISTENER;
    const forbidden = this.#rules.forbids(line.number, ip, target);
    if (forbidden !== undefined) return forbidden;
    return this.#badAddresses.forbids(ip, target.host) ? BLACKLISTED : ALLOWED;
  }

  #mayDialProxy(line: DialLine, ip: Uint8Array): Permission {
    if (this.#listeners.has(ip, line.hops[0].port)) return failureOf('loop', line.name);
    // A proxy that is configured by this address is what the operator wants: it reaches this machine.
    return line.proxyIp === undefined && isUnspecified(ip) ? UNSPECIFIED : ALLOWED;
  }
}
