// Every key of the configuration, tested as reload: what is told of it, and, where an effect can be seen from outside, that it is
// there after the reload and was not before. A new key of the schema needs a row in helpers/reload-rows.ts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { reloadBy } from '../../src/main/commands/reload.js';
import { KEYS } from '../../src/main/config/keys.js';
import { DnsServer } from '../helpers/dns-server.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { ROWS } from '../helpers/reload-rows.js';
import { ALICE, Scene } from '../helpers/reload-scene.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { SIGN_KEY } from '../helpers/sign-key.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-keys-'));
after(() => rmSync(directory, { recursive: true }));
const file = (name: string): string => join(directory, name);

type Tree = { readonly [key: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Both, with what the second one has where both have something. */
function joined(one: Tree, other: Tree): Tree {
  const both = Object.keys(other).map((key) => {
    const [a, b] = [one[key], other[key]];
    return [key, isTree(a) && isTree(b) ? joined(a, b) : b];
  });
  return { ...one, ...Object.fromEntries(both) };
}

/** A configuration with one value. */
const at = (path: string, value: unknown): Tree =>
  path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;

test('no key of the schema is without a row, and no row without a key', () => {
  assert.deepEqual(Object.keys(ROWS).sort(), KEYS.map(({ path }) => path).sort());
});

inBothEngines(
  'every key changes by a reload what it says, and nothing else is told',
  async (world) => {
    const scene = await sceneOf(world);
    const { gateway, dns, proxy } = scene;
    const given = { file, dnsPort: dns.port, line: proxy.line, port: await freePort(), own: gateway.port };
    let asked = control(world);
    const reload = async (config: Tree) => {
      gateway.write(config);
      const { complaints, ...report } = await reloadBy(asked);
      if (report.status === 0) asked = String(config['control_socket']);
      return { ...report, complaints: complaints.filter((one) => !one.startsWith('warning: ')) };
    };
    for (const [key, rowOf] of Object.entries(ROWS)) {
      const { value, base = {}, told: changed = [key], how, observe, seen } = rowOf(given);
      const before = joined({ control_socket: control(world), port: gateway.port }, base as Tree);
      assert.deepEqual((await reload(before)).complaints, [], key);
      if (observe !== undefined) await observed(`${key} before`, () => observe(scene), seen?.[0]);
      const { status, said, complaints } = await reload(joined(before, at(key, value)));
      assert.deepEqual([status, complaints], [0, []], key);
      const nothing = how === 'restart' || changed.length === 0 ? ['nothing has changed'] : [];
      const late = how === 'restart' ? [`needs an upgrade or a restart: ${key}`] : [];
      const lines = how === 'restart' ? [] : changed.map((one) => `changed: ${one}`);
      assert.deepEqual(said, [...lines, ...nothing, ...late], key);
      if (observe !== undefined) await observed(`${key} after`, () => observe(scene), seen?.[1]);
    }
    assert.deepEqual((await reload({ control_socket: control(world), port: gateway.port })).complaints, []);
  },
  120_000,
);

const control = ({ engine }: World): string => file(`${engine}-control`);

async function sceneOf(world: World): Promise<Scene> {
  writeFileSync(file('token'), 'a-token-of-a-test');
  writeFileSync(file('secret'), 's'.repeat(32));
  writeFileSync(file('sign-key'), SIGN_KEY.pem);
  writeFileSync(file('users.json'), JSON.stringify({ alice: { password: ALICE.password } }));
  writeFileSync(file('ca.pem'), rootCertificates[0] as string);
  const server = world.use(await echoServer());
  const dns = world.use(await DnsServer.start({}, { wildcards: { 'a.test': { A: ['127.0.0.1'], AAAA: ['::1'] } } }));
  const proxy = world.use(await TrickProxy.listen('works'));
  const gateway = await ReloadedGateway.start(
    world,
    { control_socket: control(world), port: await freePort() },
    // An empty variable counts as none.
    { environment: { TCPROUTE_ENGINE: '' } },
  );
  return new Scene(gateway, server, dns, proxy);
}

/** What is observed comes to be that, at the latest after some seconds. */
async function observed(what: string, observe: () => unknown, expected: unknown): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    const seen = await observe();
    if (isDeepStrictEqual(seen, expected)) return;
    if (performance.now() > end) assert.deepEqual(seen, expected, what);
    await delay(10);
  }
}
