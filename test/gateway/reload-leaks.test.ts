// Reloads that change everything that a reload can change, to and fro, beside clients: no descriptor, thread or memory stays.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reloadBy } from '../../src/main/commands/reload.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';
import { visits } from '../helpers/visits.js';

const RELOADS = 24;
const WARM_UP = 6;

inBothEngines(
  'reloads that change everything to and fro leave nothing behind, and no client is lost',
  async (world) => {
    const server = world.use(await echoServer());
    const proxy = world.use(await TrickProxy.listen('works'));
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-leaks-'));
    const file = (name: string): string => join(directory, name);
    const configs = ['a', 'b'].map((name, number) => ({
      control_socket: file(`${name}-control`),
      pid_file: file(`${name}-pid`),
      log_level: number === 0 ? 'info' : 'debug',
      log: {
        destination: file(`${name}.log`),
        format: number === 0 ? 'json' : 'pretty',
        access: { enabled: 'on', destination: file(`${name}-access.log`), format: number === 0 ? 'text' : 'json' },
      },
      workers: 1 + number,
      upstream: number === 0 ? { type: 'direct' } : { ...proxy.line, name: 'proxy' },
      rules: [{ domain: `${name}.test`, block: true }],
      limits: { connections_max: 500 + number * 500, pipes_max: 8 + number * 8, client_connections_max: number * 400 },
      cache: { ttl_s: 100 + number, entries_max: 50 + number, state_file: file(`${name}-routes`) },
      dns: {
        timeout_ms: 2000 + number,
        entries_max: 60 + number,
        lookups_max: 70 + number,
        state_file: file(`${name}-bad`),
      },
    }));
    const [first, second] = configs as [(typeof configs)[0], (typeof configs)[0]];
    const { control_socket } = first;
    const gateway = await ReloadedGateway.start(world, { control_socket, workers: 1 }, { directory });
    let asked = control_socket;
    const around = async (times: number) => {
      for (let turn = 0; turn < times; turn += 1) {
        const next = turn % 2 === 0 ? second : first;
        gateway.write(next);
        const { status, complaints } = await reloadBy(asked);
        assert.deepEqual([status, complaints], [0, []]);
        asked = next.control_socket;
        await visits(10, gateway.port, server);
      }
    };
    const { child } = gateway.gateway;
    const threads = () => readdirSync(`/proc/${child.pid}/task`).length;
    const started = threads();
    const live = world.use(await through(gateway.port, server));
    await around(WARM_UP);
    // libuv's threads may have come since.
    await until('the actors that were too many have ended', () => threads() <= started + 4);
    const before = { threads: threads(), fds: gateway.gateway.fds().length, maps: gateway.gateway.mapsBesideHeaps() };
    await around(RELOADS);
    live.send('still');
    assert.equal((await live.read(5)).toString(), 'still');
    await until('the threads have ended', () => threads() <= before.threads);
    await until('the descriptors are closed', () => gateway.gateway.fds().length <= before.fds);
    const maps = gateway.gateway.mapsBesideHeaps();
    // koffi keeps the three maps of each worker that has ended.
    assert.ok(maps < before.maps + 60, `${before.maps} → ${maps}`);
    live.end();
    assert.equal(await live.ended(), 'eof');
  },
  300_000,
);
