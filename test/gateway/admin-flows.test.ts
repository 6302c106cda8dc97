// Flows of datagrams as an operator sees and ends them, in a running gateway: what is told of them by the API, the metrics, the
// access log and the report.
import assert from 'node:assert/strict';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { fetchByQuic } from '../helpers/quic/client.js';
import { QUIC_NAME, QUIC_TEXT, QuicServer, withoutQuic } from '../helpers/quic/server.js';
import { TrickRelay } from '../helpers/quic/trick-relay.js';
import { UdpAssociation } from '../helpers/udp/client.js';
import { udpEcho } from '../helpers/udp/servers.js';
import { UdpShim } from '../helpers/udp/shim.js';
import { eventually, until } from '../helpers/until.js';

interface Shown {
  readonly id: string;
  readonly association: string;
  readonly target: string;
  readonly phase: string;
  readonly line: string;
  readonly datagrams_up: number;
  readonly bytes_down: number;
  readonly kind: string;
  readonly sni?: string;
  readonly attempts: readonly { readonly line: string; readonly datagrams: number; readonly result?: string }[];
  readonly ending?: string;
}

interface List {
  readonly flows: readonly Shown[];
  readonly matched: number;
}

inBothEngines('flows are listed, counted, and ended as their operator says', async (world) => {
  const gateway = await world.gateway({
    ...{ admin: { listen: '127.0.0.1:0' }, workers: 2, log: { access: { enabled: 'on' } } },
  });
  const place = await adminPlace(gateway);
  const told = async (path: string, method = 'GET'): Promise<string> => {
    const { status, body } = await askAdmin(place, path, { method });
    assert.equal(status, 200, body);
    return body;
  };
  const ask = async <Answer>(path: string, method = 'GET'): Promise<Answer> =>
    JSON.parse(await told(`/api/v1${path}`, method)) as Answer;
  const [one, other] = [world.use(await udpEcho()), world.use(await udpEcho())];
  const client = world.use(await UdpAssociation.open({ host: '127.0.0.1', port: gateway.port }));
  const echo = async (port: number, text: string): Promise<void> => {
    client.send({ host: '127.0.0.1', port }, text);
    assert.equal((await client.read()).bytes.toString(), text);
  };
  await echo(one.port, '12345');
  await echo(one.port, '678');
  await echo(other.port, 'x'.repeat(1200));

  const { flows, matched } = await ask<List>('/flows?sort=opened_at&order=asc');
  assert.equal(matched, 2);
  const [first, second] = flows as [Shown, Shown];
  assert.deepEqual([first.target, first.phase], [`127.0.0.1:${one.port}`, 'open']);
  assert.deepEqual([first.datagrams_up, first.bytes_down, second.bytes_down], [2, 8, 1200]);
  const { connections } = await ask<{ readonly connections: readonly { readonly id: string }[] }>('/connections');
  assert.deepEqual([connections.map(({ id }) => id), second.association], [[first.association], first.association]);
  assert.equal((await ask<List>(`/flows?association=${first.association}&target=:${other.port}`)).matched, 1);

  const metrics = await told('/metrics');
  for (const line of [
    ...['tcproute_udp_associations_open 1', 'tcproute_udp_flows_open 2', 'tcproute_udp_flows_total 2'],
    ...['tcproute_udp_datagrams_total{direction="up"} 3', 'tcproute_udp_bytes_total{direction="down"} 1208'],
  ]) {
    assert.ok(metrics.includes(`\n${line}\n`), line);
  }

  // What is sent to an ended flow's destination opens another one.
  assert.deepEqual(await ask(`/flows/${first.id}`, 'DELETE'), { closed: 1 });
  await echo(one.port, 'again');
  assert.equal((await ask<Shown>(`/flows/${first.id}`)).ending, 'closed-by-operator');
  const lines = () => gateway.records.filter(({ msg }) => msg === 'access-udp');
  await until('it has its line', () => lines().length === 1);
  client.control.close();
  await until('the others have their lines', () => lines().length === 3);
  assert.deepEqual(
    lines()
      .map(({ ending, bytes_up }) => [ending, bytes_up])
      .sort(),
    [
      ['association-ended', 1200],
      ['association-ended', 5],
      ['closed-by-operator', 8],
    ],
  );
  assert.deepEqual(await ask('/flows'), { flows: [], matched: 0, silent_workers: [] });
  assert.equal((await ask<List>('/flows?state=ended')).matched, 3);

  gateway.child.kill('SIGUSR2');
  const { associations, associationsEnded, flows: opened, datagramsUp } = await gateway.logged('report: UDP');
  assert.deepEqual([associations, associationsEnded, opened, datagramsUp], [1, 1, 3, 4]);
});

async function rescue(world: World): Promise<void> {
  const [first, second, host] = ['127.0.1.1', '127.0.1.2', '127.0.2.1'];
  const server = world.use(await QuicServer.start());
  const relay = world.use(await TrickRelay.listen(server, { [first]: 'swallows' }, host));
  const gateway = await world.gateway({
    admin: { listen: '127.0.0.1:0' },
    upstream: { type: 'multipath', list: [first, second].map((ip) => ({ type: 'direct', source_ip: ip, name: ip })) },
    race: { first_byte_ms: 150, margin_ms: 150 },
  });
  const place = await adminPlace(gateway);
  const shim = await UdpShim.open({ host: '127.0.0.1', port: gateway.port }, { host, port: relay.port });
  const { text, output } = await fetchByQuic(shim).finally(() => shim.close());
  assert.equal(text, QUIC_TEXT, output);
  const list = async (): Promise<List> =>
    JSON.parse((await askAdmin(place, `/api/v1/flows?state=ended&target=${QUIC_NAME}`)).body) as List;
  await eventually('it has ended', async () => (await list()).matched === 1);
  const [{ kind, sni, line, attempts, bytes_down }] = (await list()).flows as [Shown];
  assert.deepEqual([kind, sni, line], ['quic', QUIC_NAME, second]);
  assert.deepEqual(
    attempts.map((one) => [one.line, one.result]),
    [
      [first, 'silent'],
      [second, 'answered'],
    ],
  );
  assert.ok(attempts.every(({ datagrams }) => datagrams > 0));
  assert.ok(bytes_down > QUIC_TEXT.length);
  const { body: metrics } = await askAdmin(place, '/metrics');
  for (const name of ['quic_flows_total', 'quic_races_total', 'quic_rescues_total', 'quic_answer_seconds_count']) {
    assert.ok(metrics.includes(`\ntcproute_udp_${name} 1\n`), name);
  }
}
inBothEngines('a QUIC flow that a second line carried is told with its race', rescue, 60_000, withoutQuic());
