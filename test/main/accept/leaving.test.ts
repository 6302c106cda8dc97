// Listening sockets that come while the acceptor runs, and those that it gives up: no client is lost with them.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EAGAIN } from '../../../src/linux/errno.js';
import * as libc from '../../../src/linux/libc.js';
import { acceptFrom, closeFd, sendBytes } from '../../../src/linux/sockets.js';
import { reserve } from '../../../src/main/accept/listen.js';
import type { ListeningSocket } from '../../../src/main/accept/listening-socket.js';
import { type ListenOptions, loopbackListener } from '../../../src/protocol/listen-options.js';
import { listenerOf } from '../../../src/threads/shared/hand-off.js';
import { AcceptingWorld, listenAs, portOf } from '../../helpers/accepting-world.js';
import { captureLog } from '../../helpers/capture-log.js';
import { until } from '../../helpers/until.js';
import { connecting, readNow } from '../../linux/peers.js';

const F_DUPFD_CLOEXEC = 1030;
const BYTE = new Uint8Array([7]);

const fds = (): number => readdirSync('/proc/self/fd').length;

/** What became of a client: the byte that it got, or how its connection ended. Undefined while nothing has happened. */
function outcomeOf(client: number): number | 'ended' | undefined {
  const read = readNow(client);
  if (typeof read === 'number') return read === -EAGAIN ? undefined : 'ended';
  return read.length === 0 ? 'ended' : read[0];
}

/** Resolves with what became of each client. */
async function outcomes(clients: readonly number[]): Promise<(number | 'ended')[]> {
  const came = new Map<number, number | 'ended'>();
  await until('every client has an outcome', () => {
    for (const client of clients) {
      const outcome = came.has(client) ? undefined : outcomeOf(client);
      if (outcome !== undefined) came.set(client, outcome);
    }
    return came.size === clients.length;
  });
  for (const client of clients) closeFd(client);
  return clients.map((client) => came.get(client) ?? 'ended');
}

/** Has the actor serve whatever comes, until the test ends. */
function serve(world: AcceptingWorld): () => void {
  const timer = setInterval(() => {
    for (const client of world.take()) world.end(client);
  }, 1);
  return () => clearInterval(timer);
}

const accepted = (world: AcceptingWorld, { listener } = world.listening[0]): number =>
  world.counts.arrivals(listener.number).accepted;

const many = (count: number, port: number): number[] => Array.from({ length: count }, () => connecting(port));

function unixSocket(t: TestContext): ListeningSocket {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const place: ListenOptions['place'] = { kind: 'unix', path: join(folder, 'gateway.sock'), mode: 0o600 };
  const reserved = reserve([{ ...loopbackListener(0), place }], 0);
  assert.ok(reserved.code === 'reserved');
  return reserved.listening[0];
}

for (const engine of ['uring', 'epoll'] as const) {
  const worldOf = (connections_max: number, capacity = 64, listeners = 1): AcceptingWorld =>
    new AcceptingWorld({ engine, connections_max, capacity, listeners, log: captureLog().log });

  test(`${engine}: clients of a listening socket that comes later are accepted, with its number`, async () => {
    const before = fds();
    const world = worldOf(100);
    const added = listenAs(5);
    world.acceptor.open([added]);
    const clients = [...many(3, portOf(added)), ...many(2, world.port)];
    const came: number[] = [];
    await until('all are taken', () => {
      for (const client of world.take()) {
        came.push(listenerOf(client));
        world.end(client);
      }
      return came.length === 5;
    });
    assert.deepEqual(came.sort(), [0, 0, 5, 5, 5]);
    assert.deepEqual([accepted(world, added), accepted(world)], [3, 2]);
    await outcomes(clients);
    await world.close();
    await until('all fds are closed', () => fds() === before);
  });

  test(`${engine}: a socket that is closed serves those in its backlog, and then refuses; others go on`, async () => {
    const before = fds();
    const world = worldOf(1000, 64, 2);
    const stop = serve(world);
    const [gone, stays] = world.listening;
    for (let round = 0; round < 3; round += 1) assert.deepEqual(await outcomes(many(2, portOf(gone))), [42, 42]);
    const waiting = many(300, portOf(gone));
    const closed = world.acceptor.close([gone]);
    assert.deepEqual(new Set(await outcomes(waiting)), new Set([42]));
    await closed;
    assert.deepEqual(await outcomes(many(1, portOf(gone))), ['ended']);
    assert.deepEqual(await outcomes(many(2, portOf(stays))), [42, 42]);
    assert.equal(accepted(world, gone), 306);
    stop();
    await world.close();
    await until('all fds are closed', () => fds() === before);
  });

  test(`${engine}: of the backlog of a closed socket no more are taken than there is room for`, async () => {
    const world = worldOf(10, 4);
    await until('the engine waits', () => world.waits > 0);
    const clients = many(30, world.port);
    await world.acceptor.close(world.listening);
    assert.equal(accepted(world), 10);
    const stop = serve(world);
    const ends = await outcomes(clients);
    assert.deepEqual([ends.filter((end) => end === 42).length, ends.filter((end) => end === 'ended').length], [10, 20]);
    stop();
    assert.ok(world.most <= 10, `${world.most} at once`);
    await world.close();
  });

  test(`${engine}: leaving accepts nobody more and loses nobody: the others are another process's`, async () => {
    const before = fds();
    const world = worldOf(1000);
    const stop = serve(world);
    const heir = libc.fcntl(world.listening[0].fd, F_DUPFD_CLOEXEC, 0);
    const clients: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      clients.push(...many(5, world.port));
      await new Promise(setImmediate);
    }
    clients.push(...many(5, world.port));
    const left = world.acceptor.leave();
    clients.push(...many(5, world.port));
    await left;
    clients.push(...many(5, world.port));
    const ours = accepted(world);
    let theirs = 0;
    for (let fd = acceptFrom(heir); fd >= 0; fd = acceptFrom(heir)) {
      sendBytes(fd, BYTE);
      closeFd(fd);
      theirs += 1;
    }
    assert.equal(ours + theirs, clients.length);
    assert.ok(theirs >= 5, `${theirs} were left`);
    const ends = await outcomes(clients);
    assert.deepEqual([ends.filter((end) => end === 42).length, ends.filter((end) => end === 7).length], [ours, theirs]);
    closeFd(heir);
    stop();
    await world.close();
    await until('all fds are closed', () => fds() === before);
  });

  test(`${engine}: leaving is over only when no client is held`, async () => {
    const world = worldOf(2, 8);
    const clients = many(2, world.port);
    await until('two are queued', () => world.queued === 2);
    const back = world.take();
    world.dispatcher.shut(0);
    for (const client of back) world.taken.delete(client);
    world.acceptor.takeBack(back);
    let isOver = false;
    const left = world.acceptor.leave().then(() => {
      isOver = true;
    });
    await world.acceptor.close([]);
    assert.equal(isOver, false, 'the socket is closed, but two clients are held');
    assert.equal(world.queued, 0);
    world.dispatcher.open(0);
    await left;
    assert.deepEqual(world.take(), back);
    for (const client of back) world.end(client);
    assert.deepEqual(await outcomes(clients), [42, 42]);
    await world.close();
  });

  test(`${engine}: the file of a Unix socket stays when it is left, also at the end, and goes when it is closed`, async (t) => {
    const world = worldOf(10);
    const [closed, left] = [unixSocket(t), unixSocket(t)];
    world.acceptor.open([closed, left]);
    await world.acceptor.close([closed]);
    assert.equal(existsSync(closed.file?.path ?? ''), false);
    await world.acceptor.leave();
    await world.close();
    assert.equal(existsSync(left.file?.path ?? ''), true);
  });

  test(`${engine}: an acceptor that is stopped while it leaves keeps its promises`, async () => {
    const world = worldOf(10);
    await until('the engine waits', () => world.waits > 0);
    const left = world.acceptor.leave();
    const closed = world.acceptor.close(world.listening);
    world.acceptor.stop();
    await Promise.all([left, closed, world.acceptor.leave(), world.acceptor.close(world.listening)]);
    await world.close();
  });

  test(`${engine}: a hundred sockets that come and go leave nothing`, async () => {
    const before = fds();
    const world = worldOf(10);
    const stop = serve(world);
    for (let round = 0; round < 100; round += 1) {
      const added = listenAs(1 + (round % 100));
      world.acceptor.open([added]);
      const clients = many(2, portOf(added));
      if (round % 2 === 0) await new Promise(setImmediate);
      await world.acceptor.close([added]);
      assert.deepEqual(await outcomes(clients), [42, 42]);
    }
    assert.deepEqual(await outcomes(many(1, world.port)), [42]);
    stop();
    await world.close();
    await until('all fds are closed', () => fds() === before);
  });
}
