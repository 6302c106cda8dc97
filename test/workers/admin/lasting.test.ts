// Answers that go on hold places and timers: none is held for who cannot read the answer. Asked by real sockets.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { AdminSocket } from '../../../src/main/admin/socket.js';
import { makeApp } from '../../../src/workers/admin/app.js';
import { Feed, type Hear, type Wants } from '../../../src/workers/admin/feed/feed.js';
import { guarded } from '../../../src/workers/admin/guard/guard.js';
import { AdminServer } from '../../../src/workers/admin/server.js';
import { defaultOptions } from '../../helpers/default-options.js';
import { FeedWorld } from '../../helpers/feed-world.js';
import { nothingLeft } from '../../helpers/nothing-left.js';
import { until } from '../../helpers/until.js';

const STREAMS = ['/api/v1/events', '/api/v1/events?kinds=log', '/traffic', '/logs', '/memory'];

class CountingFeed extends Feed {
  begun = 0;
  hearing = 0;

  override subscribe(wants: Wants, hear: Hear): (() => void) | undefined {
    const end = super.subscribe(wants, hear);
    if (end === undefined) return undefined;
    this.begun += 1;
    this.hearing += 1;
    let isOver = false;
    return () => {
      if (!isOver) this.hearing -= 1;
      isOver = true;
      end();
    };
  }
}

class World {
  readonly own = new FeedWorld();
  readonly feed = new CountingFeed(this.own.parts, 5);
  readonly port: number;
  readonly #server: AdminServer;
  readonly #socket: AdminSocket;

  constructor() {
    const opened = AdminSocket.open({ kind: 'internet', host: '127.0.0.1', port: 0 });
    assert.ok(opened.code === 'open');
    this.#socket = opened.socket;
    this.port = Number(new URL(opened.socket.title).port);
    const { admin } = defaultOptions();
    const app = guarded(makeApp(this.own.parts, { feed: this.feed }), () => admin);
    this.#server = new AdminServer({ app, mayCome: () => true });
    this.#server.listen(opened.socket.fd);
  }

  async client(): Promise<Socket> {
    const socket = connect(this.port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    return socket;
  }

  async close(): Promise<void> {
    await this.#server.close();
    this.#socket.close();
    await this.own.close();
    // A timer of a stream would be here, too.
    await nothingLeft(/TCP|Timeout/);
  }
}

const asks = (method: string, path: string): string => `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  const world = new World();
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

test('HEAD is answered with the headers, and nothing begins', () =>
  inWorld(async (world) => {
    const client = await world.client();
    let read = '';
    client.on('data', (bytes) => {
      read += bytes.toString();
    });
    let asked = 0;
    for (const path of [...STREAMS, ...STREAMS, ...STREAMS, ...STREAMS]) {
      client.write(asks('HEAD', path));
      asked += 1;
      await until(`HEAD ${path}`, () => read.split('HTTP/1.1 200 OK\r\n').length > asked && read.endsWith('\r\n\r\n'));
    }
    assert.match(read, /content-type: text\/event-stream/i);
    assert.equal(world.feed.begun, 0);
    client.destroy();
  }));

test('who leaves before the first byte holds no place', () =>
  inWorld(async (world) => {
    for (const path of STREAMS) {
      for (let time = 0; time < 5; time += 1) {
        const client = await world.client();
        client.write(asks('GET', path));
        client.resetAndDestroy();
      }
    }
    const late = await world.client();
    late.write(asks('GET', '/traffic'));
    await once(late, 'data');
    late.destroy();
    await until('nobody hears', () => world.feed.begun > 0 && world.feed.hearing === 0);
  }));

test('answers that wait behind another one never begin for a client that has left', () =>
  inWorld(async (world) => {
    for (const path of STREAMS) {
      const before = world.feed.begun;
      const client = await world.client();
      client.write(asks('GET', '/traffic') + asks('GET', path).repeat(3));
      await until('the first one has begun', () => world.feed.begun > before);
      client.destroy();
      await until(`nobody hears ${path}`, () => world.feed.hearing === 0);
      assert.equal(world.feed.begun, before + 1, path);
    }
  }));
