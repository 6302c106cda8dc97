// The load generator and the target as the bench runs them, in processes of their own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { LoadGenerator, Target } from '../../../bench/measuring/ends.js';
import type { TargetPorts, Way } from '../../../bench/shared/messages.js';
import { HTTP, HTTP_OF_USERS } from '../../../src/protocol/inbound/http.js';
import { SOCKS5_OF_USERS } from '../../../src/protocol/inbound/socks5.js';
import { until } from '../../helpers/until.js';
import { type SocksProxy, startProxy } from './socks-server.js';
import { startSpeakingProxy } from './speaking-proxy.js';

const generator = new LoadGenerator();
const target = new Target();
let ports: TargetPorts;

before(async () => {
  await generator.ready();
  ports = await target.ready();
});
after(() => {
  generator.stop();
  target.stop();
});

const direct = (port: number): Way => ({ entry: port, ask: undefined });
const through = ({ port }: SocksProxy, host = '127.0.0.1'): Way => ({ entry: port, ask: { host, ports: ports.echo } });
const honest = (bytes: Buffer): Buffer => bytes;

test('connections to the target itself are verified one by one', async () => {
  const order = { kind: 'connect', connections: 8, duration_ms: 200, way: direct(ports.echo[0]) } as const;
  const { verified, failures, latency, cpu_us } = await generator.carryOut(order);
  assert.deepEqual(failures, {});
  assert.ok(verified > 8, `${verified} connections`);
  assert.ok(latency.p50 > 0 && latency.p50 <= latency.max);
  assert.ok(cpu_us.user + cpu_us.system > 0);
});

test('as many connections are claimed as a SOCKS proxy has passed on, to an address and to a name', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const proxy = await startProxy(honest);
    const order = { kind: 'connect', connections: 4, duration_ms: 200, way: through(proxy, host) } as const;
    const { verified, failures } = await generator.carryOut(order);
    assert.deepEqual(failures, {});
    assert.equal(verified, proxy.passedOn());
    await proxy.stop();
  }
});

test("the target's proxy echoes for its echo servers, and refuses everything else", async () => {
  const [entry] = ports.proxy;
  const order = { kind: 'connect', connections: 4, duration_ms: 100 } as const;
  const way = { entry, ask: { host: '127.0.0.1', ports: ports.echo } };
  const { verified, failures } = await generator.carryOut({ ...order, way });
  assert.deepEqual(failures, {});
  assert.ok(verified > 4, `${verified} connections`);
  for (const ask of [
    { host: '127.0.0.1', ports: ports.sink },
    { host: '192.0.2.1', ports: ports.echo },
  ]) {
    const refused = await generator.carryOut({ ...order, way: { entry, ask } });
    assert.deepEqual([refused.verified, refused.failures], [0, { 'request: answered 5 5': 4 }]);
  }
});

test('connections can be made while others are held', async () => {
  const way = direct(ports.echo[0]);
  await generator.carryOut({ kind: 'hold', connections: 50, way });
  const { verified, failures } = await generator.carryOut({ kind: 'connect', connections: 4, duration_ms: 100, way });
  assert.deepEqual(failures, {});
  assert.ok(verified > 4, `${verified} connections`);
  const released = await generator.carryOut({ kind: 'release' });
  assert.deepEqual([released.verified, released.failures], [50, {}]);
});

test('clients speak with a password or by HTTP, however the answers are cut', async () => {
  const user = { name: 'alice', password: 'right' };
  for (const [speech, inbound, claims] of [
    [{ kind: 'socks5', user }, SOCKS5_OF_USERS, ['alice:right']],
    [{ kind: 'http' }, HTTP, []],
  ] as const) {
    const proxy = await startSpeakingProxy(inbound);
    const way = { entry: proxy.port, ask: { host: '127.0.0.1', ports: ports.echo, speech } };
    const { verified, failures } = await generator.carryOut({ kind: 'connect', connections: 3, duration_ms: 200, way });
    assert.deepEqual(failures, {});
    assert.ok(verified >= 3, `${verified} connections`);
    assert.deepEqual([...new Set(proxy.claims)], claims);
    await proxy.stop();
  }
});

test('a proxy that does not know the user, or wants one, is a failure with its answer', async () => {
  const user = { name: 'alice', password: 'wrong' };
  for (const [speech, inbound, cause] of [
    [{ kind: 'socks5', user }, SOCKS5_OF_USERS, 'password: answered 1 1'],
    [{ kind: 'socks5' }, SOCKS5_OF_USERS, 'greeting: answered 5 255'],
    [{ kind: 'http' }, HTTP_OF_USERS, 'request: answered HTTP/1.1 407 Proxy Authentication Required'],
  ] as const) {
    const proxy = await startSpeakingProxy(inbound);
    const way = { entry: proxy.port, ask: { host: '127.0.0.1', ports: ports.echo, speech } };
    const { verified, failures } = await generator.carryOut({ kind: 'connect', connections: 2, duration_ms: 100, way });
    assert.deepEqual([verified, failures], [0, { [cause]: 2 }]);
    await proxy.stop();
  }
});

test('an answer without an end is a failure', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(2000)}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const way = { entry: port, ask: { host: '127.0.0.1', ports: ports.echo, speech: { kind: 'http' } } } as const;
  const { verified, failures } = await generator.carryOut({ kind: 'connect', connections: 2, duration_ms: 100, way });
  assert.deepEqual([verified, failures], [0, { 'request: the answer does not end': 2 }]);
  server.close();
});

test('slow connections come from one address, dribble or are silent, and come back, beside a load', async () => {
  const said = new Map<Socket, Buffer>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    assert.equal(socket.remoteAddress, '127.3.0.1');
    said.set(socket, Buffer.alloc(0));
    socket.on('data', (bytes) => said.set(socket, Buffer.concat([said.get(socket) as Buffer, bytes])));
    socket.on('error', () => {}).on('close', () => said.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const held = await generator.carryOut({ kind: 'hold', way: direct(port), connections: 300, crowd: 'slow' });
  assert.deepEqual([held.verified, held.failures], [300, {}]);
  await until('all have come', () => said.size === 300);
  const ended = [...said.keys()].slice(0, 100);
  for (const socket of ended) socket.end();
  const way = direct(ports.echo[0]);
  const { verified, failures } = await generator.carryOut({ kind: 'connect', connections: 4, duration_ms: 3000, way });
  assert.deepEqual(failures, {});
  assert.ok(verified > 4, `${verified} connections`);
  // What the kernel has may still wait for this thread.
  await until('those that were ended have come back', () => accepted === 400 && said.size === 300);
  const sayers = (least: number) => [...said.values()].filter(({ length }) => length >= least).length;
  await until('half of them have said more than one byte', () => sayers(2) === 150);
  assert.equal(sayers(1), 150);
  assert.ok([...said.values()].every((bytes) => bytes.length === 0 || bytes[0] === 5));
  const released = await generator.carryOut({ kind: 'release' });
  assert.deepEqual([released.verified, released.failures], [300, {}]);
  await until('all have gone', () => said.size === 0);
  server.close();
});

test('slow connections that are turned away are no failure, but are not held', async () => {
  const server = createServer((socket) => void socket.on('error', () => {}).destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const held = await generator.carryOut({ kind: 'hold', way: direct(port), connections: 20, crowd: 'slow' });
  assert.deepEqual(held.failures, {});
  const way = direct(ports.echo[0]);
  await generator.carryOut({ kind: 'connect', connections: 1, duration_ms: 100, way });
  const released = await generator.carryOut({ kind: 'release' });
  assert.ok(released.verified < 20, `${released.verified} connections`);
  server.close();
});

test('round trips are counted, not connections', async () => {
  const proxy = await startProxy(honest);
  const order = { kind: 'ping', connections: 3, duration_ms: 200, way: through(proxy) } as const;
  const { verified, failures } = await generator.carryOut(order);
  assert.deepEqual(failures, {});
  assert.ok(verified > 30, `${verified} round trips`);
  assert.equal(proxy.passedOn(), 3);
  await proxy.stop();
});

test('in the open loop connections begin at their own times, however long each one takes', async () => {
  const rate = 500;
  const proxy = await startProxy(honest);
  const order = { kind: 'open', rate, duration_ms: 1000, way: through(proxy) } as const;
  const { verified, failures, latency } = await generator.carryOut(order);
  assert.deepEqual(failures, {});
  assert.equal(verified, proxy.passedOn());
  // Five standard deviations of a Poisson process.
  assert.ok(Math.abs(verified - rate) < 5 * Math.sqrt(rate), `${verified} connections`);
  assert.ok(latency.p50 > 0);
  await proxy.stop();
});

test('a server that answers nobody at first delays no arrival, and the wait counts as latency', async () => {
  const waiting: (() => void)[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      waiting.push(() => socket.write(bytes));
      if (waiting.length === WAITING) for (const answer of waiting) answer();
      if (waiting.length > WAITING) socket.write(bytes);
    });
  });
  const WAITING = 30;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const order = { kind: 'open', rate: 200, duration_ms: 400, way: direct(port) } as const;
  const { verified, failures, latency } = await generator.carryOut(order);
  server.close();
  assert.deepEqual(failures, {});
  assert.ok(verified >= WAITING, `${verified} connections`);
  // Thirty arrivals take 150 ms on average: the first of them have waited for most of this.
  assert.ok(latency.max > 50, `${latency.max} ms`);
});

test('bulk streams come to their end with the same bytes at both, either way', async () => {
  for (const direction of ['download', 'upload'] as const) {
    const [port] = direction === 'download' ? ports.source : ports.sink;
    const order = { kind: 'bulk', connections: 2, duration_ms: 200, direction, way: direct(port) } as const;
    const { verified, bytes, failures } = await generator.carryOut(order);
    assert.deepEqual(failures, {});
    assert.equal(verified, 2);
    assert.ok(bytes > 1e6, `${bytes} bytes`);
  }
});

test('held connections are proven again when they are released', async () => {
  const proxy = await startProxy(honest);
  const held = await generator.carryOut({ kind: 'hold', connections: 200, way: through(proxy) });
  assert.deepEqual([held.verified, held.failures], [200, {}]);
  const released = await generator.carryOut({ kind: 'release' });
  assert.deepEqual([released.verified, released.failures], [200, {}]);
  await proxy.stop();
});

test('a crowd grows: only what is new is opened, and all of it is released', async () => {
  const proxy = await startProxy(honest);
  for (const [connections, verified] of [
    [30, 30],
    [50, 20],
    [50, 0],
  ]) {
    const grown = await generator.carryOut({ kind: 'hold', way: through(proxy), connections });
    assert.deepEqual([grown.verified, grown.failures], [verified, {}]);
  }
  assert.equal(proxy.passedOn(), 50);
  const released = await generator.carryOut({ kind: 'release' });
  assert.deepEqual([released.verified, released.failures], [50, {}]);
  await proxy.stop();
});

test('a held connection that is lost while idle is a failure', async () => {
  const proxy = await startProxy(honest);
  await generator.carryOut({ kind: 'hold', connections: 5, way: through(proxy) });
  await proxy.stop();
  const { verified, failures } = await generator.carryOut({ kind: 'release' });
  assert.equal(verified, 0);
  const lost = Object.values(failures).reduce((sum, count) => sum + count, 0);
  assert.equal(lost, 5);
});

test('a wrong byte in an echo is a failure, not a connection', async () => {
  const proxy = await startProxy((bytes) => {
    bytes[63] ^= 1;
    return bytes;
  });
  const order = { kind: 'connect', connections: 4, duration_ms: 200, way: through(proxy) } as const;
  const { verified, failures } = await generator.carryOut(order);
  assert.equal(verified, 0);
  assert.deepEqual(failures, { 'echo: other bytes than were sent': 4 });
  await proxy.stop();
});

test('an echo of another message is a failure', async () => {
  let first: Buffer | undefined;
  const proxy = await startProxy((bytes) => {
    first ??= Buffer.from(bytes);
    return first;
  });
  const order = { kind: 'ping', connections: 1, duration_ms: 200, way: through(proxy) } as const;
  const { verified, failures } = await generator.carryOut(order);
  assert.equal(verified, 1);
  assert.deepEqual(failures, { 'echo: other bytes than were sent': 1 });
  await proxy.stop();
});

test('a dropped connection is a failure that says where it was dropped', async () => {
  const proxy = await startProxy((bytes, client) => {
    client.end(bytes.subarray(0, 10));
    return Buffer.alloc(0);
  });
  const dropped = await generator.carryOut({ kind: 'connect', connections: 2, duration_ms: 200, way: through(proxy) });
  assert.deepEqual([dropped.verified, dropped.failures], [0, { 'exchange: closed by the peer': 2 }]);
  await proxy.stop();
  const refused = await generator.carryOut({ kind: 'connect', connections: 2, duration_ms: 200, way: through(proxy) });
  assert.deepEqual([refused.verified, refused.failures], [0, { 'connect: ECONNREFUSED': 2 }]);
});

test('a refusal of the proxy is a failure with its reply', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
    });
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const way = { entry: port, ask: { host: '127.0.0.1', ports: ports.echo } };
  const { verified, failures } = await generator.carryOut({ kind: 'connect', connections: 3, duration_ms: 100, way });
  assert.deepEqual([verified, failures], [0, { 'request: answered 5 5': 3 }]);
  server.close();
  await once(server, 'close');
});
