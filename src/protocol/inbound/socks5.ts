// SOCKS5 as a way in (RFC 1928): greeting, choice of method, request, reply. Its commands are CONNECT and UDP
// ASSOCIATE. Names and passwords are read in socks5-password.ts.
import { unmapped } from '../address/address.js';
import { type Target, targetOfIp, targetOfName } from '../address/target.js';
import { DEPTH_MAX } from '../gateway-depth.js';
import type { FailureCode } from '../race/failure.js';
import { AddressType, Command, Method, ReplyCode, VERSION } from '../socks-codes.js';
import type { Inbound, InboundStep, Misfit, Proceed, Replies } from './inbound.js';
import { nameText } from './name-text.js';
import { anyPassword, judgedPassword } from './socks5-password.js';
import { speaksSocks5 } from './spoken.js';
import { INCOMPLETE, proceed, refused } from './steps.js';

/** Reads a greeting, then all that a client sends before its connection is made. */
export const SOCKS5: Inbound = { feed: readGreeting, speaks: speaksSocks5 };
/** The same for a listener whose clients must show which user they are. */
export const SOCKS5_OF_USERS: Inbound = { feed: readGreetingOfUser, speaks: speaksSocks5 };
/** What reads on behind a greeting of each depth. */
const DEPTHS = Array.from({ length: DEPTH_MAX + 1 }, (_, depth) => {
  const request: Inbound = {
    feed: (bytes, start, end) => readRequest(bytes, start, end, depth),
    speaks: speaksSocks5,
  };
  return { request, judgedPassword: judgedPassword(request), anyPassword: anyPassword(request) };
});
const REQUEST = DEPTHS[0].request;

/** The answers that choose a method (section 3). */
const METHOD_NONE = Uint8Array.of(VERSION, Method.none);
const METHOD_PASSWORD = Uint8Array.of(VERSION, Method.password);
const METHOD_UNACCEPTABLE = Uint8Array.of(VERSION, Method.unacceptable);
/** Nearly every client sends one of these two greetings. */
const ONLY_NO_AUTHENTICATION = proceed(3, METHOD_NONE, REQUEST);
const NO_AUTHENTICATION_AND_PASSWORD = proceed(4, METHOD_NONE, REQUEST);

/** A client that does not go on as SOCKS5 does gets no answer, which it would not understand. */
const NOT_SOCKS5 = refused('socks5', undefined, 'broke-protocol');
const UNSPECIFIED = new Uint8Array(4);
const BAD_COMMAND = refused('socks5', encodeReply(ReplyCode.commandNotSupported, UNSPECIFIED, 0), 'refused');
const BAD_ADDRESS_TYPE = refused('socks5', encodeReply(ReplyCode.addressTypeNotSupported, UNSPECIFIED, 0), 'refused');
const BAD_NAME = refused('socks5', encodeReply(ReplyCode.hostUnreachable, UNSPECIFIED, 0), 'refused');
const NO_METHOD = refused('socks5', METHOD_UNACCEPTABLE, 'refused', {
  what: 'authentication',
  sentence: 'offers SOCKS5 only with ways of authentication that are not known here: let it use none, or a password',
});
const NAMELESS = refused('socks5', METHOD_UNACCEPTABLE, 'refused', {
  what: 'no user',
  sentence: 'does not offer to name a user, which this listener wants: give it a name and password',
});

/** Bytes of a greeting (section 3), at most 257; 0 while it is incomplete, -1 for another version. */
function sizeOfGreeting(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 1) return 0;
  if (bytes[start] !== VERSION) return -1;
  if (length < 2) return 0;
  const size = 2 + bytes[start + 1];
  return length < size ? 0 : size;
}

/** Whether a greeting of `size` bytes offers a method. */
function offers(bytes: Uint8Array, start: number, size: number, method: number): boolean {
  for (let i = start + 2; i < start + size; i += 1) if (bytes[i] === method) return true;
  return false;
}

/**
 * Where no users are wanted, no authentication is preferred. A client that insists on a password is served too: nothing is
 * protected here, and many programs that have one configured offer nothing else.
 */
function readGreeting(bytes: Uint8Array, start: number, end: number): InboundStep {
  const size = sizeOfGreeting(bytes, start, end);
  if (size <= 0) return size === 0 ? INCOMPLETE : NOT_SOCKS5;
  const depth = depthOf(bytes, start, size);
  if (offers(bytes, start, size, Method.none)) return withoutAuthentication(size, depth);
  if (!offers(bytes, start, size, Method.password)) return NO_METHOD;
  return proceed(size, METHOD_PASSWORD, DEPTHS[depth].anyPassword);
}

function withoutAuthentication(size: number, depth: number): Proceed {
  if (depth > 0) return proceed(size, METHOD_NONE, DEPTHS[depth].request);
  if (size === 3) return ONLY_NO_AUTHENTICATION;
  return size === 4 ? NO_AUTHENTICATION_AND_PASSWORD : proceed(size, METHOD_NONE, REQUEST);
}

function readGreetingOfUser(bytes: Uint8Array, start: number, end: number): InboundStep {
  const size = sizeOfGreeting(bytes, start, end);
  if (size <= 0) return size === 0 ? INCOMPLETE : NOT_SOCKS5;
  if (!offers(bytes, start, size, Method.password)) return NAMELESS;
  return proceed(size, METHOD_PASSWORD, DEPTHS[depthOf(bytes, start, size)].judgedPassword);
}

/** For a listener that does not speak SOCKS5: a greeting is refused, whatever it offers. */
export function refusingSocks5(misfit: Misfit): Inbound {
  const unwanted = refused('socks5', METHOD_UNACCEPTABLE, 'refused', misfit);
  return {
    feed(bytes, start, end) {
      const size = sizeOfGreeting(bytes, start, end);
      if (size <= 0) return size === 0 ? INCOMPLETE : NOT_SOCKS5;
      return unwanted;
    },
    speaks: speaksSocks5,
  };
}

/** The depth that a gateway tells in one of its methods, from the range for private use; 0 where none is told. */
function depthOf(bytes: Uint8Array, start: number, size: number): number {
  for (let i = start + 2; i < start + size; i += 1) {
    const depth = bytes[i] - Method.depth;
    if (depth > 0 && depth <= DEPTH_MAX) return depth;
  }
  return 0;
}

/** Reads a request (section 4), at most 262 bytes. */
function readRequest(bytes: Uint8Array, start: number, end: number, depth: number): InboundStep {
  const length = end - start;
  if (length < 1) return INCOMPLETE;
  if (bytes[start] !== VERSION) return NOT_SOCKS5;
  if (length < 5) return INCOMPLETE;
  const type = bytes[start + 3];
  const addressSize = sizeOfAddress(type, bytes[start + 4]);
  if (addressSize === 0) return BAD_ADDRESS_TYPE;
  const size = 4 + addressSize + 2;
  if (length < size) return INCOMPLETE;
  // The whole request is read before it is refused: closing a socket with unread bytes would send a reset.
  const next = start + size;
  if (bytes[start + 1] === Command.udpAssociate) return associated((bytes[next - 2] << 8) | bytes[next - 1], depth);
  if (bytes[start + 1] !== Command.connect) return BAD_COMMAND;
  const target = readTarget(type, bytes, start, next);
  if (target === undefined) return BAD_NAME;
  const early = next < end ? bytes.slice(next, end) : undefined;
  return { kind: 'requested', target, early, depth, body: undefined, replies: SOCKS5_REPLIES };
}

/** The address of a client's datagrams is that of its connection, whatever it says; only the port is its own to say. */
function associated(port: number, depth: number): InboundStep {
  return { kind: 'associated', port, depth, replies: SOCKS5_REPLIES, unserved: BAD_COMMAND };
}

/** Bytes of the address field, with the length byte of a name; 0 for an unknown type. */
function sizeOfAddress(type: number, first: number): number {
  if (type === AddressType.ipv4) return 4;
  if (type === AddressType.ipv6) return 16;
  return type === AddressType.name ? 1 + first : 0;
}

function readTarget(type: number, bytes: Uint8Array, start: number, end: number): Target | undefined {
  const port = (bytes[end - 2] << 8) | bytes[end - 1];
  if (type !== AddressType.name) return targetOfIp(unmapped(bytes.slice(start + 4, end - 2)), port);
  return targetOfName(nameText(bytes, start + 5, end - 2), port);
}

/** The REP byte of each failure (section 6). */
const REPLIES: Readonly<Record<FailureCode, number>> = {
  cancelled: ReplyCode.generalFailure,
  internal: ReplyCode.generalFailure,
  'kept-away': ReplyCode.notAllowed,
  'line-paused': ReplyCode.generalFailure,
  'client-limit': ReplyCode.notAllowed,
  'user-limit': ReplyCode.notAllowed,
  'line-address-type': ReplyCode.addressTypeNotSupported,
  'line-no-udp': ReplyCode.generalFailure,
  'out-of-resources': ReplyCode.generalFailure,
  'too-many-lookups': ReplyCode.generalFailure,
  'source-unavailable': ReplyCode.generalFailure,
  'source-in-use': ReplyCode.generalFailure,
  'interface-unavailable': ReplyCode.generalFailure,
  'link-down': ReplyCode.generalFailure,
  'source-not-permitted': ReplyCode.generalFailure,
  'proxy-authentication': ReplyCode.generalFailure,
  'proxy-certificate': ReplyCode.generalFailure,
  'proxy-protocol': ReplyCode.generalFailure,
  'proxy-unreachable': ReplyCode.generalFailure,
  'proxy-address-type': ReplyCode.addressTypeNotSupported,
  unexplained: ReplyCode.generalFailure,
  'dns-failed': ReplyCode.hostUnreachable,
  'timed-out': ReplyCode.hostUnreachable,
  'network-unreachable': ReplyCode.networkUnreachable,
  'host-unreachable': ReplyCode.hostUnreachable,
  'no-such-name': ReplyCode.hostUnreachable,
  forbidden: ReplyCode.notAllowed,
  'proxy-forbids': ReplyCode.notAllowed,
  loop: ReplyCode.generalFailure,
  unspecified: ReplyCode.notAllowed,
  'not-allowed': ReplyCode.notAllowed,
  'own-listener': ReplyCode.notAllowed,
  'egress-denied': ReplyCode.notAllowed,
  blocked: ReplyCode.notAllowed,
  reset: ReplyCode.connectionRefused,
  refused: ReplyCode.connectionRefused,
};

/** Each reply of success, which nearly every connection needs, is written into one of these. */
const SUCCESS_IPV4 = new Uint8Array(10);
const SUCCESS_IPV6 = new Uint8Array(22);

/** Replies of section 6. A failure reply has the bound address 0.0.0.0:0. */
export const SOCKS5_REPLIES: Replies = {
  successCode: ReplyCode.succeeded,
  failureCode: (code) => REPLIES[code],
  success: (ip, port) => writeReply(ip.length === 16 ? SUCCESS_IPV6 : SUCCESS_IPV4, ReplyCode.succeeded, ip, port),
  failure: ({ code }) => encodeReply(REPLIES[code], UNSPECIFIED, 0),
};

function encodeReply(reply: number, ip: Uint8Array, port: number): Uint8Array {
  return writeReply(new Uint8Array(6 + ip.length), reply, ip, port);
}

function writeReply(bytes: Uint8Array, reply: number, ip: Uint8Array, port: number): Uint8Array {
  bytes[0] = VERSION;
  bytes[1] = reply;
  bytes[3] = ip.length === 16 ? AddressType.ipv6 : AddressType.ipv4;
  bytes.set(ip, 4);
  bytes[4 + ip.length] = port >> 8;
  bytes[5 + ip.length] = port & 255;
  return bytes;
}
