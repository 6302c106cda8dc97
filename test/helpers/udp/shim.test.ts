// The shim of UDP before Dante: what it carries, and what becomes of it when the proxy refuses or goes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nothingLeft } from '../nothing-left.js';
import { danted, missing, type RunningProxy } from '../proxies.js';
import { echoServer, TestServer } from '../servers.js';
import { Peer } from '../socks-peer.js';
import { until } from '../until.js';
import { readUdpHeader, UdpAssociation, udpHeader } from './client.js';
import { udpEcho } from './servers.js';
import { UdpShim } from './shim.js';

/** Sends a datagram to a port and gives what comes back. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = createSocket('udp4');
  try {
    socket.send(text, port, '127.0.0.1');
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
    return answer.toString();
  } finally {
    socket.close();
  }
}

afterEach(() => nothingLeft(/UDP|TCP/));

test('a header is read as it was written, and a part of one is none', () => {
  for (const [host, told] of [
    ['192.0.2.7', '192.0.2.7'],
    ['far.example', 'far.example'],
    ['2001:db8::7', '2001:0db8:0000:0000:0000:0000:0000:0007'],
  ] as const) {
    const header = udpHeader({ host, port: 4433 }, 2);
    const bytes = Buffer.from('data');
    const read = readUdpHeader(Buffer.concat([header, bytes]));
    assert.deepEqual(read, { host: told, port: 4433, bytes, fragment: 2 });
    for (let size = 0; size < header.length; size += 1)
      assert.throws(() => readUdpHeader(header.subarray(0, size)), /no header/);
  }
});

test('a proxy that refuses associations is told at once', async () => {
  const proxy = await TestServer.listen((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', () => socket.write(Buffer.from([5, 7, 0, 1, 0, 0, 0, 0, 0, 0])));
    });
  });
  await assert.rejects(UdpShim.open(proxy, { host: '127.0.0.1', port: 9 }), /REP 7/);
  await proxy.close();
});

test('an association that the proxy ends is told, and the next datagram begins another one', async () => {
  const relay = await udpEcho();
  const bound = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, relay.port >> 8, relay.port & 255]);
  const controls: Socket[] = [];
  const proxy = await TestServer.listen((socket) => {
    controls.push(socket);
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', () => socket.write(bound));
    });
  });
  const shim = await UdpShim.open(proxy, { host: '192.0.2.1', port: 7 });
  const program = createSocket('udp4');
  const hear = async (text: string): Promise<void> => {
    program.send(text, shim.port, '127.0.0.1');
    const [answer] = await once(program, 'message');
    assert.equal(String(answer), text);
  };
  // The relay sends back what it got, header and all, so that the answer seems to come from the destination.
  await hear('one');
  controls[0].destroy();
  await until('the shim knows it', () => shim.failures.length === 1 && shim.senders === 0);
  await hear('two');
  assert.equal(controls.length, 2);
  program.close();
  await shim.close();
  await proxy.close();
  await relay.close();
});

const withoutDanted = missing('danted');

async function beforeDanted(body: (proxy: RunningProxy) => Promise<void>): Promise<void> {
  const proxy = await danted();
  try {
    await body(proxy);
  } finally {
    await proxy.close();
  }
}

if (withoutDanted !== undefined) test('the shim before Dante', { skip: withoutDanted }, () => {});
else {
  test('each program has an association of its own, to an address and to a name', async () => {
    const echo = await udpEcho();
    await beforeDanted(async (proxy) => {
      for (const host of ['127.0.0.1', 'localhost']) {
        const shim = await UdpShim.open(proxy, { host, port: echo.port });
        echo.sources.clear();
        assert.deepEqual(await Promise.all(['a', 'bc'].map((text) => exchange(shim.port, text))), ['a', 'bc']);
        assert.deepEqual([echo.sources.size, shim.senders, shim.up, shim.down], [2, 2, 2, 2]);
        assert.deepEqual(shim.failures, []);
        await shim.close();
      }
    });
    await echo.close();
  });

  test('TCP connections to the same port go to the same destination', async () => {
    const echo = await echoServer();
    await beforeDanted(async (proxy) => {
      const shim = await UdpShim.open(proxy, { host: '127.0.0.1', port: echo.port });
      const client = await Peer.connect(shim.port);
      client.send('hello');
      assert.equal((await client.read(5)).toString(), 'hello');
      client.end();
      assert.equal(await client.ended(), 'eof');
      await shim.close();
    });
    await echo.close();
  });

  test('an association tells who has sent', async () => {
    const echo = await udpEcho();
    await beforeDanted(async (proxy) => {
      const association = await UdpAssociation.open(proxy);
      association.send(echo, 'hello');
      const { host, port, bytes } = await association.read();
      assert.deepEqual([host, port, bytes.toString()], [echo.host, echo.port, 'hello']);
      await association.close();
    });
    await echo.close();
  });

  test('as a program it ends with its input', async () => {
    const echo = await udpEcho();
    await beforeDanted(async (proxy) => {
      const file = fileURLToPath(new URL('./shim-worker.js', import.meta.url));
      const args = [file, proxy.host, String(proxy.port), echo.host, String(echo.port)];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdout.setEncoding('utf8');
      const [first] = (await once(child.stdout, 'data')) as [string];
      assert.equal(await exchange(Number(first), 'hello'), 'hello');
      child.stdin.end();
      const [last] = (await once(child.stdout, 'data')) as [string];
      assert.deepEqual(JSON.parse(last), { up: 1, down: 1, failures: [] });
      assert.deepEqual(await once(child, 'exit'), [0, null]);
    });
    await echo.close();
  });
}
