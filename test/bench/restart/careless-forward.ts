// A program that forwards connections and does not take care of its clients when it changes: it has one trick, which begins with
// a change. A port each leads to the target's servers, and a Unix socket to the first echo server.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import type { Peer } from '../../../bench/peers/peer.js';
import type { Ways } from '../../../bench/restart/load/messages.js';
import type { Running, Subject } from '../../../bench/restart/subjects/subject.js';
import type { TargetPorts } from '../../../bench/shared/messages.js';
import { resetSocket } from '../../../src/dial/reset.js';

export type Trick =
  /** Takes care of everybody. */
  | 'none'
  /** Listens no more. */
  | 'refuses'
  /** Resets those that are connected. */
  | 'resets'
  /** Ends what goes to the clients that are connected. */
  | 'truncates'
  /** Passes on nothing any more, and accepts all the same. */
  | 'stalls'
  /** Changes the bytes that go to clients. */
  | 'garbles';

const peer: Peer = {
  name: 'careless',
  bare: true,
  scales: false,
  find: () => ({ path: '', version: '0' }),
  command: () => ({ argv: [] }),
};

export const careless = (trick: Trick): Subject => ({
  name: peer.name,
  asserted: true,
  peer,
  start: (_path, target) => CarelessForward.start(trick, target),
});

class CarelessForward implements Running {
  readonly ways: Ways;
  readonly pids = [];
  readonly #trick: Trick;
  readonly #directory: string;
  readonly #servers: readonly Server[];
  readonly #clients = new Set<Socket>();
  #hasChanged = false;
  #isOver = false;

  static async start(trick: Trick, target: TargetPorts): Promise<CarelessForward> {
    const servers = [0, 1, 2].map(() => createServer({ allowHalfOpen: true }));
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-careless-'));
    const places = [
      { port: 0, host: '127.0.0.1' },
      { port: 0, host: '127.0.0.1' },
      { path: join(directory, 'clients') },
    ];
    for (const [index, server] of servers.entries()) {
      server.listen(places[index]);
      await once(server, 'listening');
    }
    return new CarelessForward(trick, target, servers, directory);
  }

  private constructor(trick: Trick, target: TargetPorts, servers: readonly Server[], directory: string) {
    this.#trick = trick;
    this.#servers = servers;
    this.#directory = directory;
    const [echo, source] = servers.map((server) => (server.address() as AddressInfo).port);
    const ends = [target.echo[0], target.source[0], target.echo[0]];
    for (const [index, server] of servers.entries())
      server.on('connection', (client) => this.#serve(client, ends[index]));
    this.ways = {
      short: { entry: echo, ask: undefined },
      http: undefined,
      unix: { path: join(directory, 'clients'), ask: undefined },
      download: { entry: source, ask: undefined },
    };
  }

  #serve(client: Socket, port: number): void {
    // It had come before the end.
    if (this.#isOver) return void client.destroy();
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.#clients.add(client);
    client.on('error', () => {}).on('close', () => this.#clients.delete(client) && server.destroy());
    server.on('error', () => {});
    const passing = new Transform({ transform: (bytes: Buffer, _, done) => this.#pass(bytes, done) });
    client.pipe(server).pipe(passing).pipe(client);
  }

  #pass(bytes: Buffer, done: (error: null, bytes?: Buffer) => void): void {
    if (!this.#hasChanged || this.#trick === 'none') done(null, bytes);
    else if (this.#trick === 'garbles') done(null, bytes.map((octet) => octet ^ 1) as Buffer);
    else if (this.#trick !== 'stalls') done(null, bytes);
  }

  async change(): Promise<void> {
    this.#hasChanged = true;
    if (this.#trick === 'refuses') for (const server of this.#servers) server.close();
    for (const client of this.#clients) {
      if (this.#trick === 'resets') resetSocket(client);
      if (this.#trick === 'truncates') client.end();
    }
  }

  async end(): Promise<string[]> {
    return [];
  }

  kill(): void {
    this.#isOver = true;
    for (const server of this.#servers) server.close();
    for (const client of this.#clients) client.destroy();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
