// The real Redis of the tests, and the proxy in front of it.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { certificateFor } from './certificate.js';
import { nothingLeft } from './nothing-left.js';
import { startRedis, whyNoRedis } from './redis.js';
import { RedisProxy } from './redis-proxy.js';
import { until } from './until.js';

const skip = whyNoRedis() ?? false;

/** Sends one line, and gathers what comes until the connection ends. */
function speaker(port: number): { say(line: string): void; heard(): string; isOver(): boolean; end(): void } {
  let [heard, isOver] = ['', false];
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    heard += chunk;
  });
  socket.on('close', () => {
    isOver = true;
  });
  return {
    say: (line) => socket.write(`${line}\r\n`),
    heard: () => heard,
    isOver: () => isOver,
    end: () => socket.destroy(),
  };
}

test('a Redis answers, hangs and goes on, and comes back with what was saved', { skip }, async () => {
  const redis = await startRedis({ lines: ['maxmemory 8mb'] });
  try {
    assert.equal(await redis.ask('SET', 'a', 'b'), 'OK');
    assert.match(await redis.ask('CONFIG', 'GET', 'maxmemory'), /8388608/);
    const client = speaker(redis.port);
    redis.pause();
    client.say('GET a');
    redis.resume();
    await until('it answers', () => client.heard() === '$1\r\nb\r\n');
    assert.equal(await redis.ask('SAVE'), 'OK');
    await redis.kill();
    await until('the connection is over', client.isOver);
    await redis.start(['maxmemory 16mb']);
    assert.equal(await redis.ask('GET', 'a'), 'b');
    assert.match(await redis.ask('CONFIG', 'GET', 'maxmemory'), /16777216/);
  } finally {
    await redis.stop();
  }
  await nothingLeft(/^(ProcessWrap|TCPSocketWrap|TCPServerWrap|Timeout)$/);
});

test('one with TLS and a password takes nothing else', { skip }, async () => {
  const redis = await startRedis({
    tls: certificateFor('redis.test'),
    lines: ['requirepass secret'],
    password: 'secret',
  });
  try {
    assert.match(redis.url, /^rediss:/);
    assert.equal(await redis.ask('PING'), 'PONG');
    const client = speaker(redis.port);
    client.say('PING');
    await until('it is refused', client.isOver);
    assert.doesNotMatch(client.heard(), /PONG/);
  } finally {
    await redis.stop();
  }
});

test('the proxy passes on, changes what is said, keeps it, loses it and breaks off', { skip }, async () => {
  const redis = await startRedis();
  const proxy = await RedisProxy.start(redis.path, { rewrite: (chunk) => Buffer.from(`${chunk}`.replace('O', 'A')) });
  try {
    const client = speaker(proxy.port);
    client.say('PING');
    await until('it answers', () => client.heard() === '+PANG\r\n');
    delete proxy.ways.rewrite;
    proxy.ways.delay_ms = 1;
    client.say('PING');
    await until('it answers later', () => client.heard() === '+PANG\r\n+PONG\r\n');
    proxy.ways.isDeaf = true;
    client.say('SET lost 1');
    const other = speaker(redis.port);
    other.say('GET lost');
    await until('nothing has come there', () => other.heard() === '$-1\r\n');
    other.end();
    proxy.ways.isDeaf = false;
    proxy.cut();
    await until('the connection is over', client.isOver);
    assert.equal(proxy.taken(), 1);
    proxy.ways.isClosed = true;
    const refused = speaker(proxy.port);
    await until('it is closed', refused.isOver);
  } finally {
    await proxy.close();
    await redis.stop();
  }
  await nothingLeft(/^(ProcessWrap|TCPSocketWrap|TCPServerWrap|Timeout)$/);
});
