// The server's half of a SOCKS5 handshake without authentication (RFC 1928), for proxies that work as long as they have no
// fault. Bytes that follow the request are handed on.
import type { Socket } from 'node:net';

const NO_AUTHENTICATION = Buffer.from([5, 0]);

/** Calls `requested` once, with the socket paused, with the wanted port: every host stands for this machine here. */
export function readRequest(socket: Socket, requested: (port: number, rest: Buffer) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  let greeted = false;
  const take = (chunk: Buffer): void => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    if (!greeted) {
      if (bytes.length < 2 || bytes.length < 2 + bytes[1]) return;
      bytes = bytes.subarray(2 + bytes[1]);
      greeted = true;
      socket.write(NO_AUTHENTICATION);
    }
    const size = requestSize(bytes);
    if (size === undefined || bytes.length < size) return;
    socket.off('data', take);
    socket.pause();
    requested(bytes.readUInt16BE(size - 2), bytes.subarray(size));
  };
  socket.on('data', take);
}

/** Undefined while too few bytes have come. */
function requestSize(bytes: Buffer): number | undefined {
  if (bytes.length < 5) return undefined;
  const type = bytes[3];
  return 4 + (type === 1 ? 4 : type === 4 ? 16 : 1 + bytes[4]) + 2;
}

export function reply(code: number): Buffer {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}
