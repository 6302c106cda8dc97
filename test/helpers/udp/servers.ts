// Tiny UDP servers on loopback for the far end of a test's datagrams.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

export class UdpServer {
  readonly host: string;
  readonly port: number;
  /** Where datagrams have come from, as `host port`, in the order of their first ones. */
  readonly sources = new Set<string>();
  /** Datagrams that have come. */
  count = 0;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.host = address;
    this.port = port;
  }

  static async listen(
    answer: (bytes: Buffer, from: RemoteInfo, server: UdpServer) => void,
    host = '127.0.0.1',
    port = 0,
  ): Promise<UdpServer> {
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 1 << 20 });
    socket.bind(port, host);
    await once(socket, 'listening');
    const server = new UdpServer(socket);
    socket.on('message', (bytes, from) => {
      server.count += 1;
      server.sources.add(`${from.address} ${from.port}`);
      answer(bytes, from, server);
    });
    return server;
  }

  send(bytes: Uint8Array | string, to: { readonly address: string; readonly port: number }): void {
    this.#socket.send(bytes, to.port, to.address, () => {});
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

/** Sends back what it receives. */
export const udpEcho = (host?: string): Promise<UdpServer> =>
  UdpServer.listen((bytes, from, server) => server.send(bytes, from), host);
