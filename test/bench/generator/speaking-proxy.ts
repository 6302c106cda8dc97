// A proxy on node:net that speaks what the gateway speaks, by its own ways in, and says every answer byte by byte.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Inbound, Requested } from '../../../src/protocol/inbound/inbound.js';

export interface SpeakingProxy {
  readonly port: number;
  /** Names and passwords, in the order in which clients gave them. */
  readonly claims: readonly string[];
  stop(): Promise<void>;
}

/** `inbound` reads the first message. Every name is right with its password `right`. */
export async function startSpeakingProxy(inbound: Inbound): Promise<SpeakingProxy> {
  const claims: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket
      .setNoDelay()
      .on('error', () => {})
      .on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    converse(client, inbound, claims)
      .then(({ target, replies }) => {
        const upstream = keep(connect(target.port, '127.0.0.1'));
        upstream.on('connect', async () => {
          await trickle(client, replies.success(Uint8Array.of(127, 0, 0, 1), 1));
          client.pipe(upstream).pipe(client);
        });
      })
      .catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    claims,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The client's request. Rejects when there is none. */
async function converse(client: Socket, first: Inbound, claims: string[]): Promise<Requested> {
  let inbound = first;
  let unread = Buffer.alloc(0);
  for (;;) {
    const read = inbound.feed(unread, 0, unread.length);
    if (read.kind === 'requested') return read;
    if (read.kind === 'claimed') claims.push(`${read.name}:${read.password}`);
    const step = read.kind === 'claimed' ? (read.password === 'right' ? read.accepted : read.denied) : read;
    if (step.kind === 'incomplete') {
      unread = Buffer.concat([unread, await next(client)]);
      continue;
    }
    if (step.kind === 'associated') throw new Error('no CONNECT');
    if (step.answer !== undefined) await trickle(client, step.answer);
    if (step.kind === 'refused') throw new Error('refused');
    unread = unread.subarray(step.size);
    inbound = step.next;
  }
}

function next(client: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.once('close', () => reject(new Error('closed')));
    client.once('data', (bytes: Buffer) => {
      client.pause();
      resolve(bytes);
    });
    client.resume();
  });
}

async function trickle(client: Socket, bytes: Uint8Array): Promise<void> {
  for (const octet of Uint8Array.from(bytes)) {
    client.write(Uint8Array.of(octet));
    await turn();
  }
}
