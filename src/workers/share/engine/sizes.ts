// How many bytes commands and replies are in the protocol (RESP 2), so that what goes each way is counted where the library does not
// tell.
import type { Command, Reply } from './engine.js';

/** `$<length>\r\n<bytes>\r\n` */
const bulk = (length: number): number => digits(length) + length + 5;

/** `*<count>\r\n`, or another line with a sign in front and a number. */
const line = (value: number): number => digits(value) + 3;

export function commandBytes(command: Command): number {
  let bytes = line(command.length);
  for (const part of command) bytes += bulk(Buffer.byteLength(part));
  return bytes;
}

export function replyBytes(reply: Reply): number {
  if (reply === null) return 5;
  if (typeof reply === 'number') return line(reply);
  // A simple string, which is ASCII.
  if (typeof reply === 'string') return reply.length + 3;
  if (Buffer.isBuffer(reply)) return bulk(reply.length);
  if ('error' in reply) return Buffer.byteLength(reply.error) + 3;
  let bytes = line(reply.length);
  for (const part of reply) bytes += replyBytes(part);
  return bytes;
}

/** Characters of a whole number. */
function digits(value: number): number {
  let [count, rest] = [value < 0 ? 2 : 1, Math.abs(value)];
  while (rest >= 10) {
    rest = Math.floor(rest / 10);
    count += 1;
  }
  return count;
}
