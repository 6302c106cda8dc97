// Lines with an interface or a mark: by which uplink their connections leave, and what is said where one cannot be used.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import type { Answered, Asked } from '../helpers/uplinks-machine.js';

const MACHINE = new URL('../helpers/uplinks-machine.js', import.meta.url);
const HOST = '10.9.0.1';
/** Where the server of the other namespace listens. */
const PORT = 4000;
const direct = (more: object) => ({ type: 'direct', ...more });
const start = (): Promise<Namespace<Asked, Answered>> => Namespace.start<Asked, Answered>(MACHINE);

/** Runs a command without the capabilities that marks need. */
const POWERLESS = ['setpriv', '--inh-caps=-net_admin,-net_raw', '--bounding-set=-net_admin,-net_raw'];
const noPowerless =
  spawnSync(POWERLESS[0] as string, [...POWERLESS.slice(1), 'true']).status === 0
    ? undefined
    : 'capabilities cannot be dropped here';

inBothEngines(
  'an interface, and a mark, choose the way',
  async (world) => {
    const machine = world.use(await start());
    const wanted = [
      [{}, '10.1.0.1'],
      [{ interface: 'two' }, '10.2.0.1'],
      [{ mark: 7 }, '10.2.0.1'],
      [{ interface: 'one', mark: 8 }, '10.1.0.1'],
      [{ interface: 'two', source_ip: '10.2.0.1' }, '10.2.0.1'],
      [{ interface: 'gone0' }, 'interface-unavailable'],
    ] as const;
    // Each line has a destination that only it leads to. All of 10.9.0.0/24 is the other machine's.
    const hosts = wanted.map((_, index) => `10.9.0.${index + 1}`);
    const upstream = wanted.map(([more], index) => direct({ ...more, name: `line ${index}` }));
    const rules = hosts.map((cidr, index) => ({ cidr, use: [`line ${index}`] }));
    const answers = await machine.ask({ kind: 'gateway', engine: world.engine, config: { upstream, rules }, hosts });
    assert.deepEqual(
      answers,
      wanted.map(([, answer]) => answer),
    );
  },
  90_000,
  withoutNamespaces(),
);

test("a connection of Node's own leaves likewise, as do those of `check --dial`", {
  skip: withoutNamespaces() ?? false,
}, async (t) => {
  const machine = await start();
  t.after(() => machine.close());
  const from = (source: object): Promise<Answered> =>
    machine.ask({ kind: 'dial', source: { ip: undefined, port: 0, ...source }, host: HOST });
  assert.deepEqual(await from({}), ['10.1.0.1']);
  assert.deepEqual(await from({ device: 'two' }), ['10.2.0.1']);
  assert.deepEqual(await from({ mark: 7 }), ['10.2.0.1']);
  assert.deepEqual(await from({ device: 'two', ip: '10.2.0.1' }), ['10.2.0.1']);
  assert.deepEqual(await from({ device: 'gone0' }), ['bind ENODEV']);
  const proxy = (more: object, port = PORT) => ({ type: 'http', host: HOST, port, upstream: direct(more) });
  const config = {
    port: 0,
    hosts: {},
    upstream: [
      direct({ interface: 'two' }),
      direct({ interface: 'gone0' }),
      proxy({ interface: 'two' }),
      proxy({ interface: 'gone0' }),
      proxy({ interface: 'two' }, 1),
    ],
    race: { connect_timeout_ms: 2000 },
    dns: { probe: { enabled: false }, timeout_ms: 200, try_timeout_ms: 100 },
    nameservers: '127.0.0.1:9',
  };
  const lines = await machine.ask({ kind: 'run', config, args: ['check', '--dial'] });
  const outcomes = lines
    .filter((line) => /^ {2}\d /.test(line))
    .map((line) => line.replace(/^.*?(ok|FAILED) +|, [\d.]+ ms$/g, ''));
  // The server over there is reached by the interface, and says what is no HTTP.
  const heard = `${HOST}:${PORT} does not answer as an HTTP proxy (its answer is no HTTP/1)`;
  const told = ['ENODEV', heard, 'bind ENODEV', 'connect ECONNREFUSED'];
  assert.deepEqual(outcomes.slice(1), told);
  assert.match(lines.join('\n'), /interface: this machine has no interface "gone0" now: the line fails until it has/);
});

test("Node's own connections and check have the present address, and know that a link is down", {
  skip: withoutNamespaces() ?? false,
}, async (t) => {
  const machine = await start();
  t.after(() => machine.close());
  const auto = { device: 'two', auto: true } as const;
  const from = (source: object, host = HOST): Promise<Answered> =>
    machine.ask({ kind: 'dial', source: { ip: undefined, port: 0, ...source }, host });
  assert.deepEqual(await from(auto), ['10.2.0.1']);
  assert.deepEqual(await from(auto, '2001:db8:9::1'), ['2001:db8:2::1']);
  const config = {
    port: 0,
    hosts: {},
    upstream: [direct({ interface: 'two', source_ip: 'auto' }), direct({ interface: 'one' })],
    dns: { probe: { enabled: false }, timeout_ms: 200, try_timeout_ms: 100 },
    nameservers: '127.0.0.1:9',
  };
  const lines = async (...args: string[]): Promise<readonly string[]> => {
    const said = await machine.ask({ kind: 'run', config, args: ['check', ...args] });
    return said.filter((line) => /^ {2}\d /.test(line)).map((line) => line.replace(/^ {2}\d +| {2,}/g, ' ').trim());
  };
  assert.deepEqual(await lines(), ['direct auto two (now from 10.2.0.1 and 2001:db8:2::1)', 'direct one']);
  await machine.ask({ kind: 'shell', command: 'ip addr del 10.2.0.1/24 dev two' });
  assert.deepEqual(await from(auto), ['the interface two has no IPv4 address']);
  await machine.ask({ kind: 'shell', command: 'ip link set far1 down; ip link set far2 down', far: true });
  for (const source of [auto, { device: 'two' }]) assert.deepEqual(await from(source), ['the link of two is down']);
  assert.deepEqual(await lines(), [
    'direct auto two (the link of two is down)',
    'direct one (the link of one is down)',
  ]);
  assert.deepEqual(await lines('--dial'), [
    'direct auto two FAILED the link of two is down',
    'direct one FAILED the link of one is down',
  ]);
});

test('changes that the kernel had no room for are told of as lost, and none of what nobody wants', {
  skip: withoutNamespaces() ?? false,
}, async (t) => {
  const machine = await start();
  t.after(() => machine.close());
  assert.deepEqual(await machine.ask({ kind: 'flood' }), ['lost', 'all', 'all']);
});

inBothEngines('an interface needs no privilege, also towards a proxy', async (world) => {
  const server = world.use(await echoServer());
  const proxy = world.use(await TrickProxy.listen('works', 0, 'http'));
  for (const upstream of [direct({ interface: 'lo' }), { ...proxy.line, upstream: direct({ interface: 'lo' }) }]) {
    const gateway = world.own(
      Gateway.begin({ upstream } as object, world.engine, [], undefined, noPowerless ? [] : POWERLESS),
    );
    await gateway.listens();
    const client = world.use(await through(gateway.port, server));
    client.send('x');
    assert.equal((await client.read(1)).toString(), 'x');
    client.close();
  }
});

inBothEngines(
  'without the privilege for a mark the line fails with a cause of its own, and the log names it',
  async (world) => {
    const upstream = direct({ name: 'marked', mark: 7 });
    const config = { upstream, log_level: 'debug', workers: 1 };
    const gateway = world.own(Gateway.begin(config, world.engine, [], undefined, POWERLESS));
    await gateway.listens();
    const destination = { host: '127.0.0.1', port: 9 };
    const { peer, reply } = await dial(gateway.port, destination);
    peer.close();
    assert.equal(reply.rep, 1);
    assert.equal((await gateway.connection(destination)).cause, 'source-not-permitted');
    const said = await gateway.logged('the process may not use the interface or mark of the line');
    assert.deepEqual([said.level, said['line'], said['mark'], said['detail']], ['warn', 'marked', 7, 'EPERM']);
    assert.match(
      gateway.output,
      /mark: this process may not set a mark, which takes CAP_NET_ADMIN: grant it with systemd/,
    );
  },
  undefined,
  noPowerless,
);

test('check names the privilege that is missing', { skip: noPowerless ?? false }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-mark-'));
  try {
    const file = join(directory, 'c.json');
    writeFileSync(file, JSON.stringify({ upstream: direct({ mark: 7 }) }));
    const program = fileURLToPath(new URL('../../../bin/tcproute.js', import.meta.url));
    const [command, ...args] = [...POWERLESS, process.execPath, program, 'check', '-c', file];
    const output = execFileSync('sh', ['-c', '"$0" "$@" 2>&1', command as string, ...args], { encoding: 'utf8' });
    assert.match(output, /upstream\.mark: this process may not set a mark, which takes CAP_NET_ADMIN/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
