// Goes through the hops of one line, of any kind: speaks to the first hop, through it to the second, and so on to the
// destination. Pure: it is fed the bytes that arrived and returns the bytes to send. The exchange with a hop is in the file
// of its kind.
import { joined } from '../joined.js';
import type { Hop } from '../lines/line.js';
import { type Failure, failureOf } from '../race/failure.js';
import { http } from './http.js';
import type { Bound, HopFailure, HopKind, HopTarget } from './outbound.js';
import { socks4 } from './socks4.js';
import { socks5, socks5Associate } from './socks5.js';

/** What follows from the bytes that the current hop has sent. */
export type ChainStep =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** The last hop is connected to the destination. `rest`: bytes that the destination has already sent. */
  | { readonly kind: 'connected'; readonly bound: Bound; readonly rest: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Below an https hop there is TLS, which is not the chain's. */
const KINDS: Readonly<Record<Hop['kind'], HopKind>> = { socks5, socks4, http, https: http };
const kindOf = ({ kind }: Pick<Hop, 'kind'>): HopKind => KINDS[kind];

/**
 * Why the last of these hops cannot be asked for a host, a name or an address, before anything is dialled. Undefined where it
 * can, and without hops.
 */
export function whyUnaskable(hops: readonly Pick<Hop, 'kind'>[], host: string): Failure | undefined {
  return hops.length === 0 ? undefined : kindOf(hops[hops.length - 1]).cannotName?.(host);
}

/**
 * A chain whose last hop is asked to relay datagrams, which come from `from` (zeros for not known): it is then "connected", and
 * `bound` is where it takes them. All hops speak SOCKS5.
 */
export function associationChain(hops: readonly Hop[], from: HopTarget): Chain {
  const last = hops[hops.length - 1];
  return new Chain(hops, from.host, from.port, (hop) => (hop === last ? socks5Associate : kindOf(hop)));
}

const NOTHING = new Uint8Array(0);
const TOO_SOON: HopFailure = { kind: 'failed', failure: failureOf('proxy-protocol'), of: 'hop' };

/** The chain is itself the target of its last hop: host and port of the destination. */
export class Chain implements HopTarget {
  readonly host: string;
  readonly port: number;
  readonly #hops: readonly Hop[];
  readonly #kindOf: (hop: Hop) => HopKind;
  #hop = 0;
  #kind: HopKind;
  #phase = 0;
  #depth = 0;
  /** Whether the current hop itself has failed, so that nothing is known of its target. */
  #hopFailed = false;
  /** Bytes that the hop has sent and its kind has not read yet. */
  #unread: Uint8Array = NOTHING;

  /** `hops`: at least one. The last hop is asked for `host`; when that is a name, the hop resolves it. */
  constructor(hops: readonly Hop[], host: string, port: number, kinds: (hop: Hop) => HopKind = kindOf) {
    this.#hops = hops;
    this.host = host;
    this.port = port;
    this.#kindOf = kinds;
    this.#kind = kinds(hops[0]);
  }

  /** Whether the bytes that were to be sent so far ask the last hop for the destination, and it has not failed itself. */
  get asksDestination(): boolean {
    return this.#isLast && !this.#hopFailed && this.#kind.hasAsked(this.#phase);
  }

  /** The index of the hop that is spoken to. */
  get hop(): number {
    return this.#hop;
  }

  /** Whether that hop has been asked for its target. */
  get hasAsked(): boolean {
    return this.#kind.hasAsked(this.#phase);
  }

  /** Whether that hop has answered in its protocol, and goes on to be spoken to. */
  get hasHeard(): boolean {
    return this.#phase !== 0;
  }

  /** What to send first, once the first hop is connected. `depth`: what every hop is told (see outbound.ts). */
  start(depth = 0): ChainStep {
    this.#depth = depth;
    return this.#begin();
  }

  #begin(): ChainStep {
    const opening = this.#kind.begin(this.#hops[this.#hop], this.#target, this.#depth);
    return opening.kind === 'send' ? opening : this.#failed(opening);
  }

  get #isLast(): boolean {
    return this.#hop === this.#hops.length - 1;
  }

  /** The target of the current hop. */
  get #target(): HopTarget {
    return this.#hops[this.#hop + 1] ?? this;
  }

  /** Takes bytes that the current hop has sent, lent until it returns, and says what follows. */
  feed(bytes: Uint8Array): ChainStep {
    const received = this.#unread.length === 0 ? bytes : joined(this.#unread, bytes);
    const step = this.#kind.read(this.#phase, received, this.#hops[this.#hop], this.#target);
    switch (step.kind) {
      case 'incomplete':
        this.#unread = received.slice();
        return step;
      case 'send':
        this.#phase = step.phase;
        this.#unread = rest(received, step.size);
        return step;
      case 'connected':
        if (!this.#isLast) return this.#next(received.length > step.size);
        return { kind: 'connected', bound: step.bound, rest: rest(received, step.size) };
      case 'failed':
        return this.#failed(step);
      default:
        return step satisfies never;
    }
  }

  /** Goes on to the next hop. `hasSpoken`: it has sent bytes already, which a hop must not do before it is spoken to. */
  #next(hasSpoken: boolean): ChainStep {
    this.#hop += 1;
    this.#kind = this.#kindOf(this.#hops[this.#hop]);
    this.#phase = 0;
    this.#unread = NOTHING;
    return hasSpoken ? this.#failed(TOO_SOON) : this.#begin();
  }

  #failed({ failure, of }: HopFailure): ChainStep {
    this.#hopFailed = of === 'hop';
    return { kind: 'failed', failure: of === 'hop' || this.#isLast ? failure : unreachable(failure) };
  }
}

/** A hop that is not the last reports the failure of the next hop, not of the destination. */
function unreachable({ detail }: Failure): Failure {
  return failureOf('proxy-unreachable', detail);
}

function rest(received: Uint8Array, size: number): Uint8Array {
  return received.length > size ? received.slice(size) : NOTHING;
}
