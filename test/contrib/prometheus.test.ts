// What contrib has for Prometheus and Grafana: its rules are valid and its alerts fire for what they are for, and every query names
// metrics that there are, and is answered over a real gateway by a real Prometheus.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeKeys } from '../../src/main/commands/fleet/key.js';
import { FAMILIES } from '../../src/workers/admin/metrics/families/all.js';
import { HEALTH } from '../../src/workers/admin/shared/line-health.js';
import { root } from '../helpers/gateway.js';
import { World } from '../helpers/gateway-world.js';
import { type Prometheus, startPrometheus, whyNoPrometheus } from '../helpers/prometheus.js';
import { freePort } from '../helpers/proxies.js';
import { startRedis, whyNoRedis } from '../helpers/redis.js';
import { echoServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { eventually } from '../helpers/until.js';

const RULES = join(root, 'contrib/prometheus/tcproute.rules.yml');
const skip = whyNoPrometheus() ?? false;

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const dashboard = JSON.parse(readFileSync(join(root, 'contrib/grafana/tcproute.json'), 'utf8')) as {
  readonly panels: readonly Panel[];
};
/** With what Grafana puts in the place of its variables when all gateways and lines are shown. */
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => {
    const query = expr.replaceAll('$instance', '.+').replaceAll('$line', '.+').replaceAll('$__rate_interval', '30s');
    return { title, query };
  }),
);

function promtool(...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

test('the rules are valid', { skip }, () => promtool('check', 'rules', RULES));

test('each alert fires for what it is for, and for nothing else', { skip }, () => {
  promtool('test', 'rules', join(root, 'test/contrib/tcproute.rules.test.yml'));
});

test('each alert is tested', () => {
  const names = [...readFileSync(RULES, 'utf8').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const tested = readFileSync(join(root, 'test/contrib/tcproute.rules.test.yml'), 'utf8');
  assert.ok(names.length > 0);
  assert.deepEqual(
    names.filter((name) => !tested.includes(`alertname="${name}"`)),
    [],
  );
});

/** Those of the gateway in a query. */
const metricsIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\btcproute_\w+/g)].map(([name]) => name)),
];
const known = new Set(
  FAMILIES.flatMap(({ name, kind }) => (kind === 'histogram' ? [`${name}_bucket`, `${name}_count`] : [name])),
);

test('dashboard and rules name metrics that there are, and the dashboard each of the lines', () => {
  const rules = readFileSync(RULES, 'utf8').replaceAll(/- record: .*/g, '');
  const shown = queries.flatMap(({ query }) => metricsIn(query));
  assert.deepEqual(
    [...shown, ...metricsIn(rules)].filter((name) => !known.has(name)),
    [],
  );
  const ofLines = FAMILIES.filter(({ name }) => name.startsWith('tcproute_line_') && name.endsWith('_total'));
  assert.deepEqual(
    ofLines.map(({ name }) => name).filter((name) => !shown.includes(name)),
    [],
  );
});

test('rules, their tests and the dashboard know the states of a line by the words that there are', () => {
  const files = ['contrib/grafana/tcproute.json', 'test/contrib/tcproute.rules.test.yml'].map((one) => join(root, one));
  const texts = [RULES, ...files].map((file) => readFileSync(file, 'utf8')).join('');
  const states = [...texts.matchAll(/tcproute_line_state\{[^}]*\bstate!?=\\?"([^"\\]+)/g)].map(([, state]) => state);
  assert.ok(states.length > 0);
  assert.deepEqual(
    states.filter((state) => !HEALTH.some((one) => one === state)),
    [],
  );
});

/** Queries of which nothing may come: of what has not happened here. */
const MAY_BE_EMPTY = /^(?:Forged or broken|Handshakes that failed)$/;
/** The same of metrics: with it, what comes of news and of leases. */
const MAY_BE_ABSENT =
  /^tcproute_(?:handshake_failures_total|share_(?:news_(?:read|refused)_total|leases|claims_total|limits_lost))$/;

/** Clients that are served, one that fails, and one that speaks nonsense. */
async function traffic(port: number, echo: number): Promise<void> {
  for (let client = 0; client < 3; client += 1) {
    const peer = await through(port, { host: '127.0.0.1', port: echo });
    peer.send('hello');
    await peer.read(5);
    peer.end();
    await peer.ended();
  }
  const { peer } = await dial(port, { host: '127.0.0.1', port: await freePort() });
  await peer.ended();
}

/** What has a gateway share over a Redis of its own; nothing where there is none. */
async function sharing(context: TestContext, world: World): Promise<object> {
  if (whyNoRedis() !== undefined) return {};
  const redis = await startRedis();
  world.use({ close: () => redis.stop() });
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-prometheus-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const made = makeKeys('a', directory);
  assert.equal(made.kind, 'made');
  const { secret_file, sign_key_file, public_key } = made.keys;
  const files = { secret_file: join(directory, secret_file), sign_key_file: join(directory, sign_key_file) };
  return { share: { url: redis.url, gateway: 'a', ...files, gateways: { a: public_key } } };
}

async function isWell(prometheus: Prometheus): Promise<boolean> {
  // Rates need two scrapes behind the traffic.
  const [seen] = await prometheus.query('count_over_time(tcproute_connections_succeeded_total[1m])');
  const [served] = await prometheus.query('tcproute_connections_failed_total{cause="refused"}');
  return Number(seen?.value[1] ?? 0) >= 4 && served !== undefined;
}

test('Prometheus scrapes a gateway, evaluates all rules, and answers every query of the dashboard', {
  skip,
  timeout: 90_000,
}, async (context) => {
  const world = new World('epoll');
  context.after(() => world.end());
  const echo = world.use(await echoServer());
  const listen = `127.0.0.1:${await freePort()}`;
  // First, since it scrapes nothing in its first five seconds. It ends before the gateway, which then has to hold no connection.
  const prometheus = await startPrometheus(listen, RULES);
  world.use({ close: () => prometheus.stop() });
  const gateway = await world.gateway({ admin: { listen }, ...(await sharing(context, world)) });
  await eventually('it has been scraped', async () => (await prometheus.query('tcproute_build_info')).length > 0);
  await traffic(gateway.port, echo.port);
  await eventually('the traffic has been scraped', () => isWell(prometheus));

  const targets = (await prometheus.ask('targets')) as {
    readonly activeTargets: readonly { readonly health: string; readonly lastError: string }[];
  };
  assert.deepEqual(
    targets.activeTargets.map(({ health, lastError }) => [health, lastError]),
    [['up', '']],
  );

  const names = (await prometheus.ask('label/__name__/values')) as readonly string[];
  const isAbsent = (name: string): boolean =>
    MAY_BE_ABSENT.test(name) || (whyNoRedis() !== undefined && name.startsWith('tcproute_share_'));
  const expected = FAMILIES.map(({ name, kind }) => (kind === 'histogram' ? `${name}_bucket` : name));
  assert.deepEqual(
    expected.filter((name) => !names.includes(name) && !isAbsent(name)),
    [],
  );

  const empty: string[] = [];
  for (const { title, query } of queries) {
    const found = await prometheus.query(query);
    const mayBeEmpty = MAY_BE_EMPTY.test(title) || (whyNoRedis() !== undefined && title.startsWith('Fleet: '));
    if (found.length === 0 && !mayBeEmpty && !query.includes('tcproute_share_news_re'))
      empty.push(`${title}: ${query}`);
  }
  assert.deepEqual(empty, []);

  const evaluated = (await prometheus.ask('rules')) as {
    readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
  };
  const rules = evaluated.groups.flatMap((group) => group.rules);
  assert.ok(rules.length > 10);
  assert.deepEqual(
    rules.filter(({ health }) => health !== 'ok'),
    [],
  );
});
