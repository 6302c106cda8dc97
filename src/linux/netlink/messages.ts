// The frames of rtnetlink(7): messages one behind the other, and attributes one behind the other in a message. What is in them
// is read elsewhere. Numbers are in the order of this machine, which is little-endian on all that Node runs on. Nothing throws,
// whatever the bytes.
import { EPROTO } from '../errno.js';

export const HEADER = 16;
const ATTRIBUTE = 4;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;

/** More is to come. */
export const MORE = 1;

/** Gets one message: its type, and where its body is in `bytes`. */
export type TakeMessage = (type: number, bytes: Uint8Array, view: DataView, start: number, end: number) => void;

/** Passes on all messages of one received part. Returns MORE, 0 at the end of a dump, or a negated errno. */
export function readMessages(bytes: Uint8Array, take: TakeMessage): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const size = view.getUint32(at, true);
    const type = view.getUint16(at + 4, true);
    if (size < HEADER || at + size > bytes.length) return -EPROTO;
    if (type === NLMSG_DONE) return 0;
    if (type === NLMSG_ERROR) return size < HEADER + 4 ? -EPROTO : view.getInt32(at + HEADER, true) || -EPROTO;
    take(type, bytes, view, at + HEADER, at + size);
    at += aligned(size);
  }
  return MORE;
}

/** Passes on all attributes between two places. Returns false at one that is cut off. */
export function readAttributes(
  view: DataView,
  start: number,
  end: number,
  take: (type: number, start: number, end: number) => void,
): boolean {
  for (let at = start; at + ATTRIBUTE <= end; ) {
    const size = view.getUint16(at, true);
    if (size < ATTRIBUTE || at + size > end) return false;
    // The upper two bits say how the value is written.
    take(view.getUint16(at + 2, true) & 0x3fff, at + ATTRIBUTE, at + size);
    at += aligned(size);
  }
  return true;
}

/** A request whose body begins with the struct of its type. */
export function requestOf(type: number, flags: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  bytes.set(body, HEADER);
  return bytes;
}

const aligned = (size: number): number => (size + 3) & ~3;
