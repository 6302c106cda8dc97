// Structures that a message to the kernel, or from it, consists of (sendmsg(2), recvmsg(2), cmsg(3)), as they are on 64-bit systems
// with little-endian numbers. Words are places in a Uint32Array.
import type { Memory } from './memory.js';

/**
 * struct mmsghdr, which begins with a struct msghdr: its size, and where its fields are in words. NAME, PIECES and CONTROL are
 * addresses. The kernel writes both sizes, the flags and TRANSFERRED, which are the bytes of the message.
 */
export const HEADER_SIZE = 64;
export const HEADER_WORDS = HEADER_SIZE / 4;
export const NAME_WORD = 0;
export const NAME_SIZE_WORD = 2;
export const PIECES_WORD = 4;
export const PIECES_COUNT_WORD = 6;
export const CONTROL_WORD = 8;
export const CONTROL_SIZE_WORD = 10;
export const FLAGS_WORD = 12;
export const TRANSFERRED_WORD = 14;
/** struct iovec, and where the size of its piece is. */
export const PIECE_SIZE = 16;
export const PIECE_SIZE_WORD = 2;
/** struct cmsghdr; the size of one with a number behind it, and where that is. */
export const CONTROL_HEADER_SIZE = 16;
export const CONTROL_MESSAGE_SIZE = 24;
export const CONTROL_VALUE_WORD = CONTROL_HEADER_SIZE / 4;

const GIGA = 2 ** 32;

/** The place of `memory` at `offset`. Between functions an address would be a number on the heap. */
export function writeAddress(words: Uint32Array, word: number, memory: Memory, offset: number): void {
  const address = memory.address + offset;
  words[word] = address >>> 0;
  words[word + 1] = Math.floor(address / GIGA);
}

export function writeNumber(words: Uint32Array, word: number, value: number): void {
  words[word] = value >>> 0;
  words[word + 1] = Math.floor(value / GIGA);
}

export const readNumber = (words: Uint32Array, word: number): number => words[word] + words[word + 1] * GIGA;

/** A struct iovec at `place` of `into`: bytes of `memory`. */
export function writePiece(into: Memory, place: number, memory: Memory, offset: number, size: number): void {
  const word = place / 4;
  writeAddress(into.words, word, memory, offset);
  into.words[word + PIECE_SIZE_WORD] = size;
  into.words[word + PIECE_SIZE_WORD + 1] = 0;
}

/** A control message at `at`, with a number of `valueSize` (2 or 4) bytes. */
export function writeControl(
  { words }: Memory,
  at: number,
  level: number,
  type: number,
  value: number,
  valueSize: number,
): void {
  const word = at / 4;
  words[word] = CONTROL_HEADER_SIZE + valueSize;
  words[word + 1] = 0;
  words[word + 2] = level;
  words[word + 3] = type;
  words[word + CONTROL_VALUE_WORD] = value;
}

/** Whether `bytes` are what stands in `memory` at `offset`. */
export function isAt({ bytes: all }: Memory, offset: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i += 1) if (all[offset + i] !== bytes[i]) return false;
  return true;
}
