// The way through the hops of one line, whatever kind each of them is: through the first hop the second is spoken to, and so
// on to the destination. Pure: it is fed what came and answers with what to send next. What is said to a hop is the file of
// its kind.
import { joined } from '../joined.js';
import type { Hop } from '../lines/line.js';
import { type Failure, failureOf } from '../race/failure.js';
import type { Bound, HopKind, HopTarget } from './outbound.js';
import { socks5 } from './socks5.js';

export type ChainStep =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** The chain stands. `rest` are bytes that the destination has already sent. */
  | { readonly kind: 'connected'; readonly bound: Bound; readonly rest: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: Failure };

const KINDS: Readonly<Record<Hop['kind'], HopKind>> = { socks5 };
const kindOf = ({ kind }: Hop): HopKind => KINDS[kind];

const NOTHING = new Uint8Array(0);
const TOO_SOON: ChainStep = { kind: 'failed', failure: failureOf('proxy-protocol') };

/** It is the endpoint to which it leads. */
export class Chain implements HopTarget {
  readonly host: string;
  readonly port: number;
  readonly #hops: readonly Hop[];
  readonly #kindOf: (hop: Hop) => HopKind;
  #hop = 0;
  #kind: HopKind;
  #phase = 0;
  /** What the hop has sent and its kind has not read. */
  #unread: Uint8Array = NOTHING;

  /** `hops`: at least one. `host` is what the last hop is asked for: a name stays a name, and is resolved there. */
  constructor(hops: readonly Hop[], host: string, port: number, kinds = kindOf) {
    this.#hops = hops;
    this.host = host;
    this.port = port;
    this.#kindOf = kinds;
    this.#kind = kinds(hops[0]);
  }

  /** Whether every hop has been reached, and the last one asked for the destination. */
  get asksDestination(): boolean {
    return this.#isLast && this.#kind.hasAsked(this.#phase);
  }

  /** The first bytes to send, once the first hop is connected. */
  start(): Uint8Array {
    return this.#kind.begin(this.#hops[this.#hop], this.#target);
  }

  get #isLast(): boolean {
    return this.#hop === this.#hops.length - 1;
  }

  /** Of the hop that is spoken to. */
  get #target(): HopTarget {
    return this.#hops[this.#hop + 1] ?? this;
  }

  /** Takes what came (copied where kept) and says what follows from it. */
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
        return {
          kind: 'failed',
          failure: step.of === 'hop' || this.#isLast ? step.failure : unreachable(step.failure),
        };
      default:
        return step satisfies never;
    }
  }

  /** `hasSpoken`: the hop that has just been reached has sent something. It must not before it is spoken to. */
  #next(hasSpoken: boolean): ChainStep {
    this.#hop += 1;
    this.#kind = this.#kindOf(this.#hops[this.#hop]);
    this.#phase = 0;
    this.#unread = NOTHING;
    return hasSpoken ? TOO_SOON : { kind: 'send', bytes: this.start() };
  }
}

/** Any hop but the last one speaks of the next hop. */
function unreachable({ detail }: Failure): Failure {
  return failureOf('proxy-unreachable', detail);
}

function rest(received: Uint8Array, size: number): Uint8Array {
  return received.length > size ? received.slice(size) : NOTHING;
}
