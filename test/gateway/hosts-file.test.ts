// /etc/hosts is followed: in a mount namespace where it is the test's own file.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { follows, movable, OLD } from '../helpers/movable-site.js';

const UNSHARE = ['unshare', '--map-root-user', '--mount'];
const noNamespace =
  spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'true']).status === 0 ? undefined : 'no mount namespace can be made here';

/** A command whose /etc/hosts is this file. */
const withHosts = (file: string): string[] => [
  ...UNSHARE,
  'sh',
  '-c',
  'mount --bind "$0" /etc/hosts && exec "$@"',
  file,
];

inBothEngines(
  'a change of /etc/hosts is followed under steady connections',
  async (world) => {
    const { zones, config, visit } = await movable(world);
    delete zones['site.test'];
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-moves-'));
    world.use({ close: () => rmSync(directory, { recursive: true }) });
    const hosts = join(directory, 'hosts');
    writeFileSync(hosts, '127.0.0.2 site.test\n');
    const gateway = world.own(
      await Gateway.start({ race: {}, ...config }, world.engine, [], undefined, withHosts(hosts)),
    );
    for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(gateway.port), 'old');
    writeFileSync(hosts, '127.0.0.3 site.test # has moved\n');
    await follows(() => visit(gateway.port), 'new');
    writeFileSync(hosts, '');
    await follows(() => visit(gateway.port), 'REP 4');
  },
  60_000,
  noNamespace,
);

inBothEngines(
  'a name that is put into /etc/hosts is followed although its DNS answer holds for an hour',
  async (world) => {
    const { zones, config, visit } = await movable(world);
    zones['site.test'] = { ...OLD, ttl_s: 3600 };
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-moves-'));
    world.use({ close: () => rmSync(directory, { recursive: true }) });
    const hosts = join(directory, 'hosts');
    writeFileSync(hosts, '127.0.0.1 localhost\n');
    const gateway = world.own(
      await Gateway.start({ race: {}, ...config }, world.engine, [], undefined, withHosts(hosts)),
    );
    for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(gateway.port), 'old');
    writeFileSync(hosts, '127.0.0.1 localhost\n127.0.0.3 site.test\n');
    await follows(() => visit(gateway.port), 'new');
  },
  60_000,
  noNamespace,
);
