// May this line dial this address? The one check that every address passes before it is dialled: one that a client asked for,
// one that a name resolved to, a remembered one, or a proxy's. It costs a few comparisons of numbers where no egress policy, no
// range rule and no blacklist is configured. It chooses no lines and dials nothing.
import { THIS_MACHINE } from '../../../../linux/netlink/this-machine.js';
import { isUnspecified } from '../../../../protocol/address/embedded-ipv4.js';
import { isLocalhost } from '../../../../protocol/address/host-name.js';
import { OwnAddresses } from '../../../../protocol/address/own-addresses.js';
import { OwnListeners } from '../../../../protocol/address/own-listeners.js';
import type { Target } from '../../../../protocol/address/target.js';
import { EgressPolicy } from '../../../../protocol/egress/policy.js';
import { DEPTH_MAX } from '../../../../protocol/gateway-depth.js';
import type { Listener } from '../../../../protocol/inbound/listener.js';
import type { Options } from '../../../../protocol/options.js';
import { whyUnaskable } from '../../../../protocol/outbound/chain.js';
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';
import type { Client } from '../../../../protocol/users/client.js';
import type { BadAddresses } from '../replicas/bad-addresses.js';
import type { RulesReplica } from '../replicas/rules.js';
import type { Circles } from './circles.js';
import type { DialLine } from './dial-lines.js';
import type { Links } from './links.js';

/** What is not allowed has its failure. */
export type Permission = typeof ALLOWED | Failure;

const ALLOWED = { code: 'allowed' } as const;
const OTHER_FAMILY = failureOf('network-unreachable', 'its source has the other family');
const UNSPECIFIED = failureOf('unspecified');
const OWN_LISTENER = failureOf('own-listener');
const BLACKLISTED = failureOf('not-allowed');
const TOO_DEEP = failureOf('loop', `the request has passed ${DEPTH_MAX} gateways`);

/** What `localhost` stands for (RFC 6761 section 6.3). */
const LOOPBACK_4 = Uint8Array.of(127, 0, 0, 1);
const LOOPBACK_6 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** The parts of the actor's context that the check needs. */
interface EgressParts {
  readonly engine: { readonly now: number };
  readonly rules: Pick<RulesReplica, 'forbids'>;
  readonly badAddresses: Pick<BadAddresses, 'forbids'>;
  readonly circles: Pick<Circles, 'mayGoOn'>;
  readonly links: Pick<Links, 'dialsFamily'>;
}

/** The check of an actor, on the machine where it runs. */
export function egressOf(
  listeners: readonly Pick<Listener, 'endpoint'>[],
  { egress }: Pick<Options, 'egress'>,
  parts: EgressParts,
): Egress {
  const own = new OwnAddresses(THIS_MACHINE);
  const policy = new EgressPolicy(egress, (ip) => own.has(ip));
  const endpoints = listeners.flatMap(({ endpoint }) => endpoint ?? []);
  return new Egress(new OwnListeners(endpoints, (ip) => own.hasNow(ip)), policy, parts);
}

export class Egress {
  readonly #listeners: OwnListeners;
  readonly #policy: EgressPolicy;
  readonly #rules: EgressParts['rules'];
  readonly #badAddresses: EgressParts['badAddresses'];
  readonly #circles: EgressParts['circles'];
  readonly #engine: EgressParts['engine'];
  readonly #links: EgressParts['links'];

  constructor(listeners: OwnListeners, policy: EgressPolicy, parts: EgressParts) {
    const { engine, rules, badAddresses, circles, links } = parts;
    this.#listeners = listeners;
    this.#policy = policy;
    this.#rules = rules;
    this.#badAddresses = badAddresses;
    this.#circles = circles;
    this.#engine = engine;
    this.#links = links;
  }

  /**
   * Whether any line may be asked for a target, as far as this is known before any name is resolved. `depth`: how many
   * gateways the request has passed.
   */
  mayAskFor({ host, ip, port }: Target, depth: number): Permission {
    const permission = this.mayGoOn(depth);
    if (permission.code !== 'allowed') return permission;
    return ip === undefined ? this.#mayAskForName(host, port) : this.#mayReach(ip, port);
  }

  /** Whether a request that has passed so many gateways may go on, whatever it asks for. */
  mayGoOn(depth: number): Permission {
    return depth > 0 && !this.#circles.mayGoOn(depth, this.#engine.now) ? TOO_DEEP : ALLOWED;
  }

  /** Names are for the line to resolve, here or at its proxy. Only `localhost` is the same everywhere: the machine itself. */
  #mayAskForName(host: string, port: number): Permission {
    const isOwnPort = this.#listeners.hasPort(port);
    if ((!isOwnPort && this.#policy.isEmpty) || !isLocalhost(host)) return ALLOWED;
    if (isOwnPort) return OWN_LISTENER;
    const denied = this.#policy.denies(LOOPBACK_4, port);
    return denied !== undefined && this.#policy.denies(LOOPBACK_6, port) !== undefined ? denied : ALLOWED;
  }

  /** Whether a client may reach an address at all. */
  #mayReach(ip: Uint8Array, port: number): Permission {
    if (isUnspecified(ip)) return UNSPECIFIED;
    if (this.#listeners.has(ip, port)) return OWN_LISTENER;
    return this.#policy.denies(ip, port) ?? ALLOWED;
  }

  /**
   * Whether a line may and can dial an address (the destination's for a direct line, else the first proxy's). `client`: whose
   * connection it is, where rules need to know.
   */
  mayDial(line: DialLine, ip: Uint8Array, target: Target, client: Client | undefined): Permission {
    if (!this.#links.dialsFamily(line, ip)) return OTHER_FAMILY;
    return line.isDirect ? this.#mayDialDestination(line, ip, target, client) : this.#mayDialProxy(line, ip, target);
  }

  #mayDialDestination(line: DialLine, ip: Uint8Array, target: Target, client: Client | undefined): Permission {
    if (target.ip !== undefined) return this.#badAddresses.forbids(ip, undefined) ? BLACKLISTED : ALLOWED;
    // Where the client asked for an address, `mayAskFor` has checked these, and the rules have been matched.
    const permission = this.#mayReach(ip, target.port);
    if (permission.code !== 'allowed') return permission;
    const forbidden = this.#rules.forbids(line.number, ip, target, client);
    if (forbidden !== undefined) return forbidden;
    return this.#badAddresses.forbids(ip, target.host) ? BLACKLISTED : ALLOWED;
  }

  /** The policy is not asked: where a proxy stands is the operator's choice. */
  #mayDialProxy(line: DialLine, ip: Uint8Array, { asked }: Target): Permission {
    const unaskable = whyUnaskable(line.hops, asked);
    if (unaskable !== undefined) return unaskable;
    if (this.#listeners.has(ip, line.hops[0].port)) return failureOf('loop', line.name);
    // A proxy that is configured by this address is what the operator wants: it reaches this machine.
    return line.proxyIp === undefined && isUnspecified(ip) ? UNSPECIFIED : ALLOWED;
  }
}
