// SOCKS4 and SOCKS4a as a way in: request and reply, as the notes of Ying-Da Lee have them ("SOCKS: A protocol for TCP proxy
// across firewalls", "SOCKS 4A: A Simple Extension to SOCKS 4 Protocol"). It carries out CONNECT only. The user id proves
// nothing; it is read for the depth that another gateway may tell in it.
import { type Target, targetOfIp, targetOfName } from '../address/target.js';
import { depthOfUserId } from '../gateway-depth.js';
import type { Inbound, InboundStep, Misfit, Replies } from './inbound.js';
import { nameText } from './name-text.js';
import { speaksSocks4 } from './spoken.js';
import { INCOMPLETE, refused } from './steps.js';

const VERSION = 4;
const CONNECT = 1;
/** Version, command, port and address of a request. */
const HEAD = 8;
/** Octets of a user id or a name, without the zero behind it. The notes have no bound. */
const TEXT_MAX = 255;
/** The version of a reply. */
const REPLY_VERSION = 0;
const GRANTED = 90;
/** There is one code for all failures: 92 and 93 are about identd. */
const REJECTED = 91;

const REJECTION = reply(REJECTED);
const NOT_SOCKS4 = refused('socks4', undefined, 'broke-protocol');
const BAD_REQUEST = refused('socks4', REJECTION, 'refused');

/** Reads a request, at most 520 bytes: all that a client sends before its connection is made. */
export const SOCKS4: Inbound = { feed: readRequest, speaks: speaksSocks4 };

/** For a listener whose clients must show which user they are. */
export const SOCKS4_OF_USERS: Inbound = refusingSocks4({
  what: 'no user',
  sentence: 'speaks SOCKS4, which cannot name a user: set it to SOCKS5 or HTTP with a name and password',
});

/** A request is read to its end, and refused. */
export function refusingSocks4(misfit: Misfit): Inbound {
  const unwanted = refused('socks4', REJECTION, 'refused', misfit);
  return {
    feed(bytes, start, end) {
      const step = readRequest(bytes, start, end);
      return step.kind === 'requested' ? unwanted : step;
    },
    speaks: speaksSocks4,
  };
}

function readRequest(bytes: Uint8Array, start: number, end: number): InboundStep {
  if (start === end) return INCOMPLETE;
  if (bytes[start] !== VERSION) return NOT_SOCKS4;
  const userEnd = endOfText(bytes, start + HEAD, end);
  if (userEnd <= 0) return userEnd === 0 ? INCOMPLETE : BAD_REQUEST;
  const next = hasName(bytes, start) ? endOfText(bytes, userEnd, end) : userEnd;
  if (next <= 0) return next === 0 ? INCOMPLETE : BAD_REQUEST;
  const target = bytes[start + 1] === CONNECT ? readTarget(bytes, start, userEnd, next) : undefined;
  if (target === undefined) return BAD_REQUEST;
  const early = next < end ? bytes.slice(next, end) : undefined;
  const requested = { kind: 'requested', target, early, body: undefined, replies: SOCKS4_REPLIES } as const;
  const depth = userEnd - 1 > start + HEAD ? depthOfUserId(nameText(bytes, start + HEAD, userEnd - 1)) : 0;
  return depth === 0 ? requested : { ...requested, depth };
}

/** The place behind the zero that ends the text at `start`; 0 while it has not come, -1 if the text is too long. */
function endOfText(bytes: Uint8Array, start: number, end: number): number {
  const last = Math.min(end, start + TEXT_MAX + 1);
  for (let i = start; i < last; i += 1) if (bytes[i] === 0) return i + 1;
  return end > start + TEXT_MAX ? -1 : 0;
}

/** Whether a name follows the user id: the address is 0.0.0.x, where x is not 0 (SOCKS 4A). */
function hasName(bytes: Uint8Array, start: number): boolean {
  return bytes[start + 4] === 0 && bytes[start + 5] === 0 && bytes[start + 6] === 0 && bytes[start + 7] !== 0;
}

/** `name`: where the name begins, if there is one; `end` is behind the zero of the last text. */
function readTarget(bytes: Uint8Array, start: number, name: number, end: number): Target | undefined {
  const port = (bytes[start + 2] << 8) | bytes[start + 3];
  if (name === end) return targetOfIp(bytes.slice(start + 4, start + HEAD), port);
  return targetOfName(nameText(bytes, name, end - 1), port);
}

/** Each reply of success is written into this. */
const SUCCESS = reply(GRANTED);

/** The address of a reply has no meaning for CONNECT. It is the bound one where that is IPv4, else 0.0.0.0. */
export const SOCKS4_REPLIES: Replies = {
  successCode: GRANTED,
  failureCode: () => REJECTED,
  success(ip, port) {
    SUCCESS[2] = port >> 8;
    SUCCESS[3] = port & 255;
    for (let i = 0; i < 4; i += 1) SUCCESS[4 + i] = ip.length === 4 ? ip[i] : 0;
    return SUCCESS;
  },
  failure: () => REJECTION,
};

function reply(code: number): Uint8Array {
  return Uint8Array.of(REPLY_VERSION, code, 0, 0, 0, 0, 0, 0);
}
