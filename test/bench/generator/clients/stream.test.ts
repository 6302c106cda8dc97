import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { StreamReader, StreamWriter } from '../../../../bench/generator/clients/stream.js';
import { packAddress } from '../../../../src/linux/addresses.js';
import { EAGAIN, EINPROGRESS } from '../../../../src/linux/errno.js';
import { closeFd, connectTo, openStream } from '../../../../src/linux/sockets.js';

/** What a writer puts on the wire in two pieces and its trailer. */
async function written(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const server = createServer((socket) => socket.on('data', (chunk: Buffer) => chunks.push(chunk)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = once(server, 'connection');
  const fd = openStream(4);
  assert.equal(connectTo(fd, packAddress(new Uint8Array([127, 0, 0, 1]), port)), -EINPROGRESS);
  const [socket] = await accepted;
  const writer = new StreamWriter();
  for (let pieces = 0; !writer.ended; pieces += 1) {
    if (pieces === 2) writer.end();
    if (writer.write(fd) === -EAGAIN) await new Promise(setImmediate);
  }
  closeFd(fd);
  await once(socket, 'close');
  server.close();
  return Buffer.concat(chunks);
}

test('a stream is complete however it is cut', async () => {
  const bytes = await written();
  for (const cut of [1, 7, 239, 1024, 65_536, bytes.length - 1, bytes.length - 5, bytes.length - 12, bytes.length]) {
    const reader = new StreamReader();
    assert.equal(cut < bytes.length ? reader.read(bytes, 0, cut) : 'more', 'more');
    const from = cut < bytes.length ? cut : 0;
    assert.equal(reader.read(bytes, from, bytes.length - from), 'complete', `cut at ${cut}`);
    assert.equal(reader.count, bytes.length - 12);
  }
});

test('a lost, doubled or foreign piece is noticed', async () => {
  const bytes = await written();
  const read = (...pieces: Uint8Array[]): string => {
    const reader = new StreamReader();
    let state = 'more';
    for (const piece of pieces) if (state === 'more') state = reader.read(piece, 0, piece.length);
    return state;
  };
  assert.equal(read(bytes.subarray(0, 1000), bytes.subarray(1001)), 'wrong');
  assert.equal(read(bytes.subarray(0, 1000), bytes.subarray(0, 1000), bytes.subarray(1000)), 'wrong');
  // 239 is the pattern's period: only the count in the trailer tells.
  assert.equal(read(bytes.subarray(0, 1000), bytes.subarray(1239)), 'wrong');
  assert.equal(read(bytes, bytes.subarray(0, 1)), 'complete');
  const foreign = Buffer.from(bytes);
  foreign[0] ^= 1;
  assert.equal(read(foreign), 'wrong');
});
