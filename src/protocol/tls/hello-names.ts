// What a ClientHello says of whom it is for: the server's name (RFC 6066 section 3) and the protocols that the client speaks
// (RFC 7301 section 3.1). Of an encrypted ClientHello both are the outer ones.
import { normaliseName } from '../address/host-name.js';
import { Extension, findExtension, type HelloMessage } from './hello-message.js';
import { readUint16 } from './record.js';

const HOST_NAME = 0;
/** Protocols that are read; browsers offer two. */
const PROTOCOLS_MAX = 16;
/** Names of other scripts are written in ASCII (RFC 6066 section 3). */
const NOT_ASCII = /[^\0-\x7f]/;

/** The name in its one spelling; undefined if there is none, or one that is no host name. */
export function serverNameOf(message: HelloMessage): string | undefined {
  const { bytes } = message;
  const start = findExtension(message, Extension.serverName);
  if (start < 0) return undefined;
  const end = start + readUint16(bytes, start - 2);
  // A list, of which RFC 6066 allows one entry of each type, and there is one type.
  if (start + 5 > end || start + 2 + readUint16(bytes, start) !== end || bytes[start + 2] !== HOST_NAME)
    return undefined;
  const name = start + 5;
  if (name + readUint16(bytes, start + 3) !== end) return undefined;
  const text = textOf(bytes, name, end);
  return NOT_ASCII.test(text) ? undefined : normaliseName(text);
}

/** The protocols in the client's order, such as `h3`; empty if there are none, or the list is broken. */
export function protocolsOf(message: HelloMessage): readonly string[] {
  const { bytes } = message;
  const start = findExtension(message, Extension.protocols);
  if (start < 0) return [];
  const end = start + readUint16(bytes, start - 2);
  if (start + 2 > end || start + 2 + readUint16(bytes, start) !== end) return [];
  const protocols: string[] = [];
  for (let at = start + 2; at < end; at += 1 + bytes[at]) {
    if (bytes[at] === 0 || at + 1 + bytes[at] > end) return [];
    if (protocols.length < PROTOCOLS_MAX) protocols.push(textOf(bytes, at + 1, at + 1 + bytes[at]));
  }
  return protocols;
}

/** One character for each byte, so that what is not ASCII is no name. */
const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
