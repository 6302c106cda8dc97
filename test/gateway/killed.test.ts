// A process that is killed while it writes its state: what it leaves behind is whole, and the next one starts with it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dice } from '../helpers/dice.js';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';

const LIVES = 4;
const SEED = Number(process.env['TCPROUTE_TEST_SEED'] ?? 1);

/** The routes are JSON line by line, with a mark of the end; the bad addresses are one JSON text. */
function readWhole(file: string): void {
  const text = readFileSync(file, 'utf8').trimEnd();
  if (!text.endsWith('\nend')) JSON.parse(text);
  else for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
}

inBothEngines(
  'killed at any moment of its end, it leaves state files that are whole, and starts again',
  async (world) => {
    const server = world.use(await echoServer());
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-killed-'));
    world.use({ close: () => rmSync(directory, { recursive: true, force: true }) });
    const [routes, names] = [join(directory, 'routes.json'), join(directory, 'names.json')];
    const list = [{ type: 'direct' }, { type: 'direct', source_ip: '127.0.0.2' }];
    const config = {
      workers: 2,
      ...{ race: {}, upstream: { type: 'multipath', list }, hosts: { 'site.test': '127.0.0.1' } },
      ...{ cache: { state_file: routes }, dns: { state_file: names } },
    };
    const roll = dice(SEED);
    for (let life = 0; life < LIVES; life += 1) {
      const gateway = await Gateway.start(config, world.engine);
      for (let i = 0; i < 20; i += 1) (await dial(gateway.port, { host: 'site.test', port: server.port })).peer.close();
      gateway.child.kill('SIGTERM');
      // Somewhere in what follows: this is what is tested, not a wait for it.
      await delay(roll(60));
      await gateway.kill();
      const wrong = gateway.records.filter(({ level }) => level !== 'info');
      assert.deepEqual(wrong, [], `life ${life} of seed ${SEED}`);
      for (const file of [routes, names]) {
        if (existsSync(file)) assert.doesNotThrow(() => readWhole(file), `seed ${SEED}: ${file}`);
      }
    }
    const last = world.own(await Gateway.start(config, world.engine));
    (await dial(last.port, { host: 'site.test', port: server.port })).peer.close();
    await last.stop();
    readWhole(routes);
    assert.match(readFileSync(routes, 'utf8'), /site\.test/);
  },
  120_000,
);
