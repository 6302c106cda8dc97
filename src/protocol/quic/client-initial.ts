// Reads the first flight of a client of QUIC: one datagram or several with Initial packets, which carry its ClientHello (RFC
// 9001 section 4.3, RFC 9000 section 14.1). It tells whether the flight is whole, whom it is for, and whether it may be sent to
// more than one server. It keeps no datagrams: these are the caller's.
import {
  CLIENT_HELLO,
  Extension,
  findExtension,
  MESSAGE_HEADER_SIZE,
  MESSAGE_SIZE_MIN,
  openHelloMessage,
} from '../tls/hello-message.js';
import { protocolsOf, serverNameOf } from '../tls/hello-names.js';
import { CryptoStream, STREAM_SIZE_MAX } from './crypto-stream.js';
import { readInitialFrames } from './frames.js';
import { initialKeys, type PacketKeys } from './initial-keys.js';
import { isLong, isSameId, type LongPacket, readLongPacket, readUint32 } from './long-header.js';
import { openInitial } from './packet-protection.js';
import { type QuicVersion, quicVersion } from './versions.js';

/** A server drops Initial packets in smaller datagrams (RFC 9000 section 14.1). */
const DATAGRAM_SIZE_MIN = 1200;
/** Larger ones are none of a client that does not know yet what the way carries; what is read of a flight is bounded by this. */
const DATAGRAM_SIZE_MAX = 4096;
/** The id that a client chooses for its server has at least so many bytes (RFC 9000 section 7.2). */
const CHOSEN_ID_MIN = 8;
/** Packets that are opened for one flight, its repetitions included. A large ClientHello takes two or three. */
export const OPENED_MAX = 32;

export interface QuicHello {
  /** In its one spelling; undefined if the client names none, or no host name. */
  readonly serverName: string | undefined;
  /** Such as `h3`. */
  readonly protocols: readonly string[];
}

/**
 * Why a flow is not raced, or no longer:
 * - `not-quic`: no Initial packet of a known version in a datagram of 1200 bytes or more, within bounds
 * - `zero-rtt`: early data, on which a server may act at once: it must reach one server only
 * - `second-flight`: the client has heard from a server, or the packet belongs to another connection
 * - `forged`: not protected with the keys of its connection id
 * - `malformed`: frames or a ClientHello against the rules, or bytes that contradict earlier ones
 * - `too-much`: more packets than any first flight has, or a ClientHello that is too long
 */
export type NoRace = 'not-quic' | 'zero-rtt' | 'second-flight' | 'forged' | 'malformed' | 'too-much';

/**
 * - `incomplete`: it belongs to the flight, and the ClientHello goes on in another datagram
 * - `hello`: with it the ClientHello is whole
 * - `repeat`: it belongs to the flight, whose ClientHello was whole before
 * - `none`: it does not belong to a flight that may be raced. Nothing more is read after it
 */
export type FlightReading =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'hello'; readonly hello: QuicHello }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'none'; readonly reason: NoRace };

const INCOMPLETE = { kind: 'incomplete' } as const;
const REPEAT = { kind: 'repeat' } as const;

export const mayHaveInitialSize = (size: number): boolean => size >= DATAGRAM_SIZE_MIN && size <= DATAGRAM_SIZE_MAX;

/** Whether a datagram may be the first of a client of QUIC. To be asked before a FirstFlight is made: it costs next to nothing. */
export function mayBeInitial(bytes: Uint8Array, start: number, end: number): boolean {
  if (!mayHaveInitialSize(end - start)) return false;
  return isLong(bytes[start]) && quicVersion(readUint32(bytes, start + 1)) !== undefined;
}

/** What a server's answer has to fit. */
export interface FlightIds {
  readonly version: QuicVersion;
  /** The connection id that the client has chosen for the server, and its own, which may be empty. */
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
}

export class FirstFlight {
  #ids: FlightIds | undefined;
  #keys: PacketKeys | undefined;
  readonly #stream = new CryptoStream();
  /** The packet number that is expected next. */
  #expected = 0;
  #opened = 0;
  #hello: QuicHello | undefined;
  #end: FlightReading | undefined;

  /** Defined once a datagram was read that belongs to the flight. */
  get ids(): FlightIds | undefined {
    return this.#ids;
  }

  /** Once its ClientHello is whole, also of a flight with early data. */
  get hello(): QuicHello | undefined {
    return this.#hello;
  }

  /** Whether nothing more is read. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Reads the next datagram of the client, from `start` to `end`. */
  feed(bytes: Uint8Array, start: number, end: number): FlightReading {
    if (this.#end !== undefined) return this.#end;
    const why = this.#readPackets(bytes, start, end);
    // The ClientHello stands before the early data.
    if (why !== undefined && why !== 'zero-rtt') return this.#ends(why);
    const reading = this.#hello === undefined ? this.#readHello() : REPEAT;
    return why === undefined ? reading : this.#ends(why);
  }

  #readHello(): FlightReading {
    const { content } = this.#stream;
    if (content.length < MESSAGE_HEADER_SIZE) return INCOMPLETE;
    const size = MESSAGE_HEADER_SIZE + (readUint32(content, 0) % 2 ** 24);
    if (content[0] !== CLIENT_HELLO || size < MESSAGE_SIZE_MIN) return this.#ends('malformed');
    if (size > STREAM_SIZE_MAX) return this.#ends('too-much');
    if (content.length < size) return INCOMPLETE;
    const message = content.length === size ? openHelloMessage(content, 0, size) : undefined;
    if (message === undefined) return this.#ends('malformed');
    this.#hello = { serverName: serverNameOf(message), protocols: protocolsOf(message) };
    return findExtension(message, Extension.earlyData) >= 0
      ? this.#ends('zero-rtt')
      : { kind: 'hello', hello: this.#hello };
  }

  #ends(reason: NoRace): FlightReading {
    this.#end = { kind: 'none', reason };
    return this.#end;
  }

  /** Undefined if all packets of the datagram belong to the flight. */
  #readPackets(bytes: Uint8Array, start: number, end: number): NoRace | undefined {
    if (!mayBeInitial(bytes, start, end))
      return this.#ids === undefined ? 'not-quic' : this.#otherReason(bytes, start, end);
    for (let at = start; at < end; ) {
      // Some clients fill a datagram up behind its packets.
      if (bytes[at] === 0 && at > start) break;
      const packet = readLongPacket(bytes, at, end);
      if (packet === undefined) return 'malformed';
      const reason = this.#readPacket(bytes, packet);
      if (reason !== undefined) return reason;
      at = packet.end;
    }
    return undefined;
  }

  /** Of a datagram that is not like the first ones. */
  #otherReason(bytes: Uint8Array, start: number, end: number): NoRace {
    return readLongPacket(bytes, start, end)?.type === 'zero-rtt' ? 'zero-rtt' : 'second-flight';
  }

  #readPacket(bytes: Uint8Array, packet: LongPacket): NoRace | undefined {
    if (packet.type === 'zero-rtt') return 'zero-rtt';
    if (packet.type !== 'initial' || packet.version === undefined)
      return this.#ids === undefined ? 'not-quic' : 'second-flight';
    const { destination, destinationSize, source, sourceSize, version } = packet;
    this.#ids ??= {
      version,
      destination: Uint8Array.from(bytes.subarray(destination, destination + destinationSize)),
      source: Uint8Array.from(bytes.subarray(source, source + sourceSize)),
    };
    const { ids } = this;
    if (destinationSize < CHOSEN_ID_MIN) return 'malformed';
    if (ids === undefined || version !== ids.version) return 'second-flight';
    if (!isSameId(bytes, destination, destinationSize, ids.destination)) return 'second-flight';
    if (!isSameId(bytes, source, sourceSize, ids.source)) return 'second-flight';
    this.#opened += 1;
    if (this.#opened > OPENED_MAX) return 'too-much';
    this.#keys ??= initialKeys(version, ids.destination, 'client');
    const opened = openInitial(this.#keys, bytes, packet, this.#expected);
    if (opened === undefined) return 'forged';
    this.#expected = Math.max(this.#expected, opened.number + 1);
    const frames = readInitialFrames(opened.payload, (offset, payload, start, end) =>
      this.#stream.add(offset, payload, start, end),
    );
    if (frames === undefined) return 'malformed';
    return frames.ack || frames.close ? 'second-flight' : undefined;
  }
}
