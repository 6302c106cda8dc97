// Secrets in files, as Docker, Kubernetes and systemd give them: a reload reads them again, also where nothing else has changed.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { SocksProxy } from '../helpers/socks-proxy.js';
import { dialAs } from '../helpers/socks-user.js';
import { until } from '../helpers/until.js';

const IN_FORCE = 'users are in force';

function madeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tcproute-secrets-'));
}

function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** What becomes of alice with this password. */
function aliceOf(world: World, { port }: ReloadedGateway, server: { readonly host: string; readonly port: number }) {
  return async (password: string): Promise<number | 'refused'> => {
    const { peer, came } = await dialAs(port, { name: 'alice', password }, server);
    world.use(peer).end();
    return came;
  };
}

inBothEngines(
  'a password of a user or a proxy that has changed in its file is in force after a reload',
  async (world) => {
    const server = world.use(await echoServer());
    const proxy = world.use(await SocksProxy.start('second'));
    const folder = madeFolder();
    for (const [name, text] of Object.entries({ alice: 'one', me: 'me', proxy: 'first' }))
      write(join(folder, name), text);
    const line = { type: 'socks5', host: '127.0.0.1', port: proxy.port, name: 'proxy' };
    const config = {
      upstream: { ...line, username_file: 'me', password_file: 'proxy' },
      users: { alice: { password_file: 'alice' } },
    };
    const gateway = await ReloadedGateway.start(world, config, { directory: folder });
    const alice = aliceOf(world, gateway, server);
    assert.notEqual(await alice('one'), 0); // the proxy does not know its password

    write(join(folder, 'proxy'), 'second');
    assert.deepEqual((await gateway.reload(config))['changed'], ['line "proxy": changed']);
    assert.equal(await alice('one'), 0);

    write(join(folder, 'alice'), 'two');
    const told = await gateway.reload(config);
    assert.deepEqual(told['changed'], ['user "alice": changed']);
    assert.deepEqual([await alice('one'), await alice('two')], ['refused', 0]);
    assert.deepEqual((await gateway.reload(config))['changed'], []);

    write(join(folder, 'alice'), '');
    const wrong = await gateway.reload(config);
    assert.match((wrong['problems'] as string[]).join(), /users\.alice\.password_file: the file is empty/);
    assert.equal(await alice('two'), 0);
    assert.doesNotMatch(gateway.gateway.output, /"second"|"two"/);
  },
);

inBothEngines('what the file of users has at a reload is in force, whatever was read of it before', async (world) => {
  const server = world.use(await echoServer());
  const folder = madeFolder();
  const [users, secret] = [join(folder, 'users.yaml'), join(folder, 'alice')];
  write(secret, 'one');
  write(users, 'alice: {password_file: alice}\n');
  const config = { users_file: 'users.yaml' };
  const gateway = await ReloadedGateway.start(world, config, { directory: folder });
  const alice = aliceOf(world, gateway, server);
  assert.equal(await alice('one'), 0);

  // The file is read again because it has changed, and with it the secret.
  const inForce = () => gateway.gateway.records.filter(({ msg }) => msg === IN_FORCE).length;
  const before = inForce();
  write(secret, 'two');
  write(users, '# changed\nalice: {password_file: alice}\n');
  await until('the users are read again', () => inForce() > before);
  assert.equal(await alice('two'), 0);

  // The secret that the last reload has read: it is not the one in force.
  write(secret, 'one');
  const told = await gateway.reload(config);
  assert.deepEqual(told['changed'], ['users_file']);
  assert.deepEqual([await alice('two'), await alice('one')], ['refused', 0]);

  // A change of the secret alone is read by a reload only.
  write(secret, 'three');
  assert.deepEqual((await gateway.reload(config))['changed'], ['user "alice": changed']);
  assert.deepEqual([await alice('one'), await alice('three')], ['refused', 0]);

  // Another file with the same users is the one that is watched.
  write(join(folder, 'others.yaml'), 'alice: {password_file: alice}\n');
  const other = { users_file: 'others.yaml' };
  assert.deepEqual((await gateway.reload(other))['changed'], ['users_file']);
  write(join(folder, 'others.yaml'), 'bob: {password: b}\n');
  const now = inForce();
  await until('the users of the other file are in force', () => inForce() > now);
  assert.equal(await alice('three'), 'refused');
});

/** Puts files into a volume as Kubernetes does: names are links into `..data`, which is a link that is replaced as a whole. */
class Volume {
  readonly path: string;
  #version = 0;

  constructor(path: string, files: Readonly<Record<string, string>>) {
    this.path = path;
    mkdirSync(path);
    this.put(files);
    for (const name of Object.keys(files)) symlinkSync(join('..data', name), join(path, name));
  }

  put(files: Readonly<Record<string, string>>): void {
    const old = `..version-${this.#version}`;
    this.#version += 1;
    const version = `..version-${this.#version}`;
    mkdirSync(join(this.path, version));
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(this.path, version, name), text, { mode: 0o440 });
    symlinkSync(version, join(this.path, '..data_tmp'));
    renameSync(join(this.path, '..data_tmp'), join(this.path, '..data'));
    rmSync(join(this.path, old), { recursive: true, force: true });
  }
}

inBothEngines(
  'volumes of Kubernetes that are swapped are read at a reload, configuration and secrets',
  async (world) => {
    const server = world.use(await echoServer());
    const folder = madeFolder();
    const secrets = new Volume(join(folder, 'secrets'), {
      alice: 'one',
      list: 'a.test\n',
      users: '{"carol": {"password": "c"}}',
    });
    const config = {
      users: { alice: { password_file: 'secrets/alice' } },
      users_file: 'secrets/users',
      rules: [{ domain_file: 'secrets/list', block: true }],
    };
    const gateway = await ReloadedGateway.start(world, config, { directory: folder });
    const alice = aliceOf(world, gateway, server);
    assert.equal(await alice('one'), 0);

    secrets.put({ alice: 'two', list: 'a.test\n', users: '{"carol": {"password": "c"}}' });
    const told = await gateway.reload(config);
    assert.deepEqual((told['changed'] as string[]).includes('user "alice": changed'), true, JSON.stringify(told));
    assert.deepEqual([await alice('one'), await alice('two')], ['refused', 0]);

    // The configuration is in such a volume, too: its relative names stay beside it.
    const whole = new Volume(join(folder, 'whole'), {
      'config.json': JSON.stringify({ port: 0, workers: 1, users: { alice: { password_file: 'alice' } } }),
      alice: 'one',
    });
    const other = world.own(Gateway.spawn(join(whole.path, 'config.json'), world.engine));
    await other.listens();
    whole.put({
      'config.json': JSON.stringify({ port: 0, workers: 1, users: { bob: { password_file: 'alice' } } }),
      alice: 'two',
    });
    other.child.kill('SIGHUP');
    const swapped = await other.logged('reload: ');
    assert.deepEqual(swapped['changed'], ['user "bob": added', 'user "alice": removed']);
    const bob = await dialAs(other.port, { name: 'bob', password: 'two' }, server);
    world.use(bob.peer).end();
    assert.equal(bob.came, 0);

    // Lists and the file of users are noticed by themselves.
    const inForce = () => gateway.gateway.records.filter(({ msg }) => msg === IN_FORCE).length;
    const before = inForce();
    secrets.put({ alice: 'two', list: 'b.test\n', users: '{"dave": {"password": "d"}}' });
    await until('the users of the new volume are in force', () => inForce() > before);
    const { peer, came } = await dialAs(gateway.port, { name: 'dave', password: 'd' }, server);
    world.use(peer).end();
    assert.equal(came, 0);
  },
);
