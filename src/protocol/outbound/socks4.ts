// The client side of SOCKS4 with one proxy, and of its extension 4a, by which the proxy resolves names. SOCKS4 has a user id
// and no password, and no IPv6.
import { parseIp } from '../address/address.js';
import { userIdOf } from '../gateway-depth.js';
import { type Failure, type FailureCode, failureOf } from '../race/failure.js';
import type { HopFailure, HopKind, HopStep, HopTarget } from './outbound.js';

const VERSION = 4;
const CONNECT = 1;
/** The version byte of a reply. */
const REPLY_VERSION = 0;
const GRANTED = 90;
const REPLY_SIZE = 8;
/** An address that means "a name follows" (4a): 0.0.0.x with an x other than 0. */
const NAME_FOLLOWS = Uint8Array.of(0, 0, 0, 1);

const INCOMPLETE: HopStep = { kind: 'incomplete' };
const BROKEN: HopFailure = { kind: 'failed', failure: failureOf('proxy-protocol'), of: 'hop' };
const NO_IPV6 = failureOf('line-address-type', 'SOCKS4 has no IPv6 addresses');
const MEANS_NAME = failureOf('line-address-type', 'SOCKS4 takes 0.0.0.x for a name');

/** By the code of a reply. 92 and 93: the proxy did not find our user id at an ident server (RFC 1413). */
const CAUSES: ReadonlyMap<number, readonly [FailureCode, HopFailure['of']]> = new Map([
  [91, ['unexplained', 'target']],
  [92, ['proxy-authentication', 'hop']],
  [93, ['proxy-authentication', 'hop']],
]);

export const socks4: HopKind = {
  cannotName: (host) => lacks(parseIp(host)),

  begin({ username }, target, depth) {
    const ip = parseIp(target.host);
    // A configured user id may be needed at the proxy. Then the depth is not told.
    const userId = username ?? (depth > 0 ? userIdOf(depth) : '');
    if (ip === undefined) return { kind: 'send', bytes: encodeConnect(userId, target, NAME_FOLLOWS, target.host) };
    const failure = lacks(ip);
    if (failure !== undefined) return { kind: 'failed', failure, of: 'target' };
    return { kind: 'send', bytes: encodeConnect(userId, target, ip, undefined) };
  },

  /** The first bytes are the request. */
  hasAsked() {
    return true;
  },

  read(_phase, received) {
    if (received.length > 0 && received[0] !== REPLY_VERSION) return BROKEN;
    if (received.length < REPLY_SIZE) return INCOMPLETE;
    if (received[1] !== GRANTED) return refusal(received[1]);
    const bound = { ip: received.slice(4, REPLY_SIZE), port: (received[2] << 8) | received[3] };
    return { kind: 'connected', bound, size: REPLY_SIZE };
  },
};

function refusal(reply: number): HopFailure {
  const [code, of] = CAUSES.get(reply) ?? (['proxy-protocol', 'hop'] as const);
  return { kind: 'failed', failure: failureOf(code, `CD ${reply}`), of };
}

function lacks(ip: Uint8Array | undefined): Failure | undefined {
  if (ip === undefined) return undefined;
  if (ip.length !== 4) return NO_IPV6;
  return meansName(ip) ? MEANS_NAME : undefined;
}

function meansName([first, second, third, last]: Uint8Array): boolean {
  return first === 0 && second === 0 && third === 0 && last !== 0;
}

/** The user id holds no NUL: the configuration is checked for that. */
function encodeConnect(userId: string, { port }: HopTarget, ip: Uint8Array, name: string | undefined): Uint8Array {
  const head = Uint8Array.of(VERSION, CONNECT, port >> 8, port & 255, ...ip);
  const texts = name === undefined ? `${userId}\0` : `${userId}\0${name}\0`;
  return Buffer.concat([head, Buffer.from(texts, 'utf8')]);
}
