// Breaks a connection of Node's own off, in any state.
import type { Socket } from 'node:net';

/** Its end of stream is being sent, behind all bytes. */
const isEnding = (socket: Socket): boolean =>
  socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;

/**
 * Resets the connection and closes the socket. Without a reset it closes a socket that has no connection yet, for which Node would
 * wait, a Unix socket, which knows none, and one whose end of stream is being sent: libuv refuses to reset that one, and Node then
 * forgets it, open for ever. `spoken`: TLS over it.
 */
export function resetSocket(socket: Socket, spoken: Socket = socket): void {
  const isConnected = !socket.connecting && socket.remoteAddress !== undefined;
  if (isConnected && !isEnding(socket) && !isEnding(spoken)) socket.resetAndDestroy();
  else socket.destroy();
}
