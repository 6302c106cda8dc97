// How many bytes a command has in the protocol (RESP), so that what is sent is counted: the library does not tell.
import type { Command } from './engine.js';

/** `$<length>\r\n<bytes>\r\n` */
const bulk = (length: number): number => digits(length) + length + 5;

/** `*<count>\r\n` */
const line = (value: number): number => digits(value) + 3;

export function commandBytes(command: Command): number {
  let bytes = line(command.length);
  for (const part of command) bytes += bulk(Buffer.byteLength(part));
  return bytes;
}

/** Characters of a whole number. */
function digits(value: number): number {
  let [count, rest] = [1, value];
  while (rest >= 10) {
    rest = Math.floor(rest / 10);
    count += 1;
  }
  return count;
}
