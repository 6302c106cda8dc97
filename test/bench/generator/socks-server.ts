// A SOCKS5 proxy on node:net that does only what a load asks for, and one trick: it can pass bytes on wrongly.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface SocksProxy {
  readonly port: number;
  /** Connections that were passed on. */
  readonly passedOn: () => number;
  stop(): Promise<void>;
}

/** `answered` may change what the target says, or end the client's connection. */
export async function startProxy(answered: (bytes: Buffer, client: Socket) => Buffer): Promise<SocksProxy> {
  let count = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  };
  const server: Server = createServer((client) => {
    keep(client);
    client.once('data', () => {
      client.write(Buffer.from([5, 0]));
      client.once('data', (request: Buffer) => {
        const upstream = connect(request.readUInt16BE(request.length - 2), '127.0.0.1', () => {
          count += 1;
          client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]));
          client.pipe(upstream);
        });
        keep(upstream);
        upstream.on('data', (bytes: Buffer) => client.write(answered(bytes, client)));
        upstream.on('end', () => client.end());
        client.on('close', () => upstream.destroy());
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    passedOn: () => count,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
