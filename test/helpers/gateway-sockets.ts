// Reads the kernel's table of TCP sockets for tests: states and queues by port. It opens no sockets.
import { readFileSync } from 'node:fs';
import { until } from './until.js';

export const State = { synSent: 2, closeWait: 8, listen: 10 } as const;

export interface TcpSocket {
  readonly localPort: number;
  readonly remotePort: number;
  readonly state: number;
  /** Bytes that the owner of the socket has not read. */
  readonly unread: number;
  /** How often the oldest unacknowledged bytes have been sent again. */
  readonly retransmits: number;
}

/** The sockets that have `port` at either end. The table may hold tens of thousands of others. */
export function tcpSockets(port: number): TcpSocket[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    const lines = readFileSync(file, 'latin1').trim().split('\n').slice(1);
    const ours = lines.filter((line) => line.includes(wanted));
    return ours.map((line) => {
      const [, local, remote, state, queues, , retransmits] = line.trim().split(/\s+/);
      return {
        localPort: hexAfterColon(local),
        remotePort: hexAfterColon(remote),
        state: Number.parseInt(state, 16),
        unread: hexAfterColon(queues),
        retransmits: Number.parseInt(retransmits, 16),
      };
    });
  });
}

function hexAfterColon(text: string): number {
  return Number.parseInt(text.slice(text.lastIndexOf(':') + 1), 16);
}

/** Waits until the server on `port` has read all bytes from the client on `clientPort`. */
export async function untilRead(port: number, clientPort: number): Promise<void> {
  await until('the gateway has read what was sent', () =>
    tcpSockets(clientPort).some(
      ({ localPort, remotePort, unread }) => localPort === port && remotePort === clientPort && unread === 0,
    ),
  );
}

export async function untilListening(port: number): Promise<void> {
  await until(`somebody listens on ${port}`, () =>
    tcpSockets(port).some(({ localPort, state }) => localPort === port && state === State.listen),
  );
}

/** The number of connections towards `port` whose SYN has not been answered. */
export function dialsTowards(port: number): number {
  return tcpSockets(port).filter(({ remotePort, state }) => remotePort === port && state === State.synSent).length;
}
