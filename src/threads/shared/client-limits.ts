// Whether a client network may have one more connection: within its own limits, and, when few connections are free, within a
// share of these. The share is what keeps one client from shutting the others out: a client may have SHARE times as many
// connections as are free, so that however many it opens, some stay free, and another client finds them. Main asks for each
// client that it accepts, and a connection actor for one of which a proxy's header tells. It answers no client.
import { unmapped } from '../../protocol/address/address.js';
import { wordAt } from '../../protocol/address/word.js';
import { isOpen } from '../../protocol/listen-options.js';
import type { Options } from '../../protocol/options.js';
import { RESERVED, type Shares } from './shares.js';

/** One client may have 4/5 of all connections, two together 8/9. */
const SHARE = 4;
/** Connections that any client may have while one is free. */
const SHARE_LEAST = 4;
/** The part of all connections of which fewer are free when the time for handshakes is short. */
const TIGHT_PART = 1 / 4;
/** Networks without a connection that are remembered for their rate. */
const RESTING = 4096;
/** Half of the slots stay free, so that a slot is found at once. */
const SPARE = 2;
/**
 * Clients over a limit that are answered at a time, in all, and a second, for each reason. Others are closed at once: a flood
 * must cost nearly nothing. They take no more than a part of the connections that are free.
 */
const REFUSED_MAX = 64;
const REFUSED_PART = 1 / 8;
const REFUSED_PER_S = 50;

export type LimitOptions = Pick<
  Options['limits'],
  'connections_max' | 'client_connections_max' | 'client_rate' | 'client_handshakes_max'
>;

interface Limited {
  readonly limits: LimitOptions;
}

/** Why a client may have no more connections for now. Those that are refused for one reason are one holder. */
const REFUSED = ['share', 'connections', 'rate', 'handshakes'] as const;
export type Reason = (typeof REFUSED)[number];

function wordsFor(options: LimitOptions): Readonly<Record<Reason, string>> {
  const { client_connections_max, client_rate, client_handshakes_max } = options;
  return {
    share: 'it has more than its share of the connections, of which few are free',
    connections: `it has as many connections as limits.client_connections_max allows (${client_connections_max})`,
    rate: `it opens more connections a second than limits.client_rate allows (${client_rate})`,
    handshakes: `as many of its connections as limits.client_handshakes_max allows (${client_handshakes_max}) have not said where they want to go`,
  };
}

/** Kinds of keys. */
const IPV6 = 0;
const IPV4 = 1;
const UNIX = 2;

/** The slots that the shares of these limits need. */
export const slotsFor = ({ connections_max }: Pick<LimitOptions, 'connections_max'>): number =>
  (connections_max + RESTING) * SPARE;

export class ClientLimits {
  #options: LimitOptions;
  #areCounted: boolean;
  readonly #shares: Shares;
  #why: Readonly<Record<Reason, string>>;

  /** `areCounted`: whether clients that come now are (`areLimited`). */
  constructor(options: LimitOptions, shares: Shares, areCounted = true) {
    if (REFUSED.length > RESERVED) throw new RangeError('a reason has no slot');
    this.#why = wordsFor(options);
    this.#options = options;
    this.#areCounted = areCounted;
    this.#shares = shares;
  }

  /** Clients that are counted in already stay, and those that are not are never counted. */
  set(options: LimitOptions, areCounted = true): void {
    this.#options = options;
    this.#areCounted = areCounted;
    this.#why = wordsFor(options);
  }

  get areCounted(): boolean {
    return this.#areCounted;
  }

  /** Each reason in few words. */
  get why(): Readonly<Record<Reason, string>> {
    return this.#why;
  }

  /**
   * Counts a client in that may have one more connection, on `fd`. Else it says why not. `ip`: 4 bytes, or 16 that are not
   * mapped; undefined for the clients of Unix sockets, which are one network. `room`: connections that are free, this one
   * included.
   */
  admit(fd: number, ip: Uint8Array | undefined, room: number): Reason | undefined {
    const { client_connections_max, client_rate } = this.#options;
    const slot = slotOfNetwork(this.#shares, ip);
    if (slot < 0) return undefined;
    const live = this.#shares.live(slot);
    if (live >= shareOf(room)) return 'share';
    if (client_connections_max > 0 && live >= client_connections_max) return 'connections';
    if (this.#hasShaking(slot)) return 'handshakes';
    if (client_rate > 0 && !this.#shares.take(slot, client_rate)) return 'rate';
    if (!this.#shares.came(fd, slot, client_connections_max || undefined)) return 'connections';
    this.#shares.shakes(fd);
    return undefined;
  }

  /**
   * The same for a proxy that tells from where its clients come: it counts as a client only until it has told, and what its
   * clients do is not its own.
   */
  admitProxy(fd: number, ip: Uint8Array | undefined, room: number): Reason | undefined {
    const slot = slotOfNetwork(this.#shares, ip);
    if (slot < 0) return undefined;
    if (this.#shares.live(slot) >= shareOf(room)) return 'share';
    if (this.#hasShaking(slot)) return 'handshakes';
    this.#shares.came(fd, slot);
    this.#shares.passes(fd);
    return undefined;
  }

  /** The proxy on `fd` has told from where its client comes: from now on the connection is that client's, if it may have it. */
  told(fd: number, ip: Uint8Array): Reason | undefined {
    this.#shares.closing(fd);
    // Its own place is taken already.
    return this.#areCounted ? this.admit(fd, unmapped(ip), this.#shares.room + 1) : undefined;
  }

  /** Whether a client that may not have its connection, on `fd`, is answered: there is a bound for those. */
  refuses(fd: number, reason: Reason, room = this.#shares.room): boolean {
    const shares = this.#shares;
    let refused = 0;
    for (let number = 0; number < REFUSED.length; number += 1) refused += shares.live(shares.reserved(number));
    if (refused >= Math.min(REFUSED_MAX, Math.floor(room * REFUSED_PART))) return false;
    const slot = shares.reserved(REFUSED.indexOf(reason));
    return shares.take(slot, REFUSED_PER_S) && shares.came(fd, slot);
  }

  /** Why the client on `fd` is to be refused; undefined for all others. */
  refusedFor(fd: number): Reason | undefined {
    const number = this.#shares.holderOf(fd) - this.#shares.reserved(0);
    return number < 0 ? undefined : REFUSED[number];
  }

  /** The client on `fd` has said where it wants to go. */
  requested(fd: number): void {
    this.#shares.requested(fd);
  }

  /** The client on `fd` was not handed on: it counts no more. */
  withdraw(fd: number): void {
    this.#shares.closing(fd);
  }

  /** Whether new clients get less time for their handshake. */
  get isTight(): boolean {
    return this.#areCounted && this.#shares.room < this.#options.connections_max * TIGHT_PART;
  }

  /** Called by main after each turn. */
  turned(room: number): void {
    if (this.#shares.room !== room) this.#shares.room = room;
  }

  #hasShaking(slot: number): boolean {
    const { client_handshakes_max } = this.#options;
    return client_handshakes_max > 0 && this.#shares.handshakes(slot) >= client_handshakes_max;
  }
}

/** The slot of a client's network: an IPv4 address, or the /64 of an IPv6 address. `ip`: see `ClientLimits.admit`. */
export function slotOfNetwork(shares: Pick<Shares, 'slotOf'>, ip: Uint8Array | undefined): number {
  if (ip === undefined) return shares.slotOf(0, 0, UNIX);
  if (ip.length === 4) return shares.slotOf(wordAt(ip, 0), 0, IPV4);
  return shares.slotOf(wordAt(ip, 0), wordAt(ip, 4), IPV6);
}

/** The connections that one client network may have while so many are free, the one that it asks for included. */
export const shareOf = (room: number): number => Math.max(SHARE_LEAST, SHARE * room);

/**
 * Whether clients are limited at all: where a limit is set, or clients of other machines may come. Where all clients are of
 * this machine, they are one network, and there is nobody to leave connections for.
 */
export function areClientsLimited({ limits, listen }: Pick<Options, 'listen'> & Limited): boolean {
  const { client_connections_max, client_rate, client_handshakes_max } = limits;
  return listen.some(isOpen) || client_connections_max > 0 || client_rate > 0 || client_handshakes_max > 0;
}
