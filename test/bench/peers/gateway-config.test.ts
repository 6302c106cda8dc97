import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONFIG_FILE, gatewayFiles, SECRET_FILE } from '../../../bench/peers/gateway-config.js';
import type { Setting } from '../../../bench/peers/peer.js';
import { EgressPolicy } from '../../../src/protocol/egress/policy.js';
import { parseRoutes } from '../../../src/protocol/routes/snapshot.js';
import { areClientsLimited } from '../../../src/threads/shared/client-limits.js';
import { loadText, optionsOf } from '../../main/config/load-text.js';

const NOW = Date.UTC(2030, 0, 1);
const TARGET = { echo: [], source: [], sink: [], proxy: [20_001, 20_002] };

const filesFor = (setting: Setting) => gatewayFiles({ setting, target: TARGET, directory: tmpdir() }, NOW);
const optionsFor = (files: Record<string, string>) => optionsOf(loadText(CONFIG_FILE, files[CONFIG_FILE]));

test('a gateway as it comes has no files', () => {
  assert.deepEqual(filesFor({ kind: 'plain' }), {});
});

test('the only line leads through a proxy of the target, the next start through the next one', () => {
  const ports = [1, 2].map(() => {
    const { lines } = optionsFor(filesFor({ kind: 'line' }));
    assert.equal(lines.length, 1);
    assert.equal(lines[0].hops[0].host, '127.0.0.1');
    return lines[0].hops[0].port;
  });
  assert.deepEqual(ports.sort(), TARGET.proxy);
});

test('every route is taken up by a gateway with that configuration, and has a best candidate', () => {
  const files = filesFor({ kind: 'routes', count: 300 });
  const { lines, cache } = optionsFor(files);
  assert.equal(lines.length, 2);
  assert.equal(cache.state_file, `${tmpdir()}/routes`);
  const bounds = { now: NOW + 5000, age_max_ms: cache.ttl_s * 1000, entries_max: cache.entries_max };
  const parsed = parseRoutes(files['routes'], lines, bounds);
  assert.equal(parsed.kind, 'snapshot');
  const { routes } = parsed as Extract<typeof parsed, { kind: 'snapshot' }>;
  assert.equal(new Set(routes.map(({ destination }) => destination)).size, 300);
  assert.ok(routes.every(({ best, candidates }) => best === 0 && candidates.length === 1));
});

test('without routes the configuration is the same', () => {
  const [without, some] = [0, 3].map((count) => filesFor({ kind: 'routes', count }));
  assert.equal(without[CONFIG_FILE], some[CONFIG_FILE]);
  const bounds = { now: NOW, age_max_ms: 1000, entries_max: 1000 };
  const nothing = { kind: 'snapshot', routes: [], pins: [] };
  assert.deepEqual(parseRoutes(without['routes'], optionsFor(without).lines, bounds), nothing);
});

test('the only user is the one that the clients show to be', () => {
  const user = { name: 'alice', password: 'open sesame' };
  const { users } = optionsFor(filesFor({ kind: 'users', user }));
  assert.deepEqual(
    users?.inline.map(({ name }) => name),
    [user.name],
  );
});

test('where clients are guarded against, limits hold for each, and addresses are judged: the target is allowed', () => {
  const { egress, limits, listen } = optionsFor(filesFor({ kind: 'guarded' }));
  assert.ok(egress.guarded && areClientsLimited({ limits, listen }));
  assert.ok(limits.client_connections_max > 0 && limits.client_rate > 0 && limits.client_handshakes_max > 0);
  const policy = new EgressPolicy(egress, () => false);
  const denied = (...ip: number[]): boolean => policy.denies(Uint8Array.from(ip), 80) !== undefined;
  assert.deepEqual([denied(127, 0, 0, 1), denied(10, 0, 0, 1), denied(169, 254, 169, 254)], [false, true, true]);
  assert.ok(new EgressPolicy(egress, () => true).denies(Uint8Array.of(192, 0, 2, 1), 80));
});

test('gateways that share and those that do not have the same lines', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-bench-'));
  const filesWith = (url: string | undefined) =>
    gatewayFiles({ setting: { kind: 'shared', url }, target: TARGET, directory }, NOW);
  const without = optionsFor(filesWith(undefined));
  const files = filesWith('redis://127.0.0.1:6379');
  writeFileSync(join(directory, SECRET_FILE), files[SECRET_FILE], { mode: 0o600 });
  const shared = optionsFor(files);
  rmSync(directory, { recursive: true });
  assert.equal(without.share.url, null);
  assert.deepEqual(
    shared.share.url?.map((place) => place.kind === 'internet' && place.port),
    [6379],
  );
  assert.deepEqual(shared.lines, without.lines);
  assert.equal(shared.lines.length, 2);
});
