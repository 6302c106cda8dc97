// Opens a connection of Node's own (net.Socket) from the source of a line, for what is not on the hot path: name servers
// behind a line, and `check --dial`. It goes through no proxy.
import { connect, isIP, type Socket } from 'node:net';
import type { Wanted } from './wanted.js';

/** A connected socket. Rejects with the error, also when `signal` aborts; then no socket is left open. */
export async function openFrom(wanted: Wanted, signal: AbortSignal): Promise<Socket> {
  const { device, mark } = wanted.source;
  const isNodes = device === undefined && mark === undefined && !wanted.userTimeout_ms;
  // The other file loads what reaches the kernel directly, which few need.
  const socket = isNodes ? await open(wanted, signal) : await (await import('./raw.js')).openRaw(wanted, signal);
  // TCP self-connect: the kernel may choose the destination port on this machine, where nobody listens, as the source port.
  if (socket.localPort !== socket.remotePort || socket.localAddress !== socket.remoteAddress) return socket;
  socket.destroy();
  throw new Error('refused: it was connected to itself');
}

async function open(
  { host, port, source, lookup, allowHalfOpen = false }: Wanted,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({
    ...{ host, port, noDelay: true, allowHalfOpen },
    ...(lookup === undefined ? {} : { lookup }),
    // A source address reaches only addresses of the same family.
    ...(source.ip === undefined ? {} : { localAddress: source.ip, family: isIP(source.ip) }),
    ...(source.port === 0 ? {} : { localPort: source.port }),
  });
  // A later error, or one together with a close, must not end the process.
  socket.on('error', () => {});
  const abort = (): void => void socket.destroy(new Error('given up'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const onClose = (): void => reject(new Error('closed while it was opened'));
      const onConnect = (): void => {
        socket.off('error', reject).off('close', onClose);
        resolve();
      };
      socket.once('connect', onConnect).once('error', reject).once('close', onClose);
    });
    return socket;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
