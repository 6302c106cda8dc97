// What clients of the admin actor may take: hostile bytes, clients that do not read, and a place that changes.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { Hono } from 'hono';
import { AdminSocket } from '../../../src/main/admin/socket.js';
import { AdminServer, type Serving } from '../../../src/workers/admin/server.js';
import { SlowReaders } from '../../../src/workers/admin/slow-readers.js';
import { nothingLeft } from '../../helpers/nothing-left.js';
import { until } from '../../helpers/until.js';

const PLACE = { kind: 'internet', host: '127.0.0.1', port: 0 } as const;
const QUICK = { head_ms: 100, request_ms: 200, check_ms: 20, rest_ms: 100, look_every_ms: 50, leave_ms: 100 };

class World {
  readonly app = new Hono();
  readonly server: AdminServer;
  mayCome: (address: string | undefined) => boolean = () => true;
  mayGoOn = (_path: string | undefined): boolean => true;
  readonly #sockets: AdminSocket[] = [];
  readonly #clients: Client[] = [];

  constructor(bounds: Serving['bounds'] = {}) {
    this.server = new AdminServer({
      app: this.app,
      mayCome: (address) => this.mayCome(address),
      mayGoOn: ({ url }) => this.mayGoOn(url),
      bounds,
    });
    this.app.onError(() => new Response(null, { status: 500 }));
    this.app.get('/ok', (context) => context.text('ok'));
    this.app.post('/echo', async (context) => context.text(await context.req.text()));
  }

  /** Another place at which it serves from now on; returns its port. */
  listen(): number {
    const opened = AdminSocket.open(PLACE);
    assert.ok(opened.code === 'open');
    this.#sockets.push(opened.socket);
    this.server.listen(opened.socket.fd);
    return Number(new URL(opened.socket.title).port);
  }

  async client(port: number, localAddress = '127.0.0.1'): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    const client = new Client(socket);
    this.#clients.push(client);
    await once(socket, 'connect');
    return client;
  }

  /** What a client gets that asks now. */
  async asked(port: number): Promise<string> {
    const client = await this.client(port);
    client.send('GET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await client.ended();
    return client.read;
  }

  async close(): Promise<void> {
    for (const { socket } of this.#clients) socket.destroy();
    await this.server.close();
    for (const socket of this.#sockets) socket.close();
    await nothingLeft(/TCP|Timeout/);
  }
}

async function inWorld(work: (world: World) => Promise<void>, bounds?: Serving['bounds']): Promise<void> {
  const world = new World(bounds);
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

class Client {
  readonly socket: Socket;
  read = '';
  isOver = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.read += bytes.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isOver = true;
    });
  }

  send(text: string | Buffer): this {
    this.socket.write(text);
    return this;
  }

  ended(): Promise<void> {
    return until('the connection has ended', () => this.isOver);
  }
}

const OK = /^HTTP\/1\.1 200 OK\r\n/;

test('hostile bytes end their own connection, and the next client is served', () =>
  inWorld(async (world) => {
    const port = world.listen();
    const hostile = [
      ...['\0\0\0\0\r\n\r\n', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', '\x05\x01\0', 'GET\r\n\r\n'],
      ...['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET /ok HTTP/1.1\r\n\r\n'],
      ...[
        'GET /ok HTTP/1.1\r\nHost: a\r\nHost: b\0\r\n\r\n',
        'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
      ],
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      `GET /ok HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ];
    for (const bytes of hostile) {
      const client = await world.client(port);
      client.send(Buffer.from(bytes, 'latin1'));
      await client.ended();
      assert.doesNotMatch(client.read, OK, bytes.slice(0, 60));
    }
    for (const host of ['a b', '', '[', 'a/b', 'x'.repeat(9000)]) {
      const client = await world.client(port);
      client.send(`GET /ok HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      await client.ended();
      assert.match(client.read, /^HTTP\/1\.1 [2-4]/, host);
    }
    assert.match(await world.asked(port), OK);
  }, QUICK));

test('a request that does not come in, and a client that asks for nothing, lose their connection', () =>
  inWorld(async (world) => {
    const port = world.listen();
    const head = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n';
    const parts = ['', 'GET /ok HTTP/1.1\r\nHost: a\r\n', `${head}\r\n`, `${head}\r\n12345678`];
    const clients = await Promise.all(parts.map(async (part) => (await world.client(port)).send(part)));
    const rested = (await world.client(port)).send('GET /ok HTTP/1.1\r\nHost: a\r\n\r\n');
    await Promise.all([...clients, rested].map((client) => client.ended()));
    for (const client of clients) assert.doesNotMatch(client.read, OK);
    assert.match(rested.read, OK);
    assert.match(await world.asked(port), OK);
  }, QUICK));

const GET = 'GET /ok HTTP/1.1\r\nHost: a\r\n\r\n';

test('clients that rest, or that never say what they want, do not keep others out', () =>
  inWorld(
    async (world) => {
      const port = world.listen();
      const following = (await world.client(port)).send(FOLLOW);
      world.app.get(
        '/follow',
        () => new Response(new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(9)) })),
      );
      await until('it follows', () => following.read !== '');
      const crowd: Client[] = [];
      for (let come = 0; come < 20; come += 1) {
        crowd.push((await world.client(port)).send(come % 2 === 0 ? GET : 'GET /ok HT'));
        assert.match(await world.asked(port), OK, `after ${come}`);
      }
      await until('the first ones have given their places', () => crowd.slice(0, 12).every(({ isOver }) => isOver));
      assert.equal(following.isOver, false);
    },
    { clients_max: 8 },
  ));
const FOLLOW = 'GET /follow HTTP/1.1\r\nHost: a\r\n\r\n';

test('more clients than there may be are closed at once, and there is room again when one has gone', () =>
  inWorld(
    async (world) => {
      const port = world.listen();
      world.app.get(
        '/follow',
        () => new Response(new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(9)) })),
      );
      const [first, second] = [await world.client(port), await world.client(port)];
      for (const client of [first, second]) client.send(FOLLOW);
      await until('both are served', () => first.read !== '' && second.read !== '');
      const third = await world.client(port);
      await third.ended();
      assert.equal(third.read, '');
      first.socket.destroy();
      let answer = '';
      while (!OK.test(answer)) answer = await world.asked(port);
    },
    { clients_max: 2 },
  ));

test('of what a client asks for before it has an answer, nothing begins when it leaves', () =>
  inWorld(async (world) => {
    const port = world.listen();
    let following = 0;
    world.app.get('/follow', () => {
      following += 1;
      const body = new ReadableStream({
        start: (to) => to.enqueue(new Uint8Array(9)),
        cancel() {
          following -= 1;
        },
      });
      return new Response(body);
    });
    const client = (await world.client(port)).send(FOLLOW.repeat(3));
    await until('it follows', () => client.read !== '');
    client.socket.destroy();
    await until('nobody follows', () => following === 0);
    assert.match(await world.asked(port), OK);
    assert.equal(following, 0);
  }));

test('what may not go on ends as soon as the server judges again, and the rest goes on', () =>
  inWorld(async (world) => {
    const port = world.listen();
    const body = (): ReadableStream => new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(9)) });
    world.app.get('/follow', () => new Response(body()));
    const right = (await world.client(port)).send(FOLLOW.replace('/follow', '/follow?token=right'));
    const wrong = (await world.client(port)).send(FOLLOW);
    const abroad = (await world.client(port, '127.0.0.2')).send(GET);
    const followed = [right, wrong, abroad];
    await until('all are served', () => followed.every(({ read }) => read !== ''));
    world.mayGoOn = (path) => path === '/follow?token=right';
    world.mayCome = (address) => address !== '127.0.0.2';
    world.server.judgeAgain();
    await Promise.all([wrong.ended(), abroad.ended()]);
    assert.equal(right.isOver, false);
  }));

test('a client that sends requests without end before it has answers loses its connection', () =>
  inWorld(async (world) => {
    const port = world.listen();
    let begun = 0;
    world.app.get('/never', () => {
      begun += 1;
      return new Promise<Response>(() => {});
    });
    const client = await world.client(port);
    client.send('GET /never HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1000));
    await client.ended();
    assert.ok(begun <= 4, `${begun} were begun`);
    assert.match(await world.asked(port), OK);
    // Those behind an answer are served one after the other.
    const patient = await world.client(port);
    for (let asked = 1; asked <= 10; asked += 1) {
      patient.send('GET /ok HTTP/1.1\r\nHost: a\r\n\r\n');
      await until('it is answered', () => patient.read.split('HTTP/1.1 200').length > asked);
    }
  }));

test('a client that does not read its answer loses its connection, however long the answer is', () =>
  inWorld(async (world) => {
    const port = world.listen();
    let pulled = 0;
    let isCancelled = false;
    world.app.get('/endless', () => {
      const body = new ReadableStream({
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(64 * 1024));
        },
        cancel() {
          isCancelled = true;
        },
      });
      return new Response(body);
    });
    const client = await world.client(port);
    client.socket.pause();
    client.send('GET /endless HTTP/1.1\r\nHost: a\r\n\r\n');
    await until('the stream is given up', () => isCancelled);
    assert.ok(pulled < 1000, `${pulled} pieces are in memory`);
  }, QUICK));

test('what reads slowly, but on and on, is left alone', () => {
  const socket = new FakeSocket();
  const readers = new SlowReaders();
  readers.add(socket);
  const look = (waiting: number, read: number): boolean => {
    socket.writableLength = waiting;
    socket.bytesWritten = read + waiting;
    readers.look();
    return socket.isDestroyed;
  };
  // Its first bytes wait, it has read all, others wait, and it reads a little more than it must.
  assert.deepEqual(
    [look(9000, 0), look(0, 9000), look(50_000, 9000), look(40_000, 13_096)],
    [false, false, false, false],
  );
  assert.equal(look(40_000, 17_191), true);
});

class FakeSocket extends EventEmitter {
  writableLength = 0;
  bytesWritten = 0;
  isDestroyed = false;
  destroy(): void {
    this.isDestroyed = true;
  }
}

test('clients that may not come are closed before they have asked', () =>
  inWorld(async (world) => {
    const port = world.listen();
    world.mayCome = (address) => address !== '127.0.0.1';
    const client = await world.client(port);
    await client.ended();
    assert.equal(client.read, '');
    world.mayCome = () => true;
    assert.match(await world.asked(port), OK);
  }));

test('another place is served at once; who has come to the earlier one is answered, and streams end', () =>
  inWorld(async (world) => {
    const before = world.listen();
    let answer: (response: Response) => void = () => {};
    world.app.get(
      '/later',
      () =>
        new Promise<Response>((resolve) => {
          answer = resolve;
        }),
    );
    world.app.get(
      '/events',
      () =>
        new Response(new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(9)) }), {
          headers: { 'content-type': 'text/event-stream' },
        }),
    );
    const waiting = (await world.client(before)).send('GET /later HTTP/1.1\r\nHost: a\r\n\r\n');
    const idle = (await world.client(before)).send('GET /ok HTTP/1.1\r\nHost: a\r\n\r\n');
    const stream = (await world.client(before)).send('GET /events HTTP/1.1\r\nHost: a\r\n\r\n');
    const come = await world.client(before);
    await until('all are served', () => idle.read !== '' && stream.read !== '');
    // Behind it in the backlog, so that it has been accepted, too.
    assert.match(await world.asked(before), OK);
    const after = world.listen();
    assert.match(await world.asked(after), OK);
    await Promise.all([idle.ended(), stream.ended()]);
    assert.deepEqual([waiting.isOver, come.isOver], [false, false]);
    come.send('GET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await come.ended();
    assert.match(come.read, OK);
    answer(new Response('it was worth it'));
    await waiting.ended();
    assert.match(waiting.read, /it was worth it$/);
  }));
