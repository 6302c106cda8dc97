// A connection through a subject, up to where the client may speak: SOCKS5 without authentication, or bare.
import { connect, isIPv4, type Socket } from 'node:net';
import type { Destination } from '../../race/requests/visit.js';

const GREETING = Buffer.from([5, 1, 0]);
/** The answer to the greeting, and a success with an IPv4 address. */
const ANSWERS = 2 + 10;

/** `ended` is called once, if the connection fails or ends. `through` is called once it may be spoken on. */
export function connected(
  entry: number,
  destination: Destination | undefined,
  through: (socket: Socket) => void,
  ended: () => void,
): Socket {
  const socket = connect({ port: entry, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  socket.once('close', ended);
  if (destination === undefined) {
    socket.once('connect', () => through(socket));
    return socket;
  }
  socket.once('connect', () => socket.write(Buffer.concat([GREETING, request(destination)])));
  let bytes: Buffer = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length < ANSWERS) return;
    socket.off('data', take);
    if (bytes[3] !== 0) socket.destroy();
    else through(socket);
    if (bytes.length > ANSWERS) socket.unshift(bytes.subarray(ANSWERS));
  };
  socket.on('data', take);
  return socket;
}

function request({ host, port }: Destination): Buffer {
  const end = [port >> 8, port & 255];
  if (isIPv4(host)) return Buffer.from([5, 1, 0, 1, ...host.split('.').map(Number), ...end]);
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.from([5, 1, 0, 3, name.length]), name, Buffer.from(end)]);
}
