// By which lines datagrams go: rules, what is remembered, limits; and what `explain --udp` says.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as passes } from 'node:timers/promises';
import type { FlowExplanation } from '../../src/main/commands/explain/flow.js';
import { SINCE_FIRST_MS } from '../../src/protocol/udp/silent-flows.js';
import { directory, explain, multipath } from '../helpers/explain-command.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { UdpAssociation } from '../helpers/udp/client.js';
import { UdpServer, udpEcho } from '../helpers/udp/servers.js';
import { until } from '../helpers/until.js';

const [FIRST, SECOND] = ['127.0.0.11', '127.0.0.12'];
const LINES = multipath(
  { type: 'direct', name: 'first', source_ip: FIRST },
  { type: 'direct', name: 'second', source_ip: SECOND },
  { type: 'direct', name: 'third', source_ip: '127.0.0.13' },
  { type: 'http', name: 'web', host: '127.0.0.1', port: 9 },
);

inBothEngines(
  'flows take the lines of their rules, and each client network has so many associations',
  async (world) => {
    const servers = [world.use(await udpEcho()), world.use(await udpEcho()), world.use(await udpEcho())] as const;
    const [usual, kept, blocked] = servers;
    const gateway = await world.gateway({
      upstream: LINES,
      rules: [
        { port: kept.port, use: 'second' },
        { port: blocked.port, block: true },
      ],
      udp: { client_associations_max: 2 },
    });
    const proxy = { host: '127.0.0.1', port: gateway.port };
    const client = world.use(await UdpAssociation.open(proxy));
    client.send({ host: '127.0.0.1', port: blocked.port }, 'blocked');
    for (const server of [usual, kept]) {
      client.send({ host: '127.0.0.1', port: server.port }, 'hello');
      assert.equal((await client.read()).port, server.port);
    }
    const from = servers.map(({ sources }) => [...sources].map((source) => source.split(' ')[0]));
    assert.deepEqual(from, [[FIRST], [SECOND], []]);
    world.use(await UdpAssociation.open(proxy));
    await assert.rejects(UdpAssociation.open(proxy), /REP 2/);
  },
);

inBothEngines('the line over which datagrams were answered leads, also over a restart', async (world) => {
  const server = world.use(await udpEcho());
  const destination = { host: '127.0.0.1', port: server.port };
  const config = { upstream: LINES, cache: { state_file: join(directory, `${world.engine}-routes`) } };
  const rules = [{ port: server.port, use: ['second', 'third'] }];
  for (const more of [{ rules }, {}]) {
    const gateway = await world.gateway({ ...config, ...more });
    const client = await UdpAssociation.open({ host: '127.0.0.1', port: gateway.port });
    client.send(destination, 'hello');
    assert.equal((await client.read()).bytes.toString(), 'hello');
    await client.close();
    await gateway.stop();
  }
  assert.deepEqual(new Set([...server.sources].map((source) => source.split(' ')[0])), new Set([SECOND]));
  const { status, stdout, stderr } = await explain(world, config, `127.0.0.1:${server.port}`, '--udp', '--json');
  assert.deepEqual([status, stderr], [0, '']);
  const { flow, flow_of } = JSON.parse(stdout) as FlowExplanation;
  assert.equal(flow_of, 'own');
  assert.deepEqual(
    flow.lines.map(({ line, why, addresses: [one] }) => [line, why[0]?.kind, one?.turn, one?.why[0]?.kind]),
    [
      ['second', undefined, 1, 'remembered'],
      ['first', undefined, 2, undefined],
      ['third', undefined, 3, undefined],
      ['web', 'unfit', undefined, undefined],
    ],
  );
});

inBothEngines('questions of one datagram leave a line that swallows them', async (world) => {
  const swallows = (from: string) => from === FIRST;
  const server = world.use(
    await UdpServer.listen((bytes, from) => {
      if (!swallows(from.address)) server.send(bytes, from);
    }),
  );
  const destination = { host: '127.0.0.1', port: server.port };
  // Each actor counts for itself.
  const gateway = await world.gateway({ upstream: LINES, workers: 1 });
  const ask = async (): Promise<boolean> => {
    const client = await UdpAssociation.open({ host: '127.0.0.1', port: gateway.port });
    const before = server.count;
    client.send(destination, 'question');
    await until('the question has come', () => server.count > before);
    const isAnswered = ![...server.sources].every((source) => swallows(source.split(' ')[0]));
    if (isAnswered) assert.equal((await client.read()).bytes.toString(), 'question');
    await client.close();
    return isAnswered;
  };
  // A resolver asks again after a while.
  const begun = performance.now();
  while (!(await ask())) {
    assert.ok(performance.now() - begun < 20_000, 'nothing goes over another line');
    await passes(300);
  }
  assert.ok(performance.now() - begun > SINCE_FIRST_MS, 'not before the first one might have been answered');
  assert.equal(await ask(), true);
  assert.equal([...server.sources].filter((source) => source.startsWith(`${SECOND} `)).length, 2);
});
