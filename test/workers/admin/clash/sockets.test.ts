// The streams of Clash over WebSockets, as dashboards open them, and what happens to those that may not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Hono } from 'hono';
import { WebSocket } from 'ws';
import { AdminSocket } from '../../../../src/main/admin/socket.js';
import type { Heard } from '../../../../src/workers/admin/clash/hearing.js';
import { clashSockets } from '../../../../src/workers/admin/clash/sockets.js';
import type { Send } from '../../../../src/workers/admin/clash/streams.js';
import type { Guarding } from '../../../../src/workers/admin/guard/judge.js';
import { mayGoOn } from '../../../../src/workers/admin/guard/judge-upgrade.js';
import { AdminServer } from '../../../../src/workers/admin/server.js';
import { nothingLeft } from '../../../helpers/nothing-left.js';
import { until } from '../../../helpers/until.js';

const TOKEN = 'a-token-of-the-test';
const OPTIONS: Guarding = {
  ...{ token_file: { path: '/token', token: TOKEN }, allow: null, hosts: [] },
  origins: ['https://board.test'],
};

class World {
  readonly sends: Send[] = [];
  readonly asked: string[] = [];
  ended = 0;
  options = OPTIONS;
  mayHear = true;
  readonly app = new Hono();
  readonly server: AdminServer;
  readonly #socket: AdminSocket;
  readonly port: number;

  constructor() {
    const opened = AdminSocket.open({ kind: 'internet', host: '127.0.0.1', port: 0 });
    assert.ok(opened.code === 'open');
    this.#socket = opened.socket;
    this.port = Number(new URL(opened.socket.title).port);
    const upgrade = clashSockets(
      (path, query) => this.#hear(path, query),
      () => this.options,
    );
    this.server = new AdminServer({
      ...{ app: this.app, mayCome: () => true, upgrade, bounds: { look_every_ms: 50 } },
      mayGoOn: (request) => mayGoOn(request, this.options),
    });
    this.server.listen(opened.socket.fd);
  }

  #hear(path: string, query: (name: string) => string | undefined): Heard {
    this.asked.push(`${path} ${query('interval')}`);
    if (path !== '/traffic') return { code: 'refused', status: 404, message: 'Resource not found' };
    return {
      code: 'stream',
      stream: (send) => {
        if (!this.mayHear) return undefined;
        this.sends.push(send);
        return () => {
          this.ended += 1;
        };
      },
    };
  }

  open(path: string, headers: Readonly<Record<string, string>> = {}): WebSocket {
    return new WebSocket(`ws://127.0.0.1:${this.port}${path}`, { headers });
  }

  /** The status with which a WebSocket is refused. */
  async refused(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    const socket = this.open(path, headers);
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  }

  async close(): Promise<void> {
    await this.server.close();
    this.#socket.close();
    await nothingLeft(/TCP|Timeout/);
  }
}

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  const world = new World();
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

test('a stream is told over a WebSocket with the token in the address, and ends with it', () =>
  inWorld(async (world) => {
    const socket = world.open(`/traffic?token=${TOKEN}&interval=2000`, { origin: 'https://board.test' });
    await once(socket, 'open');
    const heard = once(socket, 'message');
    assert.equal(world.sends[0]?.({ up: 1, down: 2 }), true);
    assert.deepEqual(JSON.parse(String((await heard)[0])), { up: 1, down: 2 });
    assert.deepEqual(world.asked, ['/traffic 2000']);
    socket.send('what clients say is dropped');
    socket.close();
    await until('it ends', () => world.ended === 1);
    const other = world.open('/traffic', { authorization: `Bearer ${TOKEN}` });
    await once(other, 'open');
    // A message that is too long ends the connection.
    other.on('error', () => {});
    other.send('x'.repeat(5000));
    await until('that ends, too', () => world.ended === 2);
  }));

test('a WebSocket ends with the token that it was opened with', () =>
  inWorld(async (world) => {
    const [before, after] = [world.open(`/traffic?token=${TOKEN}`), world.open(`/traffic?token=${TOKEN}&more`)];
    await Promise.all([once(before, 'open'), once(after, 'open')]);
    world.server.judgeAgain();
    world.options = { ...OPTIONS, token_file: { path: '/token', token: 'another-token-of-the-test' } };
    const next = world.open('/traffic?token=another-token-of-the-test');
    await once(next, 'open');
    assert.equal(world.ended, 0);
    const ends = Promise.all([once(before, 'close'), once(after, 'close')]);
    world.server.judgeAgain();
    await ends;
    await until('both have ended', () => world.ended === 2);
    assert.equal(next.readyState, WebSocket.OPEN);
  }));

test('a WebSocket whose client never reads is closed, and what waits for it is bounded', () =>
  inWorld(async (world) => {
    const socket = connect(world.port, '127.0.0.1');
    socket.on('error', () => {});
    const key = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ';
    socket.write(`GET /traffic?token=${TOKEN} HTTP/1.1\r\nHost: localhost\r\n${key}${'A'.repeat(22)}==\r\n\r\n`);
    await until('it is told', () => world.sends.length === 1);
    socket.pause();
    const text = 'x'.repeat(64 * 1024);
    let taken = 0;
    while (world.sends[0]?.({ text }) === true) taken += 1;
    assert.ok(taken < 200, `${taken} messages are in memory`);
    await until('it is given up', () => world.ended === 1);
    socket.destroy();
  }));

test('without the token, from another page, by another name or path there is none', () =>
  inWorld(async (world) => {
    const right = { authorization: `Bearer ${TOKEN}` };
    assert.equal(await world.refused('/traffic'), 401);
    assert.equal(await world.refused('/traffic?token=wrong'), 401);
    assert.equal(await world.refused('/traffic', { ...right, origin: 'https://evil.test' }), 403);
    assert.equal(await world.refused('/traffic', { ...right, host: 'evil.test' }), 403);
    assert.equal(await world.refused('/nothing', right), 404);
    assert.equal(await world.refused('//traffic', right), 404);
    assert.deepEqual(world.sends, []);
  }));

test('when too many follow, the WebSocket is closed with a code that says so', () =>
  inWorld(async (world) => {
    world.mayHear = false;
    const [code] = await once(world.open(`/traffic?token=${TOKEN}`), 'close');
    assert.equal(code, 1013);
  }));

test('a client that does not read misses what it has no room for', () =>
  inWorld(async (world) => {
    const socket = world.open(`/traffic?token=${TOKEN}`);
    await once(socket, 'open');
    socket.pause();
    const [send] = world.sends;
    const value = { text: 'x'.repeat(64 * 1024) };
    let sent = 0;
    while (send?.(value) === true) sent += 1;
    assert.ok(sent > 3 && sent < 10_000, `${sent} were taken`);
    socket.terminate();
    await until('it ends', () => world.ended === 1);
  }));

test('a client that would rather speak HTTP/2 is answered as if it had not asked for it', () =>
  inWorld(async (world) => {
    world.app.get('/ok', (context) => context.text('ok'));
    const socket = connect(world.port, '127.0.0.1');
    let read = '';
    socket.on('data', (bytes: Buffer) => {
      read += bytes.toString();
    });
    const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
    socket.write(`GET /ok HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n`);
    await once(socket, 'close');
    assert.match(read, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok$/);
    const posting = connect(world.port, '127.0.0.1');
    posting.write(`POST /ok HTTP/1.1\r\nHost: localhost\r\n${upgrade}Content-Length: 2\r\n\r\nok`);
    await once(posting, 'close');
  }));

test('a client that keeps its side open behind an upgrade that is not made takes no place', () =>
  inWorld(async (world) => {
    world.app.get('/ok', (context) => context.text('ok'));
    const socket = connect({ port: world.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.resume();
    socket.write('GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    await once(socket, 'end');
    // Where the server still had the connection, it would take this.
    await until('it is gone', () => {
      if (!socket.destroyed) socket.write('more');
      return socket.destroyed;
    });
  }));

test('hostile requests for an upgrade end their own connection, and a server that leaves ends WebSockets', () =>
  inWorld(async (world) => {
    const hostile = [
      'GET http:// HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      `GET /traffic?token=${TOKEN} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n`,
      `POST /traffic?token=${TOKEN} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ];
    for (const request of hostile) {
      const socket = connect(world.port, '127.0.0.1');
      let read = '';
      socket.on('data', (bytes: Buffer) => {
        read += bytes.toString();
      });
      socket.write(request);
      await once(socket, 'close');
      assert.match(read, /^HTTP\/1\.1 4/, request);
    }
    const followed = world.open(`/traffic?token=${TOKEN}`);
    await once(followed, 'open');
    await Promise.all([once(followed, 'close'), world.server.leave()]);
    assert.equal(world.ended, 1);
  }));
