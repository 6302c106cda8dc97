// Tells whether a datagram is a server's answer to the first flight of a client of QUIC. Whether the handshake succeeds, and
// with whom, the client judges. Whoever has seen the client's first datagram can make an answer that counts as authentic here:
// the keys of Initial packets keep out only those who have not (RFC 9001 section 5).
import type { FlightIds } from './client-initial.js';
import { readInitialFrames } from './frames.js';
import { initialKeys, type PacketKeys } from './initial-keys.js';
import { isLong, isSameId, type LongPacket, readLongPacket } from './long-header.js';
import { openInitial } from './packet-protection.js';
import { isAuthenticRetry } from './retry.js';
import { lists } from './version-list.js';
import type { QuicVersion } from './versions.js';

/** Packets of one datagram that are looked at. A server sends an Initial and a Handshake packet, perhaps one of 1-RTT. */
const PACKETS_MAX = 4;
/** Of a packet with a short header, without its connection id: a byte, and what header protection needs (RFC 9001 section 5.4.2). */
const SHORT_SIZE_MIN = 1 + 4 + 16;
const SERVER_HELLO = 2;

/**
 * - `initial`: an Initial packet that is authentic: the server takes part
 * - `retry`: a Retry packet that is authentic: the client is to prove its address
 * - `closed`: an Initial packet that is authentic and ends the connection
 * - `negotiation`: the server knows other versions only; nothing proves that it is from the server
 * - `early`: it may be of the server, and nothing in it can be checked before an Initial packet has come
 * - `forged`: it is none of these, and the server of this client does not send it
 */
export type ServerAnswer = 'initial' | 'retry' | 'closed' | 'negotiation' | 'early' | 'forged';

export class ServerAnswers {
  readonly #ids: FlightIds;
  /** A server may answer in another version that is known (RFC 9368 section 2.3). */
  readonly #keys = new Map<QuicVersion, PacketKeys>();

  constructor(ids: FlightIds) {
    this.#ids = ids;
  }

  /** Classifies the datagram from `start` to `end`. */
  read(bytes: Uint8Array, start: number, end: number): ServerAnswer {
    let answer: ServerAnswer = 'forged';
    let at = start;
    for (let packets = 0; at < end && packets < PACKETS_MAX; packets += 1) {
      const packet = readLongPacket(bytes, at, end);
      const one = packet === undefined ? this.#ofShort(bytes, at, end) : this.#ofLong(bytes, packet);
      if (one !== 'early') return one;
      answer = one;
      at = packet?.end ?? end;
    }
    return answer;
  }

  /** The id of a short header stands behind its first byte (RFC 9000 section 17.3.1). */
  #ofShort(bytes: Uint8Array, at: number, end: number): ServerAnswer {
    const { source } = this.#ids;
    if (isLong(bytes[at]) || end - at < SHORT_SIZE_MIN + source.length) return 'forged';
    return isSameId(bytes, at + 1, source.length, source) ? 'early' : 'forged';
  }

  #ofLong(bytes: Uint8Array, packet: LongPacket): ServerAnswer {
    const { source, version } = this.#ids;
    if (!isSameId(bytes, packet.destination, packet.destinationSize, source)) return 'forged';
    switch (packet.type) {
      case 'initial':
        return this.#ofInitial(bytes, packet);
      case 'retry':
        // It is of the version that the client has chosen (RFC 9369 section 4.1), by whose key it is checked.
        return isAuthenticRetry(version, this.#ids.destination, bytes, packet) ? 'retry' : 'forged';
      case 'handshake':
        return 'early';
      case 'negotiation': {
        const isOurs = isSameId(bytes, packet.source, packet.sourceSize, this.#ids.destination);
        // A list with the client's version would be no reason to refuse it (RFC 9000 section 6.2).
        return isOurs && lists(bytes, packet, version.number) === false ? 'negotiation' : 'forged';
      }
      case 'zero-rtt':
      case 'unknown':
        return 'forged';
      default:
        return packet.type satisfies never;
    }
  }

  #ofInitial(bytes: Uint8Array, packet: LongPacket): ServerAnswer {
    const { version } = packet;
    // Only a client sends a token (RFC 9000 section 17.2.2).
    if (version === undefined || packet.tokenSize > 0) return 'forged';
    const opened = openInitial(this.#keysOf(version), bytes, packet, 0);
    if (opened === undefined) return 'forged';
    const frames = readInitialFrames(
      opened.payload,
      (offset, payload, start, end) => offset > 0 || start === end || payload[start] === SERVER_HELLO,
    );
    if (frames === undefined) return 'forged';
    return frames.close ? 'closed' : 'initial';
  }

  #keysOf(version: QuicVersion): PacketKeys {
    let keys = this.#keys.get(version);
    if (keys === undefined) {
      keys = initialKeys(version, this.#ids.destination, 'server');
      this.#keys.set(version, keys);
    }
    return keys;
  }
}
