// Builds packets of QUIC as either side sends them at the start of a connection: Initial packets with real protection (RFC 9001
// section 5), and others as far as somebody without their keys sees them. Not an endpoint.
import { createCipheriv } from 'node:crypto';
import { initialKeys } from '../../../src/protocol/quic/initial-keys.js';
import { nonceOf, TAG_SIZE } from '../../../src/protocol/quic/packet-protection.js';
import { type LongType, type QuicVersion, VERSION_1 } from '../../../src/protocol/quic/versions.js';
import { clientHello, type HelloParts } from '../client-hello.js';

export interface InitialParts {
  readonly version?: QuicVersion;
  /** The id that the keys follow from: what the client has chosen for the server in its first packet. */
  readonly chosen: Uint8Array;
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  readonly side: 'client' | 'server';
  readonly token?: Uint8Array;
  readonly number?: number;
  /** Bytes of the packet number; 1 to 4. */
  readonly numberSize?: number;
  /** Bits of the first byte that are to be set besides: 0x0c are the reserved ones. */
  readonly bits?: number;
}

export const varint = (value: number): number[] => {
  if (value < 64) return [value];
  if (value < 16_384) return [0x40 | (value >> 8), value & 255];
  return [0x80 | (value >>> 24), (value >> 16) & 255, (value >> 8) & 255, value & 255];
};

/** A CRYPTO frame. */
export const cryptoFrame = (offset: number, bytes: Uint8Array): number[] => [
  ...[6, ...varint(offset), ...varint(bytes.length)],
  ...bytes,
];

const uint32 = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const withSize = (bytes: Uint8Array): number[] => [bytes.length, ...bytes];

/** The first byte, the version and the connection ids. */
const head = (
  version: QuicVersion,
  type: LongType,
  bits: number,
  destination: Uint8Array,
  source: Uint8Array,
): number[] => [
  ...[0xc0 | (version.types.indexOf(type) << 4) | bits, ...uint32(version.number)],
  ...[...withSize(destination), ...withSize(source)],
];

/** An Initial packet with these frames, filled up with PADDING to `size` bytes. */
export function initialPacket(parts: InitialParts, frames: readonly number[], size = 0): Uint8Array {
  const { version = VERSION_1, chosen, destination, source, side, token = new Uint8Array(0), number = 0 } = parts;
  const { numberSize = 2, bits = 0 } = parts;
  const before = [
    ...head(version, 'initial', bits | (numberSize - 1), destination, source),
    ...[...varint(token.length), ...token],
  ];
  const least = Math.max(frames.length, 4 - numberSize);
  const padded = Math.max(least, size - before.length - 2 - numberSize - TAG_SIZE);
  const payload = Uint8Array.from([...frames, ...Array<number>(padded - frames.length).fill(0)]);
  const length = numberSize + payload.length + TAG_SIZE;
  const numberBytes = uint32(number).slice(4 - numberSize);
  const header = Uint8Array.from([...before, 0x40 | (length >> 8), length & 255, ...numberBytes]);
  const keys = initialKeys(version, chosen, side);
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonceOf(keys.iv, number));
  cipher.setAAD(header);
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
  const sample = sealed.subarray(4 - numberSize, 20 - numberSize);
  const mask = createCipheriv('aes-128-ecb', keys.headerKey, null).update(sample);
  header[0] ^= mask[0] & 0x0f;
  for (let i = 0; i < numberSize; i += 1) header[header.length - numberSize + i] ^= mask[1 + i];
  return Uint8Array.from([...header, ...sealed]);
}

/** A packet of another type with a long header, whose content is only seen by those who have its keys. */
export function sealedPacket(
  type: 'zero-rtt' | 'handshake',
  destination: Uint8Array,
  source: Uint8Array,
  size = 100,
  version = VERSION_1,
): Uint8Array {
  const content = Array<number>(size).fill(0x5a);
  return Uint8Array.from([...head(version, type, 0, destination, source), ...varint(size), ...content]);
}

export function retryPacket(
  chosen: Uint8Array,
  destination: Uint8Array,
  source: Uint8Array,
  token: Uint8Array,
  version = VERSION_1,
): Uint8Array {
  const packet = [...head(version, 'retry', 0, destination, source), ...token];
  const cipher = createCipheriv('aes-128-gcm', version.retryKey, version.retryNonce);
  cipher.setAAD(Uint8Array.from([...withSize(chosen), ...packet]));
  cipher.final();
  return Uint8Array.from([...packet, ...cipher.getAuthTag()]);
}

export const negotiationPacket = (
  destination: Uint8Array,
  source: Uint8Array,
  versions: readonly number[],
): Uint8Array =>
  Uint8Array.from([0x80, 0, 0, 0, 0, ...withSize(destination), ...withSize(source), ...versions.flatMap(uint32)]);

/** The ids of a client's first flight, as they are in tests. */
export const CLIENT_IDS = {
  chosen: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
  own: Uint8Array.from([0xc1, 0xc2, 0xc3, 0xc4]),
  server: Uint8Array.from([0x51, 0x52, 0x53, 0x54, 0x55]),
} as const;

const { chosen, own, server } = CLIENT_IDS;

/** An Initial packet of the client of CLIENT_IDS, in a datagram of its own. */
export const ofClient = (frames: readonly number[], parts: Partial<InitialParts> = {}): Uint8Array =>
  initialPacket({ chosen, destination: chosen, source: own, side: 'client', ...parts }, frames, 1200);

/** An Initial packet of its server. */
export const ofServer = (frames: readonly number[], parts: Partial<InitialParts> = {}): Uint8Array =>
  initialPacket({ chosen, destination: own, source: server, side: 'server', ...parts }, frames);

/** The ClientHello as it is in CRYPTO frames: without records. */
export const helloMessage = (parts: HelloParts = {}): Uint8Array => clientHello(parts).subarray(5);
