// The header before each datagram between a client and its proxy (RFC 1928 section 7). It is read without allocation, for each
// datagram; a target is made of it only for a flow's first one. Whose datagram it is, is not its question.
import { unmapped } from '../address/address.js';
import { type Target, targetOfIp, targetOfName } from '../address/target.js';
import { nameText } from '../inbound/name-text.js';
import { AddressType } from '../socks-codes.js';

/** Bytes before the type of the address: two that are reserved, and the number of the fragment. */
export const ADDRESS_AT = 3;
/** Bytes of the header with an IPv4 and with an IPv6 address, and of the longest, with a name of 255 octets. */
export const HEADER_IPV4 = 10;
export const HEADER_IPV6 = 22;
export const HEADER_MAX = 262;

/** The results of `readHeader` that are no size: the bytes are no header, or the datagram is a fragment. */
export const NO_HEADER = -1;
export const FRAGMENT = -2;

/** The size of the header at `start`, or one of the two above. All bytes behind it, up to `end`, are the client's own. */
export function readHeader(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < HEADER_IPV4 - 2 || bytes[start] !== 0 || bytes[start + 1] !== 0) return NO_HEADER;
  const size = sizeOf(bytes[start + ADDRESS_AT], bytes[start + ADDRESS_AT + 1]);
  if (size === 0 || length < size) return NO_HEADER;
  // Section 7 leaves it open whether fragments are taken; nobody sends any.
  return bytes[start + 2] === 0 ? size : FRAGMENT;
}

function sizeOf(type: number, first: number): number {
  if (type === AddressType.ipv4) return HEADER_IPV4;
  if (type === AddressType.ipv6) return HEADER_IPV6;
  return type === AddressType.name && first > 0 ? 7 + first : 0;
}

/** The destination in a header of `size` bytes; undefined for a text that is no name, and for port 0. */
export function targetOfHeader(bytes: Uint8Array, start: number, size: number): Target | undefined {
  const end = start + size;
  const port = (bytes[end - 2] << 8) | bytes[end - 1];
  if (port === 0) return undefined;
  const from = start + ADDRESS_AT + 1;
  if (bytes[from - 1] !== AddressType.name) return targetOfIp(unmapped(bytes.slice(from, end - 2)), port);
  return targetOfName(nameText(bytes, from + 1, end - 2), port);
}

/** The header for an address of 4 or 16 bytes: as a source, in answers to a client; as a destination, for a proxy. */
export function headerOfIp(ip: Uint8Array, port: number): Uint8Array {
  const header = new Uint8Array(ip.length === 4 ? HEADER_IPV4 : HEADER_IPV6);
  header[ADDRESS_AT] = ip.length === 4 ? AddressType.ipv4 : AddressType.ipv6;
  header.set(ip, ADDRESS_AT + 1);
  return withPort(header, port);
}

/** The header for a name of 1 to 255 ASCII octets. */
export function headerOfName(name: string, port: number): Uint8Array {
  const header = new Uint8Array(7 + name.length);
  header[ADDRESS_AT] = AddressType.name;
  header[ADDRESS_AT + 1] = name.length;
  for (let i = 0; i < name.length; i += 1) header[ADDRESS_AT + 2 + i] = name.charCodeAt(i);
  return withPort(header, port);
}

function withPort(header: Uint8Array, port: number): Uint8Array {
  header[header.length - 2] = port >> 8;
  header[header.length - 1] = port & 255;
  return header;
}
