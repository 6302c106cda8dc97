// What is logged of a connection: one line at its end, with all that an operator asks for, and no secret.
import assert from 'node:assert/strict';
import type { AttemptRecord } from '../../src/protocol/race/record.js';
import { DnsServer } from '../helpers/dns-server.js';
import type { LogRecord } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { PeerServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

/** Without the times, which are checked to be there. */
function untimed(record: LogRecord): object {
  const { time, connect_ms, duration_ms, total_ms, attempts, ...rest } = record;
  assert.ok(typeof time === 'string' && Number(duration_ms) >= 0);
  if (record['line'] !== undefined) assert.ok(Number(connect_ms) > 0 && Number(connect_ms) <= Number(duration_ms) + 1);
  assert.ok(attempts === undefined || Number(total_ms) >= 0);
  const untimedAttempts = (attempts as AttemptRecord[] | undefined)?.map(({ line, address, remembered, result }) => {
    return { line, address, remembered, result };
  });
  return { ...rest, attempts: untimedAttempts };
}

inBothEngines('a connection is one line with client, target, line, address, bytes and ending', async (world) => {
  const server = world.use(await PeerServer.listen());
  const proxy = world.use(await TrickProxy.listen('works'));
  const upstream = { ...proxy.line, name: 'telecom' };
  const gateway = await world.gateway({ upstream, log_level: 'debug' });
  const client = world.use(await through(gateway.port, { host: 'Some.Test', port: server.port }));
  const clientAddress = `127.0.0.1:${client.socket.localPort}`;
  client.send('12345');
  const destination = await server.accepted();
  await destination.read(5);
  destination.send('678');
  destination.end();
  await client.rest();
  client.end();
  const record = await gateway.connection({ host: 'some.test', port: server.port });
  assert.deepEqual(untimed(record), {
    level: 'debug',
    client: clientAddress,
    target: `some.test:${server.port}`,
    attempts: [{ line: 'telecom', address: '127.0.0.1', remembered: false, result: 'connected' }],
    winner: 0,
    why: 'only-attempt',
    reply: 0,
    line: 'telecom',
    address: '127.0.0.1',
    bytes_up: 5,
    bytes_down: 3,
    ending: 'complete',
    msg: 'connection',
  });
  assert.equal(gateway.connections.length, 1);
});

inBothEngines('at level trace each step of an attempt is a line, without what was said', async (world) => {
  const server = world.use(await PeerServer.listen());
  const proxy = world.use(await TrickProxy.listen('works'));
  const upstream = { ...proxy.line, name: 'telecom' };
  const gateway = await world.gateway({ upstream, log_level: 'trace' });
  const client = world.use(await through(gateway.port, { host: 'some.test', port: server.port }));
  client.end();
  (await server.accepted()).end();
  await gateway.connection({ host: 'some.test', port: server.port });
  const steps = gateway.records.filter(({ msg }) => msg.startsWith('attempt: '));
  const names = new Set(steps.map(({ msg }) => msg.slice('attempt: '.length)));
  for (const step of ['dials', 'is connected to the first proxy', 'says to the proxy', 'hears from the proxy'])
    assert.ok(names.has(step), step);
  assert.ok(names.has('is connected to the destination'));
  assert.ok(steps.every(({ level, line }) => level === 'trace' && line === 'telecom'));
});

inBothEngines('at level trace each question to a DNS server is a line, with its answer', async (world) => {
  const server = world.use(await PeerServer.listen());
  const dns = world.use(await DnsServer.start({ 'some.test': { A: ['127.0.0.1'] } }));
  const nameservers = `127.0.0.1:${dns.port}`;
  const asking = { nameservers, dns: { ipv6: 'on', timeout_ms: 1500, try_timeout_ms: 1000 } };
  const gateway = await world.gateway({ ...asking, log_level: 'trace' });
  const client = world.use(await through(gateway.port, { host: 'some.test', port: server.port }));
  const questions = () => gateway.records.filter(({ msg }) => msg === 'DNS question');
  await until('both questions are logged', () => questions().length === 2);
  client.close();
  const said = questions().map(({ level, server: asked, name, type, answer, addresses }) =>
    [level, asked, name, type, answer, addresses].join(' '),
  );
  const question = `trace udp://${nameservers} some.test`;
  assert.deepEqual(said.sort(), [`${question} A addresses 127.0.0.1`, `${question} AAAA nodata `]);
  assert.ok(questions().every(({ time_ms }) => Number.isInteger(time_ms)));
  dns.trick = () => 'drop';
  const lost = await dial(gateway.port, { host: 'other.test', port: server.port });
  lost.peer.close();
  const unanswered = () => questions().filter(({ name, answer }) => name === 'other.test' && answer === 'no-answer');
  await until('that there was no answer is logged', () => unanswered().length > 0);
  assert.equal(typeof unanswered()[0]['reason'], 'string');
});

inBothEngines(
  'a connection that failed has its cause, one that never said its target has how it ended',
  async (world) => {
    const gateway = await world.gateway({ log_level: 'debug', handshake_timeout_ms: 300 });
    const closed = { host: '127.0.0.1', port: await freePort() };
    const { peer } = await dial(gateway.port, closed);
    peer.close();
    const failed = untimed(await gateway.connection(closed)) as LogRecord;
    assert.deepEqual([failed.ending, failed.cause, failed['bytes_up']], ['failed', 'refused', 0]);
    assert.deepEqual([failed['reply'], failed['winner'], failed['why']], [5, undefined, undefined]);
    const silent = world.use(await Peer.connect(gateway.port));
    await silent.ended();
    const garbage = world.use(await Peer.connect(gateway.port));
    garbage.send(Buffer.from([6, 1, 2, 3]));
    await garbage.ended();
    await gateway.idle();
    await gateway.stop();
    assert.deepEqual(
      gateway.connections.map(({ ending }) => ending),
      ['failed', 'handshake-timeout', 'unknown-protocol'],
    );
  },
);
