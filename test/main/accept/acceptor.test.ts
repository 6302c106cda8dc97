import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { unpackAddress } from '../../../src/linux/addresses.js';
import { fdOf, listenerOf } from '../../../src/threads/shared/hand-off.js';
import { AcceptingWorld, portOf } from '../../helpers/accepting-world.js';
import { captureLog } from '../../helpers/capture-log.js';
import { until } from '../../helpers/until.js';

const FEW_FDS = fileURLToPath(new URL('../../helpers/few-fds.js', import.meta.url));
const fds = (): number => readdirSync('/proc/self/fd').length;

/** A client that waits for one byte. */
async function client(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const [byte] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  await once(socket, 'close');
  return byte[0];
}

for (const engine of ['uring', 'epoll'] as const) {
  test(`${engine}: never more than connections_max at once, the rest as room comes`, async () => {
    const { log } = captureLog();
    const before = fds();
    const world = new AcceptingWorld({ engine, connections_max: 10, capacity: 64, log });
    const serving = setInterval(() => {
      for (const fd of world.take()) setTimeout(() => world.end(fd), 2);
    }, 1);
    const bytes = await Promise.all(Array.from({ length: 200 }, () => client(world.port)));
    clearInterval(serving);
    assert.deepEqual(new Set(bytes), new Set([42]));
    assert.equal(world.most, 10);
    await world.close();
    await until('all fds are closed', () => fds() === before);
  });

  test(`${engine}: a full queue stops accepting, room in it goes on, and waiting for it is no spin`, async () => {
    const { log } = captureLog();
    const world = new AcceptingWorld({ engine, connections_max: 1000, capacity: 4, log });
    const clients = Array.from({ length: 50 }, () => client(world.port));
    await until('the queue is full', () => world.queued === 4);
    const { waits } = world;
    await delay(300);
    assert.equal(world.queued, 4);
    assert.ok(world.waits - waits < 150, `${world.waits - waits} waits in 300 ms`);
    const serving = setInterval(() => {
      for (const fd of world.take()) world.end(fd);
    }, 1);
    assert.equal((await Promise.all(clients)).length, 50);
    clearInterval(serving);
    await world.close();
  });

  test(`${engine}: the address of each client is there when its actor takes it, of the first one and of those behind`, async () => {
    const { log } = captureLog();
    const world = new AcceptingWorld({ engine, connections_max: 100, capacity: 64, log });
    const sockets = Array.from({ length: 20 }, () => connect(world.port, '127.0.0.1'));
    const came: string[] = [];
    await until('all have been taken', () => {
      for (const taken of world.take()) came.push(String(unpackAddress(world.clients.read(fdOf(taken))).port));
      return came.length === sockets.length;
    });
    assert.deepEqual(came.sort(), sockets.map(({ localPort }) => String(localPort)).sort());
    for (const socket of sockets) socket.destroy();
    await world.close();
  });

  test(`${engine}: an fd whose number an actor has just closed is that actor’s no more`, async () => {
    const { log } = captureLog();
    const world = new AcceptingWorld({ engine, connections_max: 10, capacity: 64, log });
    for (let fd = 0; fd < 1000; fd += 1) world.owners.closing(fd, 0);
    const clients = Array.from({ length: 20 }, () => client(world.port));
    await until('some are in the queue', () => world.queued === 10);
    const accepted = world.take();
    const owned = new Set(world.owners.ownedBy(0));
    assert.deepEqual(
      accepted.filter((fd) => owned.has(fd)),
      [],
    );
    for (const fd of accepted) world.end(fd);
    await until('the rest are in the queue', () => world.queued === 10);
    for (const fd of world.take()) world.end(fd);
    await Promise.all(clients);
    await world.close();
  });

  test(`${engine}: each client is counted and handed on with the listener where it came in`, async () => {
    const { log } = captureLog();
    const before = fds();
    const world = new AcceptingWorld({ engine, connections_max: 8, capacity: 64, listeners: 3, log });
    const came = [0, 0, 0];
    const serving = setInterval(() => {
      for (const one of world.take()) {
        came[listenerOf(one)] += 1;
        setTimeout(() => world.end(one), 2);
      }
    }, 1);
    const asked = [10, 30, 60];
    const ports = asked.flatMap((count, number) => Array<number>(count).fill(portOf(world.listening[number])));
    const bytes = await Promise.all(ports.map(client));
    clearInterval(serving);
    assert.deepEqual(new Set(bytes), new Set([42]));
    assert.deepEqual(came, asked);
    assert.deepEqual(
      world.listening.map(({ listener }) => world.counts.arrivals(listener.number).accepted),
      asked,
    );
    assert.ok(world.most <= 8, `${world.most} at once`);
    await world.close();
    await until('all fds are closed', () => fds() === before);
  });

  test(`${engine}: fds that a dead actor had not taken are handed on first`, async () => {
    const { log } = captureLog();
    const world = new AcceptingWorld({ engine, connections_max: 2, capacity: 8, log });
    const clients = Array.from({ length: 3 }, () => client(world.port));
    await until('two are queued', () => world.queued === 2);
    const left = world.take();
    world.dispatcher.shut(0);
    for (const fd of left) world.taken.delete(fd);
    world.acceptor.takeBack(left);
    await delay(100);
    assert.equal(world.queued, 0);
    world.dispatcher.open(0);
    await until('the same two are queued again', () => world.queued === 2);
    assert.deepEqual(world.take(), left);
    for (const fd of left) world.end(fd);
    await until('the third is queued', () => world.queued === 1);
    for (const fd of world.take()) world.end(fd);
    await Promise.all(clients);
    await world.close();
  });

  test(`${engine}: without an fd accepting pauses, says so once, and goes on when there are fds again`, async () => {
    const child = spawn('sh', ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, FEW_FDS, engine], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const said: Record<string, unknown>[] = [];
    createInterface(child.stdout).on('line', (line) => said.push(JSON.parse(line)));
    const exit = once(child, 'exit');
    await until('the child listens', () => said.length > 0);
    const sockets: Socket[] = [];
    const served = Array.from({ length: 100 }, () => {
      const socket = connect(said[0]['port'] as number, '127.0.0.1');
      sockets.push(socket);
      return once(socket, 'data');
    });
    await until('it has run out of fds', () => said.length > 1);
    await delay(700);
    child.stdin.write('end them\n');
    await Promise.all(served);
    for (const socket of sockets) socket.destroy();
    child.stdin.end();
    assert.deepEqual(await exit, [0, null]);
    assert.equal(said.length, 3, JSON.stringify(said));
    assert.deepEqual([said[1]['level'], said[1]['error']], ['warn', 'EMFILE']);
    assert.ok((said[2]['kept'] as number) > 10);
    // Ten times a second, and whoever makes room has heard of each.
    assert.ok((said[2]['failing'] as number) > 3);
    assert.ok((said[2]['cpu_ms'] as number) < 500, JSON.stringify(said[2]));
  });
}
