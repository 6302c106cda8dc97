// SOCKS5 as a way in (RFC 1928): greeting, choice of method, request, reply. It offers no authentication and carries out
// CONNECT only.
import { unmapped } from '../address/address.js';
import { type Target, targetOfIp, targetOfName } from '../address/target.js';
import type { FailureCode } from '../race/failure.js';
import { AddressType, Command, Method, ReplyCode, VERSION } from '../socks-codes.js';
import { type ForeignProtocol, foreignProtocol } from './foreign.js';
import type { Inbound, InboundStep, Misfit, Proceed, Refused, Replies } from './inbound.js';

/** Reads a greeting, then a request: all that a client sends before its connection is made. */
export const SOCKS5: Inbound = { feed: readGreeting };
const REQUEST: Inbound = { feed: readRequest };

const INCOMPLETE = { kind: 'incomplete' } as const;

/** The answers that choose a method (section 3). */
const METHOD_NONE = Uint8Array.of(VERSION, Method.none);
const METHOD_UNACCEPTABLE = Uint8Array.of(VERSION, Method.unacceptable);
/** Nearly every client sends one of these two greetings. */
const ONLY_NO_AUTHENTICATION = greeted(3);
const NO_AUTHENTICATION_AND_PASSWORD = greeted(4);

function greeted(size: number): Proceed {
  return { kind: 'proceed', size, answer: METHOD_NONE, next: REQUEST };
}

/** A client that does not speak SOCKS5 gets no answer, which it would not understand. */
const NOT_SOCKS5 = refused(undefined);
const UNSPECIFIED = new Uint8Array(4);
const BAD_COMMAND = refused(encodeReply(ReplyCode.commandNotSupported, UNSPECIFIED, 0));
const BAD_ADDRESS_TYPE = refused(encodeReply(ReplyCode.addressTypeNotSupported, UNSPECIFIED, 0));
const BAD_NAME = refused(encodeReply(ReplyCode.hostUnreachable, UNSPECIFIED, 0));
const UNAUTHENTICATED = refused(METHOD_UNACCEPTABLE, {
  what: 'authentication',
  sentence: 'offers SOCKS5 only with authentication, of which there is none here: let it use none',
});

function refused(answer: Uint8Array | undefined, misfit?: Misfit): Refused {
  return { kind: 'refused', answer, ending: answer === undefined ? 'not-socks5' : 'refused', misfit };
}

const FOREIGN: Readonly<Record<ForeignProtocol, Refused>> = {
  HTTP: refused(undefined, { what: 'HTTP', sentence: 'speaks HTTP: set it to SOCKS5' }),
  SOCKS4: refused(undefined, { what: 'SOCKS4', sentence: 'speaks SOCKS4: set it to SOCKS5' }),
  TLS: refused(undefined, { what: 'TLS', sentence: 'speaks TLS: set it to plain SOCKS5' }),
};

/** Reads a greeting (section 3), at most 257 bytes. The client must offer the method without authentication. */
function readGreeting(bytes: Uint8Array, start: number, end: number): InboundStep {
  if (end - start < 1) return INCOMPLETE;
  if (bytes[start] !== VERSION) {
    const foreign = foreignProtocol(bytes, start, end);
    return foreign === undefined ? NOT_SOCKS5 : FOREIGN[foreign];
  }
  if (end - start < 2) return INCOMPLETE;
  const size = 2 + bytes[start + 1];
  if (end - start < size) return INCOMPLETE;
  for (let i = start + 2; i < start + size; i += 1) {
    if (bytes[i] !== Method.none) continue;
    if (size === 3) return ONLY_NO_AUTHENTICATION;
    if (size === 4) return NO_AUTHENTICATION_AND_PASSWORD;
    return greeted(size);
  }
  return UNAUTHENTICATED;
}

/** Reads a request (section 4), at most 262 bytes. */
function readRequest(bytes: Uint8Array, start: number, end: number): InboundStep {
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
  if (bytes[start + 1] !== Command.connect) return BAD_COMMAND;
  const next = start + size;
  const target = readTarget(type, bytes, start, next);
  if (target === undefined) return BAD_NAME;
  const early = next < end ? bytes.slice(next, end) : undefined;
  return { kind: 'requested', target, early, user: undefined, body: undefined, replies: SOCKS5_REPLIES };
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
  return targetOfName(readText(bytes, start + 5, end - 2), port);
}

/** The name of a request: its length is one octet. */
const NAME = Buffer.alloc(255);

/** Decodes UTF-8. Names are nearly always ASCII, which takes less time and memory this way. */
function readText(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i += 1) {
    if (bytes[i] > 127) return new TextDecoder().decode(bytes.subarray(start, end));
    NAME[i - start] = bytes[i];
  }
  return NAME.toString('latin1', 0, end - start);
}

/** The REP byte of each failure (section 6). */
const REPLIES: Readonly<Record<FailureCode, number>> = {
  cancelled: ReplyCode.generalFailure,
  internal: ReplyCode.generalFailure,
  'kept-away': ReplyCode.notAllowed,
  'out-of-resources': ReplyCode.generalFailure,
  'too-many-lookups': ReplyCode.generalFailure,
  'source-unavailable': ReplyCode.generalFailure,
  'source-in-use': ReplyCode.generalFailure,
  'interface-unavailable': ReplyCode.generalFailure,
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
