// Long streams for the relay's tests: bytes that differ everywhere, sent as fast as possible, and hashed where they
// arrive. No stream is held in memory.
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';

const BLOCK = 1 << 18;

/** Blocks of pseudo-random bytes, no two alike: a block that is lost, repeated or moved changes the hash. */
function* blocks(seed: number, size: number): Generator<Buffer> {
  const base = Buffer.alloc(BLOCK);
  let state = seed;
  for (let word = 0; word < BLOCK; word += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    base.writeUInt32LE(state, word);
  }
  for (let sent = 0; sent < size; sent += BLOCK) {
    const block = Buffer.from(base.subarray(0, Math.min(BLOCK, size - sent)));
    for (let at = 0; at + 4 <= block.length; at += 4096) block.writeUInt32LE(sent + at, at);
    yield block;
  }
}

/** Sends `size` bytes, then the end of stream; resolves with the SHA-256 of the bytes. */
export async function sendStream(socket: Socket, seed: number, size: number): Promise<string> {
  const hash = createHash('sha256');
  for (const block of blocks(seed, size)) {
    hash.update(block);
    if (!socket.write(block)) await once(socket, 'drain');
  }
  socket.end();
  return hash.digest('hex');
}

/** Reads to the end of stream; resolves with the SHA-256 of the bytes. */
export async function hashStream(socket: Socket): Promise<string> {
  const hash: Hash = createHash('sha256');
  socket.on('data', (chunk: Buffer) => hash.update(chunk));
  socket.resume();
  await once(socket, 'end');
  return hash.digest('hex');
}
