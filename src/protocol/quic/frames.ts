// The frames of an Initial packet (RFC 9000 sections 12.4 and 19). Others must not be in one, and make it invalid.
import { VarintReader } from './varint.js';

const Frame = { padding: 0x00, ping: 0x01, ack: 0x02, ackWithEcn: 0x03, crypto: 0x06, close: 0x1c } as const;

/** What an Initial packet has. */
export interface InitialFrames {
  ack: boolean;
  crypto: boolean;
  /** CONNECTION_CLOSE: the peer ends the connection. */
  close: boolean;
}

/** Takes a piece of the handshake: the bytes of `payload` from `start` to `end`, at `offset` in the stream. False to stop. */
export type TakeCrypto = (offset: number, payload: Uint8Array, start: number, end: number) => boolean;

/** Undefined if there is no frame, one is broken or does not belong there, or `take` has stopped. */
export function readInitialFrames(payload: Uint8Array, take: TakeCrypto): InitialFrames | undefined {
  const reader = new VarintReader(payload, 0, payload.length);
  const frames: InitialFrames = { ack: false, crypto: false, close: false };
  if (payload.length === 0) return undefined;
  while (reader.left > 0) {
    switch (reader.byte()) {
      case Frame.padding:
      case Frame.ping:
        break;
      case Frame.ack:
        skipAck(reader, 0);
        frames.ack = true;
        break;
      case Frame.ackWithEcn:
        skipAck(reader, 3);
        frames.ack = true;
        break;
      case Frame.crypto: {
        const offset = reader.number();
        const size = reader.number();
        const start = reader.at;
        if (!reader.skip(size) || !take(offset, payload, start, reader.at)) return undefined;
        frames.crypto = true;
        break;
      }
      case Frame.close:
        reader.number();
        reader.number();
        reader.skip(reader.number());
        frames.close = true;
        break;
      default:
        return undefined;
    }
    if (reader.isBroken) return undefined;
  }
  return frames;
}

/** The largest number, the delay, how many ranges follow, the first range, each of those with its gap, and counts of ECN. */
function skipAck(reader: VarintReader, counts: number): void {
  reader.number();
  reader.number();
  const ranges = reader.number();
  reader.number();
  for (let i = 0; i < ranges * 2 + counts && !reader.isBroken; i += 1) reader.number();
}
