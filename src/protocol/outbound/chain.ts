// SOCKS5 as a client speaks it to a chain of proxies (RFC 1928, RFC 1929): pure, fed with what came, answering with what
// to send next. Through the first proxy it speaks to the second, and so on to the destination.
import { parseIp } from '../address.js';
import { type Failure, type FailureCode, failureOf } from '../failure.js';
import type { Hop } from '../line.js';
import { AddressType, Command, Method, VERSION } from '../socks-codes.js';

const PASSWORD_VERSION = 1;
const CREDENTIAL_MAX = 255;

/** Where a proxy says the connection begins (BND.ADDR, BND.PORT); its address as bytes. */
export interface Bound {
  readonly ip: Uint8Array;
  readonly port: number;
}

export type Step =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** The chain stands. `rest` are bytes that the destination has already sent. */
  | { readonly kind: 'connected'; readonly bound: Bound; readonly rest: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: Failure };

const INCOMPLETE: Step = { kind: 'incomplete' };
const BROKEN = failed('proxy-protocol');
const UNAUTHENTICATED = failed('proxy-authentication');

/** What a proxy's REP byte (RFC 1928 section 6) says about the destination. */
const CAUSES: readonly (FailureCode | undefined)[] = [
  undefined,
  'unexplained',
  'proxy-forbids',
  'network-unreachable',
  'host-unreachable',
  'refused',
  // TTL expired: many proxies say it of a connect that timed out.
  'timed-out',
  // A proxy that cannot CONNECT is none.
  'proxy-protocol',
  'proxy-address-type',
];

function failed(code: FailureCode, detail?: string): Step {
  return { kind: 'failed', failure: failureOf(code, detail) };
}

export class SocksChain {
  readonly #hops: readonly Hop[];
  readonly #host: string;
  readonly #port: number;
  #hop = 0;
  #awaits: 'method' | 'password' | 'reply' = 'method';
  #received = new Uint8Array(0);

  /** `host` is what the last proxy is asked for: a name stays a name, and is resolved there. */
  constructor(hops: readonly Hop[], host: string, port: number) {
    this.#hops = hops;
    this.#host = host;
    this.#port = port;
  }

  /** Whether every proxy has been reached, and the last one asked for the destination. */
  get asksDestination(): boolean {
    return this.#awaits === 'reply' && this.#hop === this.#hops.length - 1;
  }

  /** The first bytes to send, once the first proxy is connected. */
  start(): Uint8Array {
    this.#awaits = 'method';
    return this.#hops[this.#hop].username === undefined
      ? Uint8Array.of(VERSION, 1, Method.none)
      : Uint8Array.of(VERSION, 2, Method.none, Method.password);
  }

  /** Takes what came (copied where kept) and says what follows from it. */
  feed(bytes: Uint8Array): Step {
    if (this.#received.length === 0) {
      this.#received = bytes.slice();
    } else {
      const joined = new Uint8Array(this.#received.length + bytes.length);
      joined.set(this.#received);
      joined.set(bytes, this.#received.length);
      this.#received = joined;
    }
    return this.#step();
  }

  #take(size: number): void {
    this.#received = this.#received.subarray(size);
  }

  #step(): Step {
    switch (this.#awaits) {
      case 'method':
        return this.#method();
      case 'password':
        return this.#password();
      case 'reply':
        return this.#reply();
      default:
        return this.#awaits satisfies never;
    }
  }

  #method(): Step {
    if (this.#received.length < 2) return INCOMPLETE;
    const [version, method] = this.#received;
    if (version !== VERSION) return BROKEN;
    this.#take(2);
    if (method === Method.none) return this.#request();
    const { username, password } = this.#hops[this.#hop];
    if (method !== Method.password || username === undefined) return UNAUTHENTICATED;
    this.#awaits = 'password';
    return { kind: 'send', bytes: encodePassword(username, password ?? '') };
  }

  /** RFC 1929 section 2. */
  #password(): Step {
    if (this.#received.length < 2) return INCOMPLETE;
    const status = this.#received[1];
    this.#take(2);
    return status === 0 ? this.#request() : UNAUTHENTICATED;
  }

  #request(): Step {
    this.#awaits = 'reply';
    const next = this.#hops[this.#hop + 1];
    const bytes = next === undefined ? encodeConnect(this.#host, this.#port) : encodeConnect(next.host, next.port);
    return { kind: 'send', bytes };
  }

  #reply(): Step {
    const bytes = this.#received;
    if (bytes.length < 5) return bytes.length > 0 && bytes[0] !== VERSION ? BROKEN : INCOMPLETE;
    if (bytes[0] !== VERSION) return BROKEN;
    if (bytes[1] !== 0) return { kind: 'failed', failure: this.#refusal(bytes[1]) };
    const size = replySize(bytes);
    if (size === 0) return BROKEN;
    if (bytes.length < size) return INCOMPLETE;
    this.#take(size);
    if (this.#hop < this.#hops.length - 1) {
      this.#hop += 1;
      // A proxy must not speak before it is spoken to.
      return this.#received.length > 0 ? BROKEN : { kind: 'send', bytes: this.start() };
    }
    return { kind: 'connected', bound: readBound(bytes, size), rest: this.#received.slice() };
  }

  /** Codes that RFC 1928 leaves open explain nothing: Tor has some for what becomes of its own names. */
  #refusal(reply: number): Failure {
    const failure = failureOf(CAUSES[reply] ?? 'unexplained', `REP ${reply}`);
    // Any proxy but the last one speaks of the next proxy.
    if (this.asksDestination || failure.code === 'proxy-protocol') return failure;
    return failureOf('proxy-unreachable', failure.detail);
  }
}

/** Bytes of a reply whose first five are there; 0 for an unknown address type. */
function replySize(bytes: Uint8Array): number {
  switch (bytes[3]) {
    case AddressType.ipv4:
      return 10;
    case AddressType.ipv6:
      return 22;
    case AddressType.name:
      return 7 + bytes[4];
    default:
      return 0;
  }
}

/** A name as bound address is legal and tells a client nothing: it becomes 0.0.0.0. */
function readBound(bytes: Uint8Array, size: number): Bound {
  const port = (bytes[size - 2] << 8) | bytes[size - 1];
  return bytes[3] === AddressType.name ? { ip: new Uint8Array(4), port } : { ip: bytes.slice(4, size - 2), port };
}

function encodePassword(username: string, password: string): Uint8Array {
  const encoder = new TextEncoder();
  const name = encoder.encode(username).subarray(0, CREDENTIAL_MAX);
  const secret = encoder.encode(password).subarray(0, CREDENTIAL_MAX);
  return Uint8Array.of(PASSWORD_VERSION, name.length, ...name, secret.length, ...secret);
}

function encodeConnect(host: string, port: number): Uint8Array {
  const ip = parseIp(host);
  const head = [VERSION, Command.connect, 0];
  const tail = [port >> 8, port & 255];
  if (ip !== undefined) {
    return Uint8Array.of(...head, ip.length === 4 ? AddressType.ipv4 : AddressType.ipv6, ...ip, ...tail);
  }
  const name = new TextEncoder().encode(host);
  return Uint8Array.of(...head, AddressType.name, name.length, ...name, ...tail);
}
