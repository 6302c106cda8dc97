// GET /metrics over what actors have counted in shared memory, also while some of them do not answer.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Hono } from 'hono';
import type { Listener } from '../../../../src/protocol/inbound/listener.js';
import { UNSTEERED } from '../../../../src/protocol/steering/steering.js';
import type { Former } from '../../../../src/threads/contracts/admin/control.js';
import type { LineNow } from '../../../../src/threads/contracts/admin/routes.js';
import { ActorCounts, newActorMemory } from '../../../../src/threads/shared/actor-memory.js';
import { ConnectionCounts } from '../../../../src/threads/shared/connection-counts.js';
import { Counter, Counters } from '../../../../src/threads/shared/counters.js';
import { GatewayCount, GatewayCounts } from '../../../../src/threads/shared/gateway-counts.js';
import { LineBytes } from '../../../../src/threads/shared/line-bytes.js';
import { LineCount, LineCounts } from '../../../../src/threads/shared/line-counts.js';
import { UdpLines } from '../../../../src/threads/shared/udp-lines.js';
import { serveMetrics } from '../../../../src/workers/admin/metrics/metrics.js';
import { Gathering, type GatheringParts } from '../../../../src/workers/admin/metrics/readings/gather.js';
import { defaultOptions } from '../../../helpers/default-options.js';
import { shareSeen } from '../../../helpers/share-seen.js';
import { sharing } from '../../../helpers/sharing.js';

const options = defaultOptions();
const [{ number, name }] = options.lines;
const LISTENER: Listener = {
  ...{ number: 3, name: 'lan', address: '192.0.2.1:1080', endpoint: undefined, protocols: ['socks5'] },
  ...{ wantsUser: false, allowClients: [], proxyFrom: [] },
};

const NOTHING: Former = { lines: [], listeners: [] };

const never = (): Promise<never> => new Promise(() => {});

/** What two actors have counted. */
function counted(): Pick<GatheringParts, 'counters' | 'counted' | 'counts' | 'udpLines'> {
  const counters = Counters.create(2);
  const memories = [0, 1].map(newActorMemory);
  for (const { actor, lineCounts, connectionCounts, lineBytes } of memories) {
    new Counters(counters).of(actor)[Counter.attempts] += 5;
    new Counters(counters).of(actor)[Counter.connected] += 2;
    const lines = new LineCounts(lineCounts);
    lines.add(number, LineCount.attempts);
    lines.connected(number, 20);
    new LineBytes(lineBytes).add(number, 100, 1000);
    const connections = new ConnectionCounts(connectionCounts);
    for (let opened = 0; opened < 3; opened += 1) connections.opened(LISTENER.number);
    connections.ended(LISTENER.number, 'complete');
    connections.handshakeFailed('http', 'refused');
    connections.failed('no-such-name');
  }
  const read = new ActorCounts(memories);
  const udpLines = new UdpLines(UdpLines.create());
  udpLines.failed(1, 'proxy-unreachable', false);
  return { counters: new Counters(counters), counted: () => 2, counts: () => read, udpLines };
}

function appOf(parts: Partial<GatheringParts>): Hono {
  const ofGateway = new GatewayCounts();
  ofGateway.add(GatewayCount.reloadsRefused);
  ofGateway.died('dns');
  ofGateway.arrived(LISTENER.number, 'limited');
  const traces = () => ({ sent: 4, dropped: 1 });
  const own = { options: () => options, listeners: () => [LISTENER], former: () => NOTHING, ofGateway, traces };
  const others = {
    ...{ gateway: { version: async () => '1.2.3' }, names: () => undefined, routes: () => undefined },
    share: () => undefined,
  };
  const gathering = new Gathering({ ...own, ...counted(), ...others, ...parts });
  const app = new Hono();
  serveMetrics(app, () => gathering.gather());
  return app;
}

async function scraped(app: Hono): Promise<readonly string[]> {
  const response = await app.request('/metrics');
  assert.equal(response.status, 200);
  return (await response.text()).split('\n');
}

function hasAll(lines: readonly string[], wanted: readonly string[]): void {
  for (const one of wanted) assert.ok(lines.includes(one), `no ${one}`);
}

test('what actors have counted is summed, by listener, line, and cause', async () => {
  hasAll(await scraped(appOf({})), [
    `tcproute_build_info{version="1.2.3",node="${process.version}"} 1`,
    'tcproute_dials_total 10',
    'tcproute_dial_amplification_ratio 2.5',
    'tcproute_connections_opened_total{listener="lan"} 6',
    'tcproute_connections_ended_total{listener="lan",outcome="complete"} 2',
    'tcproute_connections_open{listener="lan"} 4',
    'tcproute_clients_turned_away_total{listener="lan",cause="over-limit"} 1',
    'tcproute_reloads_total{result="refused"} 1',
    'tcproute_actor_restarts_total{actor="dns"} 1',
    'tcproute_actor_turn_seconds_count{actor="main"} 0',
    'tcproute_handshake_failures_total{protocol="http",cause="refused"} 2',
    'tcproute_connections_failed_total{cause="no-such-name"} 2',
    `tcproute_line_info{line="${name}",kind="direct",tier="0"} 1`,
    `tcproute_line_attempts_total{line="${name}"} 2`,
    `tcproute_line_bytes_total{line="${name}",direction="down"} 2000`,
    `tcproute_line_connect_seconds_bucket{line="${name}",le="0.01"} 0`,
    `tcproute_line_connect_seconds_bucket{line="${name}",le="0.025"} 2`,
    `tcproute_line_connect_seconds_sum{line="${name}"} 0.04`,
    'tcproute_actor_queue_clients{actor="1"} 0',
    'tcproute_scrape_source_up{source="dns"} 0',
  ]);
});

test('what was counted of lines and listeners that a reload has removed, or changed, does not go back', async () => {
  const earlier = newActorMemory(2);
  const all = counted();
  const lines = new LineCounts(earlier.lineCounts);
  const bytes = new LineBytes(earlier.lineBytes);
  // 7: of the name of the line in force. 8: of another one.
  for (const line of [7, 8]) {
    lines.add(line, LineCount.wins);
    lines.connected(line, 20);
    lines.answered(line, 20);
    bytes.add(line, 10, 20);
  }
  const connections = new ConnectionCounts(earlier.connectionCounts);
  for (const listener of [LISTENER.number + 1, LISTENER.number + 2]) {
    for (let opened = 0; opened < 5; opened += 1) connections.opened(listener);
    connections.ended(listener, 'complete');
  }
  const mine = new ActorCounts([earlier]);
  const former: Former = {
    lines: [
      { number: 7, name },
      { number: 8, name: 'far' },
    ],
    listeners: [
      { number: LISTENER.number + 1, name: 'lan' },
      { number: LISTENER.number + 2, name: 'old' },
    ],
  };
  const shown = await scraped(appOf({ ...all, counts: () => mine, former: () => former }));
  hasAll(shown, [
    `tcproute_line_wins_total{line="${name}"} 1`,
    `tcproute_line_bytes_total{line="${name}",direction="up"} 10`,
    `tcproute_line_connect_seconds_count{line="${name}"} 1`,
    `tcproute_line_info{line="${name}",kind="direct",tier="0"} 1`,
    'tcproute_line_wins_total{line="far"} 1',
    'tcproute_line_bytes_total{line="far",direction="down"} 20',
    'tcproute_line_connect_seconds_sum{line="far"} 0.02',
    'tcproute_line_first_byte_seconds_count{line="far"} 1',
    'tcproute_connections_opened_total{listener="lan"} 5',
    'tcproute_connections_open{listener="lan"} 4',
    'tcproute_connections_open{listener="old"} 4',
    'tcproute_connections_ended_total{listener="old",outcome="complete"} 1',
    'tcproute_clients_accepted_total{listener="old"} 0',
  ]);
  assert.ok(!shown.some((line) => line.startsWith('tcproute_line_info{line="far"')));
  const series = shown.filter((line) => line.startsWith('tcproute_'));
  assert.equal(new Set(series).size, series.length, 'no series is there twice');
});

const WELL: LineNow = {
  ...{ line: number, name, tier: 0 },
  ...{ answers_early: false, is_dead: false, is_doubted: false, spent_budgets: 0 },
};

for (const [state, line] of [
  ['up', WELL],
  ['dead', { ...WELL, is_dead: true }],
  ['down', { ...WELL, is_dead: true, circuit: { failures: 3, for_ms: 1000 } }],
  ['link-down', { ...WELL, circuit: { failures: 3, for_ms: 1000 }, link: { at: 'eth0', fault: 'no-carrier' } }],
  ['up', { ...WELL, link: { at: 'eth0', fault: undefined } }],
] as const) {
  test(`the state of a line is one of four: ${state}`, async () => {
    const lines = async () => ({ lines: [line], steering: { ...UNSTEERED, paused: [number] } });
    const shown = await scraped(appOf({ routes: () => ({ size: async () => 7, lines }) }));
    hasAll(shown, [
      ...['up', 'down', 'dead', 'link-down'].map(
        (one) => `tcproute_line_state{line="${name}",state="${one}"} ${one === state ? 1 : 0}`,
      ),
      ...[`tcproute_line_paused{line="${name}"} 1`, 'tcproute_remembered_destinations 7'],
    ]);
  });
}

test('an actor that does not answer is left out after a second, and all else is there', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  const names = { statistics: never };
  const app = appOf({ names: () => names, routes: () => ({ size: never, lines: never }) });
  const lines = scraped(app);
  // The request has to reach the wait before time passes.
  await new Promise(setImmediate);
  mock.timers.tick(1000);
  hasAll(await lines, [
    'tcproute_scrape_source_up{source="dns"} 0',
    'tcproute_scrape_source_up{source="routes"} 0',
    'tcproute_connections_open{listener="lan"} 4',
    'tcproute_names_total{answered_by="own-copy"} 0',
  ]);
  mock.timers.reset();
});

test('OpenMetrics is sent to a client that asks for it, and neither form is to be stored', async () => {
  const app = appOf({});
  const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
  const response = await app.request('/metrics', { headers: { accept } });
  assert.equal(response.headers.get('content-type'), 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  assert.match(await response.text(), /\n# EOF\n$/);
  const text = await app.request('/metrics');
  assert.equal(text.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(text.headers.get('cache-control'), 'no-store');
});

const shared = { ...options, share: sharing() };

test('what is shared is told where there is an engine, and nothing of it where there is none', async () => {
  const lines = await scraped(appOf({ options: () => shared, share: () => ({ state: async () => shareSeen() }) }));
  hasAll(lines, [
    'tcproute_share_up 1',
    'tcproute_share_pulls_total{result="found"} 70',
    'tcproute_share_round_trip_seconds_sum 0.04',
    'tcproute_share_claims_total{what="made"} 40',
    'tcproute_share_claims_total{what="refused"} 13',
    'tcproute_scrape_source_up{source="share"} 1',
  ]);
  const alone = await scraped(appOf({}));
  assert.deepEqual(
    alone.filter((line) => /^tcproute_share_|source="share"/.test(line)),
    [],
  );
});

test('the engine counts as down while it is, and while the share actor is away', async () => {
  const down = { ...shareSeen(), engine: { ...shareSeen().engine, state: 'down' as const } };
  hasAll(await scraped(appOf({ options: () => shared, share: () => ({ state: async () => down }) })), [
    'tcproute_share_up 0',
    'tcproute_scrape_source_up{source="share"} 1',
  ]);
  hasAll(await scraped(appOf({ options: () => shared })), [
    'tcproute_share_up 0',
    'tcproute_scrape_source_up{source="share"} 0',
  ]);
});
