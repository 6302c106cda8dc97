// libuv reports an end of stream when a reset comes right behind some bytes, and says nothing more: the socket then stays
// half-open for ever. A write tells the two apart. A write of nothing sends nothing, and on a socket that was reset it fails.
import type { Socket } from 'node:net';

/** Called at the end of a stream. After a reset the socket has its error and is closed; else `ended` is called. */
export function judgeEnd(socket: Socket, ended: () => void): void {
  // Writes that wait tell of a reset themselves.
  if (!socket.writable || socket.writableLength > 0) ended();
  else socket.write('', (error) => (error == null ? ended() : undefined));
}
