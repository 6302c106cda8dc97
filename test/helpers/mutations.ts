// Bytes that are nearly right: a message in which dice change, drop, double or cut off some octets.
import type { Dice } from './dice.js';

export function mutated(message: Uint8Array, roll: Dice): Buffer {
  let bytes = Buffer.from(message);
  for (let changes = 1 + roll(3); changes > 0; changes -= 1) {
    const at = roll(Math.max(1, bytes.length));
    const value = [0, 1, 4, 5, 127, 255, roll(256)][roll(7)];
    switch (roll(5)) {
      case 0:
        if (bytes.length > 0) bytes[at] = value;
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([value]), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([bytes, Buffer.alloc(roll(300), value)]);
    }
  }
  return bytes;
}

/** Splits bytes into pieces, as a stream may bring them. */
export function pieces(bytes: Buffer, roll: Dice): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + roll(bytes.length);
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}
