// Socket activation: the gateway serves on sockets that a real parent process has bound and passed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { echoServer } from '../helpers/servers.js';
import { greeting, through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

/** Binds what its first argument lists, as JSON: [name, family, address, port]; passes it to the command that follows. */
const PASS = `
import fcntl, json, os, socket, sys
fds = []
for name, family, address, port in json.loads(sys.argv[1]):
    kind = socket.SOCK_DGRAM if family == 'udp' else socket.SOCK_STREAM
    domain = {'tcp': socket.AF_INET, 'udp': socket.AF_INET, 'tcp6': socket.AF_INET6, 'unix': socket.AF_UNIX}[family]
    s = socket.socket(domain, kind)
    s.bind(address if family == 'unix' else (address, port))
    if family != 'udp': s.listen()
    fds.append(fcntl.fcntl(s.fileno(), fcntl.F_DUPFD, 50))
    s.close()
for number, fd in enumerate(fds): os.dup2(fd, 3 + number)
names = [one[0] for one in json.loads(sys.argv[1])]
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(fds)), LISTEN_FDNAMES=':'.join(names))
for fd in fds: os.close(fd)
os.execvp(sys.argv[2], sys.argv[2:])
`;
type Passed = readonly [name: string, family: 'tcp' | 'tcp6' | 'udp' | 'unix', address: string, port?: number];

const QUIET = { workers: 1, race: { early_probe_interval_s: 0 } };
const python = spawnSync('python3', ['-c', '']).status === 0 ? undefined : 'no python3 here';
const parent = (passed: readonly Passed[]): readonly string[] => [
  ...['python3', '-c', PASS],
  JSON.stringify(passed.map(([name, family, address, port = 0]) => [name, family, address, port])),
];
const begin = (config: object, passed: readonly Passed[], engine: 'uring' | 'epoll' = 'epoll'): Gateway =>
  Gateway.spawn({ ...QUIET, ...config }, engine, [], undefined, parent(passed));

inBothEngines(
  'listeners get their sockets by name or by address, and open only those that were not passed',
  async (world) => {
    const server = world.use(await echoServer());
    const folder = mkdtempSync(join(tmpdir(), 'tcproute-passed-'));
    world.use({ close: () => rmSync(folder, { recursive: true }) });
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    const port = await freePort();
    const listen = [
      { name: 'by name', port: 0 },
      { port },
      { unix: first },
      { name: 'other', unix: join(folder, 'another') },
      { name: 'own', host: '127.0.0.2', port: 0 },
    ];
    const passed: Passed[] = [
      ['tcproute.socket', 'unix', first],
      ['by name', 'tcp', '127.0.0.1'],
      ['other', 'unix', second],
      ['tcproute.socket', 'tcp', '127.0.0.1', port],
    ];
    const gateway = world.own(begin({ listen }, passed, world.engine));
    await gateway.listens();
    const { msg } = await gateway.logged('listening on');
    const [, byName, own] = new RegExp(
      `^listening on 127\\.0\\.0\\.1:(\\d+) \\(by name\\), 127\\.0\\.0\\.1:${port}, unix:${first}, ` +
        `unix:${second} \\(other\\), 127\\.0\\.0\\.2:(\\d+) \\(own\\)$`,
    ).exec(msg) as RegExpExecArray;
    for (const place of [Number(byName), port]) {
      const client = await through(place, server);
      client.send('x');
      assert.equal((await client.read(1)).toString(), 'x');
      client.close();
    }
    assert.ok(Number(own) > 0);
    assert.equal(existsSync(join(folder, 'another')), false);
    for (const path of [first, second]) {
      const client = connect(path);
      client.write(greeting());
      const [answer] = (await new Promise((resolve) => client.once('data', (data) => resolve([data])))) as [Buffer];
      assert.deepEqual([...answer], [5, 0]);
      client.destroy();
    }
    await gateway.stop();
    // They are the parent's.
    assert.deepEqual([existsSync(first), existsSync(second)], [true, true]);
  },
  30_000,
  python,
);

inBothEngines(
  'with one configured port, a socket at that address takes its place',
  async (world) => {
    const server = world.use(await echoServer());
    const port = await freePort();
    const gateway = world.own(begin({ port }, [['tcproute.socket', 'tcp', '127.0.0.1', port]], world.engine));
    await gateway.listens();
    const client = world.use(await through(port, server));
    client.send('x');
    assert.equal((await client.read(1)).toString(), 'x');
  },
  30_000,
  python,
);

inBothEngines(
  'a reload may close a socket that was passed, and it stays where nothing is said of it',
  async (world) => {
    const server = world.use(await echoServer());
    const folder = mkdtempSync(join(tmpdir(), 'tcproute-passed-'));
    world.use({ close: () => rmSync(folder, { recursive: true }) });
    const [file, unix, port] = [join(folder, 'config.json'), join(folder, 'socket'), await freePort()];
    const write = (listen: readonly object[]): void => writeFileSync(file, JSON.stringify({ ...QUIET, listen }));
    write([
      { name: 'a', port },
      { name: 'b', unix },
      { name: 'c', port: 0 },
    ]);
    const passed: Passed[] = [
      ['a', 'tcp', '127.0.0.1', port],
      ['b', 'unix', unix],
    ];
    const gateway = world.own(Gateway.spawn(file, world.engine, [], undefined, parent(passed)));
    await gateway.listens();
    const reload = async (changed: readonly string[]): Promise<void> => {
      gateway.child.kill('SIGHUP');
      await until('it is told', () => gateway.records.some((record) => isDeepStrictEqual(record['changed'], changed)));
    };
    write([
      { name: 'b', unix },
      { name: 'A', port },
    ]);
    await reload(['listener "A": changed', 'listener "c": closed']);
    for (const place of [port, unix]) (await through(place, server)).close();
    write([{ port: 0 }]);
    await reload(['listener "127.0.0.1:0": added', 'listener "b": closed', 'listener "A": closed']);
    for (const place of [port, unix]) await assert.rejects(through(place, server), /ECONNREFUSED/);
    assert.equal(existsSync(unix), true, 'the file is the parent’s');
  },
  30_000,
  python,
);

async function refusal(config: object, passed: readonly Passed[]): Promise<string> {
  const gateway = begin(config, passed);
  assert.deepEqual(await gateway.exited, { status: 1, signal: null }, gateway.output);
  return String(gateway.records.find(({ level }) => level === 'fatal')?.msg);
}

test('a socket that is for no listener is an error that says both sides', { skip: python ?? false }, async () => {
  const port = await freePort();
  assert.equal(
    await refusal({ listen: [{ port: 7070 }, { name: 'lan', host: '::1', port: 7071 }] }, [
      ['web', 'tcp', '127.0.0.1', port],
    ]),
    `no listener has the name or the address of what was passed: 127.0.0.1:${port} ("web", descriptor 3); the listeners are 127.0.0.1:7070, [::1]:7071 ("lan")`,
  );
});

test('a socket that is none, or lets in others than its listener, is refused', { skip: python ?? false }, async () => {
  const listen = [{ name: 'mine', port: 0 }];
  assert.equal(
    await refusal({ listen }, [['mine', 'udp', '127.0.0.1']]),
    'descriptor 3 ("mine") was passed, but is no stream socket that waits for clients; see ListenStream= and Accept=no',
  );
  assert.match(
    await refusal({ listen }, [['mine', 'tcp', '0.0.0.0']]),
    /^the passed socket 0\.0\.0\.0:\d+ has the name of the listener "mine", which is for this machine only; let "host" /,
  );
  assert.match(
    await refusal({ listen: [{ name: 'mine', unix: '/tmp/tcproute-none' }] }, [['mine', 'tcp', '127.0.0.1']]),
    /^the passed socket 127\.0\.0\.1:\d+ has the name of the listener "mine", which is configured as unix:\/tmp\/tcproute-none \("mine"\)$/,
  );
});

const activate =
  spawnSync('systemd-socket-activate', ['--version']).status === 0 ? undefined : 'no systemd-socket-activate here';

inBothEngines(
  'the client that systemd starts it for is served',
  async (world) => {
    const server = world.use(await echoServer());
    const port = await freePort();
    // It passes on no variables but these.
    const own = ['PATH', 'TCPROUTE_ENGINE', 'TCPROUTE_DNS_PROBE_ENABLED'].map((name) => `--setenv=${name}`);
    const under = ['systemd-socket-activate', `--listen=127.0.0.1:${port}`, '--fdname=socks', ...own];
    const listen = [{ name: 'socks', port: 0 }];
    const gateway = world.own(Gateway.spawn({ ...QUIET, listen }, world.engine, [], undefined, under));
    await until('it waits for a client', () => gateway.output.includes('Listening on'));
    const client = world.use(await through(port, server));
    client.send('x');
    assert.equal((await client.read(1)).toString(), 'x');
    client.close();
    await gateway.listens();
    await gateway.idle();
  },
  30_000,
  activate,
);
