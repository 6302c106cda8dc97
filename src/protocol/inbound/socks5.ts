// SOCKS5 as a server reads and answers it (RFC 1928): greeting, request, method choice, reply. Pure functions over
// bytes that may end anywhere; what follows a message is the caller's (`size` says where it ends).
import { unmapped } from '../address.js';
import type { Decoded } from '../decoded.js';
import { FAILURES, type FailureCode } from '../failure.js';
import { AddressType, Command, Method, VERSION } from '../socks-codes.js';
import { type Target, targetOfIp, targetOfName } from '../target.js';

const REPLY_SUCCEEDED = 0;
const REPLY_COMMAND_NOT_SUPPORTED = 7;
const REPLY_ADDRESS_TYPE_NOT_SUPPORTED = 8;

const INCOMPLETE = { kind: 'incomplete' } as const;
const NOT_SOCKS5 = { kind: 'invalid', code: 'not-socks5' } as const;
/** Nearly every client offers just this. */
const ONLY_NO_AUTHENTICATION = { kind: 'message', value: Method.none, size: 3 } as const;
const NO_AUTHENTICATION_AND_PASSWORD = { kind: 'message', value: Method.none, size: 4 } as const;

/**
 * Reads a greeting (RFC 1928 section 3), at most 257 bytes, and chooses a method: no authentication where it is offered,
 * else none fits.
 */
export function decodeGreeting(bytes: Uint8Array, start: number, end: number): Decoded<number, 'not-socks5'> {
  if (end - start < 1) return INCOMPLETE;
  if (bytes[start] !== VERSION) return NOT_SOCKS5;
  if (end - start < 2) return INCOMPLETE;
  const size = 2 + bytes[start + 1];
  if (end - start < size) return INCOMPLETE;
  for (let i = start + 2; i < start + size; i += 1) {
    if (bytes[i] !== Method.none) continue;
    if (size === 3) return ONLY_NO_AUTHENTICATION;
    if (size === 4) return NO_AUTHENTICATION_AND_PASSWORD;
    return { kind: 'message', value: Method.none, size };
  }
  return { kind: 'message', value: Method.unacceptable, size };
}

export type RequestError = 'not-socks5' | 'command' | 'address-type' | 'name';

/** Reads a request (RFC 1928 section 4), at most 262 bytes. Only CONNECT is carried out; the others are `command`. */
export function decodeRequest(bytes: Uint8Array, start: number, end: number): Decoded<Target, RequestError> {
  const length = end - start;
  if (length < 1) return INCOMPLETE;
  if (bytes[start] !== VERSION) return NOT_SOCKS5;
  if (length < 5) return INCOMPLETE;
  const type = bytes[start + 3];
  const addressSize = sizeOfAddress(type, bytes[start + 4]);
  if (addressSize === 0) return { kind: 'invalid', code: 'address-type' };
  const size = 4 + addressSize + 2;
  if (length < size) return INCOMPLETE;
  // The whole request is read before it is refused, so that nothing of it is left to turn our close into a reset.
  if (bytes[start + 1] !== Command.connect) return { kind: 'invalid', code: 'command' };
  const value = readTarget(type, bytes, start, start + size);
  return value === undefined ? { kind: 'invalid', code: 'name' } : { kind: 'message', value, size };
}

/** Bytes of the address field (a name's with its length byte); 0 for an unknown type. */
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

/** Names are ASCII nearly always; others are taken as UTF-8. */
function readText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i += 1) {
    if (bytes[i] > 127) return new TextDecoder().decode(bytes.subarray(start, end));
    text += String.fromCharCode(bytes[i]);
  }
  return text;
}

/** The server's choice of method (RFC 1928 section 3). */
export const METHOD_NONE = Uint8Array.of(VERSION, Method.none);
export const METHOD_UNACCEPTABLE = Uint8Array.of(VERSION, Method.unacceptable);

/** The reply of a connection that stands (RFC 1928 section 6), with the address (4 or 16 bytes) that it has here. */
export function encodeSuccess(ip: Uint8Array, port: number): Uint8Array {
  return encodeReply(REPLY_SUCCEEDED, ip, port);
}

const UNSPECIFIED = new Uint8Array(4);

export function encodeFailure(code: FailureCode): Uint8Array {
  return encodeReply(FAILURES[code].reply, UNSPECIFIED, 0);
}

/** The reply to a request that cannot be carried out as it stands; undefined for one that is no SOCKS5 at all. */
export function encodeRefusal(code: RequestError): Uint8Array | undefined {
  switch (code) {
    case 'command':
      return encodeReply(REPLY_COMMAND_NOT_SUPPORTED, UNSPECIFIED, 0);
    case 'address-type':
      return encodeReply(REPLY_ADDRESS_TYPE_NOT_SUPPORTED, UNSPECIFIED, 0);
    case 'name':
      return encodeFailure('no-such-name');
    case 'not-socks5':
      return undefined;
    default:
      return code satisfies never;
  }
}

function encodeReply(reply: number, ip: Uint8Array, port: number): Uint8Array {
  const bytes = new Uint8Array(6 + ip.length);
  bytes[0] = VERSION;
  bytes[1] = reply;
  bytes[3] = ip.length === 16 ? AddressType.ipv6 : AddressType.ipv4;
  bytes.set(ip, 4);
  bytes[4 + ip.length] = port >> 8;
  bytes[5 + ip.length] = port & 255;
  return bytes;
}
