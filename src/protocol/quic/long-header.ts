// Packets with a long header (RFC 9000 section 17.2, RFC 8999), of which one datagram may carry several, one behind the other
// (RFC 9000 section 12.2). It removes no protection.
import { VarintReader } from './varint.js';
import { type LongType, type QuicVersion, quicVersion } from './versions.js';

const LONG = 0x80;
/** First byte, version, and the lengths of two empty connection ids. */
const HEADER_SIZE_MIN = 1 + 4 + 1 + 1;
/** In versions 1 and 2 (RFC 9000 section 17.2). */
const CONNECTION_ID_MAX = 20;
const RETRY_TAG_SIZE = 16;

/** Offsets are of the array that was read. */
export interface LongPacket {
  /** `unknown`: of a version that is not known; nothing behind its connection ids is read, and it takes the whole rest. */
  readonly type: LongType | 'negotiation' | 'unknown';
  /** Undefined for `negotiation` and `unknown`. */
  readonly version: QuicVersion | undefined;
  readonly start: number;
  readonly destination: number;
  readonly destinationSize: number;
  readonly source: number;
  readonly sourceSize: number;
  /** Of an Initial or a Retry packet; else empty. */
  readonly token: number;
  readonly tokenSize: number;
  /** Where what is protected begins, with the packet number; of a Retry its tag, of a Version Negotiation its versions. */
  readonly body: number;
  readonly end: number;
}

export const isLong = (first: number): boolean => (first & LONG) !== 0;

export const readUint32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;

/** The packet at `start` of a datagram that ends at `end`; undefined if there is none with a long header, or it is not whole. */
export function readLongPacket(bytes: Uint8Array, start: number, end: number): LongPacket | undefined {
  if (end - start < HEADER_SIZE_MIN || !isLong(bytes[start])) return undefined;
  const number = readUint32(bytes, start + 1);
  const version = quicVersion(number);
  const reader = new VarintReader(bytes, start + 5, end);
  const destinationSize = reader.byte();
  const destination = reader.at;
  reader.skip(destinationSize);
  const sourceSize = reader.byte();
  const source = reader.at;
  reader.skip(sourceSize);
  if (reader.isBroken) return undefined;
  const { at } = reader;
  const ids = { start, destination, destinationSize, source, sourceSize };
  if (version === undefined) {
    return { type: number === 0 ? 'negotiation' : 'unknown', version, ...ids, token: at, tokenSize: 0, body: at, end };
  }
  if (destinationSize > CONNECTION_ID_MAX || sourceSize > CONNECTION_ID_MAX) return undefined;
  const type = version.types[(bytes[start] >> 4) & 3];
  if (type === 'retry') {
    const body = end - RETRY_TAG_SIZE;
    return body < at ? undefined : { type, version, ...ids, token: at, tokenSize: body - at, body, end };
  }
  const tokenSize = type === 'initial' ? reader.number() : 0;
  const token = reader.at;
  reader.skip(tokenSize);
  const size = reader.number();
  const body = reader.at;
  reader.skip(size);
  return reader.isBroken ? undefined : { type, version, ...ids, token, tokenSize, body, end: reader.at };
}

/** Whether a connection id in a datagram is this one. */
export function isSameId(bytes: Uint8Array, at: number, size: number, id: Uint8Array): boolean {
  if (size !== id.length) return false;
  for (let i = 0; i < size; i += 1) if (bytes[at + i] !== id[i]) return false;
  return true;
}
