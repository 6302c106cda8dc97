// The kernel's table of TCP sockets, as tests look into it: states and queues by port. It opens nothing.
import { readFileSync } from 'node:fs';
import { until } from './until.js';

export const State = { synSent: 2, closeWait: 8, listen: 10 } as const;

export interface TcpSocket {
  readonly localPort: number;
  readonly remotePort: number;
  readonly state: number;
  /** Bytes that its owner has not read. */
  readonly unread: number;
  /** How often what was sent last has been sent again without an answer. */
  readonly retransmits: number;
}

/** Sockets that have `port` at either end. The table may hold ten thousands of others. */
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

/** Waits until the server on `port` has read all that came from the client on `clientPort`. */
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

/** Connections towards `port` that have not been answered. */
export function dialsTowards(port: number): number {
  return tcpSockets(port).filter(({ remotePort, state }) => remotePort === port && state === State.synSent).length;
}
