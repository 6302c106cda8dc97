// The PROXY header of version 2 (proxy-protocol.txt section 2.2): bytes, with further values behind the addresses. Of these only
// the checksum is used.
import { unmapped } from '../address/address.js';
import { crc32c } from './crc32c.js';
import type { DecodedHeader } from './decoded-header.js';
import type { ClientAddress } from './inbound.js';

const SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
/** Signature, version and command, family and transport, length. */
const HEAD = 16;
/** Of all. A longer header is malformed. */
const SIZE_MAX = 4096;
const VERSION = 2;
const Command = { local: 0, proxy: 1 } as const;
/** Bytes of both addresses and ports, by address family: unspecified, IPv4, IPv6, Unix. */
const ADDRESSES = [0, 12, 36, 216] as const;
const Family = { unspecified: 0, ipv4: 1, ipv6: 2 } as const;
const Transport = { unspecified: 0, stream: 1, datagram: 2 } as const;
/** Type and length of a further value. */
const VALUE_HEAD = 3;
const CHECKSUM = 3;
const CHECKSUM_SIZE = 4;

const INCOMPLETE: DecodedHeader = { kind: 'incomplete' };
const MISSING: DecodedHeader = { kind: 'invalid', code: 'missing' };
const MALFORMED: DecodedHeader = { kind: 'invalid', code: 'malformed' };

export function decodeProxyBinary(bytes: Uint8Array, start: number, end: number): DecodedHeader {
  const length = end - start;
  for (let i = 0; i < Math.min(length, SIGNATURE.length); i += 1) {
    if (bytes[start + i] !== SIGNATURE[i]) return MISSING;
  }
  if (length < HEAD) return INCOMPLETE;
  const version = bytes[start + 12] >> 4;
  const command = bytes[start + 12] & 15;
  const size = HEAD + ((bytes[start + 14] << 8) | bytes[start + 15]);
  if (version !== VERSION || command > Command.proxy || size > SIZE_MAX) return MALFORMED;
  if (length < size) return INCOMPLETE;
  // The connection is the proxy's own. All that follows is to be discarded.
  if (command === Command.local) return { kind: 'message', value: undefined, size };
  return decodeProxied(bytes, start, size);
}

/** The header is as long as it says. */
function decodeProxied(bytes: Uint8Array, start: number, size: number): DecodedHeader {
  const family = bytes[start + 13] >> 4;
  const transport = bytes[start + 13] & 15;
  if (family >= ADDRESSES.length || transport > Transport.datagram) return MALFORMED;
  // The sender does not know the addresses, and what stands in their place is to be ignored.
  if (family === Family.unspecified || transport === Transport.unspecified) {
    return { kind: 'message', value: undefined, size };
  }
  const values = HEAD + ADDRESSES[family];
  if (values > size || !areSound(bytes, start, values, size)) return MALFORMED;
  return { kind: 'message', value: transport === Transport.stream ? clientOf(bytes, start, family) : undefined, size };
}

/** Source address, destination address, source port, destination port. */
function clientOf(bytes: Uint8Array, start: number, family: number): ClientAddress | undefined {
  if (family !== Family.ipv4 && family !== Family.ipv6) return undefined;
  const octets = family === Family.ipv4 ? 4 : 16;
  const from = start + HEAD;
  const port = from + 2 * octets;
  return { ip: unmapped(bytes.slice(from, from + octets)), port: (bytes[port] << 8) | bytes[port + 1] };
}

/** Whether the further values, from `values` to `size`, end where the header does, and a checksum among them is right. */
function areSound(bytes: Uint8Array, start: number, values: number, size: number): boolean {
  let checksum = 0;
  let at = values;
  while (at < size) {
    if (size - at < VALUE_HEAD) return false;
    const valueSize = (bytes[start + at + 1] << 8) | bytes[start + at + 2];
    if (bytes[start + at] === CHECKSUM) {
      if (checksum > 0 || valueSize !== CHECKSUM_SIZE) return false;
      checksum = at + VALUE_HEAD;
    }
    at += VALUE_HEAD + valueSize;
  }
  return at === size && (checksum === 0 || isRight(bytes.slice(start, start + size), checksum));
}

/** The checksum is that of the header with zeros in its place (section 2.2.3). */
function isRight(header: Uint8Array, at: number): boolean {
  const said = new DataView(header.buffer, header.byteOffset).getUint32(at);
  header.fill(0, at, at + CHECKSUM_SIZE);
  return crc32c(header) === said;
}
