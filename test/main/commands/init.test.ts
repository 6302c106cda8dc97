// `tcproute init`: what it writes for each purpose is right and serves, and no file is overwritten unless that is asked for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { configurationText, KINDS, type Kind } from '../../../src/main/commands/init-text.js';
import { atTerminal, NEEDS_SCRIPT } from '../../helpers/at-terminal.js';
import { Gateway } from '../../helpers/gateway.js';
import { echoServer, type TestServer } from '../../helpers/servers.js';
import { ask, dial } from '../../helpers/socks-client.js';
import { Peer } from '../../helpers/socks-peer.js';
import { dialAs } from '../../helpers/socks-user.js';
import { errorsOf, loadText, optionsOf } from '../config/load-text.js';

const program = fileURLToPath(new URL('../../../../bin/tcproute.js', import.meta.url));
const HANGS_MS = 120_000;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tcproute-init-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function tcproute(...args: string[]) {
  const options = { cwd: directory, encoding: 'utf8', timeout: HANGS_MS, input: '' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  return { status, stdout, stderr };
}

/** Asks the echo server for its echo, in the way of each kind of client. */
const CLIENTS: Readonly<Record<Kind, (port: number, server: TestServer, said: string) => Promise<Peer>>> = {
  loopback: async (port, server) => (await dial(port, server)).peer,
  uplinks: async (port, server) => (await dial(port, server)).peer,
  lan: async (port, server, said) => {
    const [, password = ''] = /^The password of "user" is (\S+);/m.exec(said) ?? [];
    const wrong = await dialAs(port, { name: 'user', password: 'guess' }, server);
    assert.equal(wrong.came, 'refused');
    wrong.peer.close();
    return (await dialAs(port, { name: 'user', password }, server)).peer;
  },
  haproxy: async (port, server) => {
    const peer = await Peer.connect(port);
    peer.send('PROXY TCP4 192.168.1.9 127.0.0.1 1234 1080\r\n');
    return (await ask(peer, server)).peer;
  },
};

describe('what is written for each purpose', () => {
  for (const kind of KINDS) {
    test(`${kind}: it passes the check, is for its owner alone, and serves`, async () => {
      const { status, stdout, stderr } = tcproute('init', '--for', kind, '--output', 'own.json', '--port', '0');
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /^own\.json is written, .*\n(?:.*\n)*Next:\n {2}tcproute check --dial -c own\.json /);
      assert.deepEqual(readdirSync(directory), ['own.json']);
      assert.equal(statSync(join(directory, 'own.json')).mode & 0o777, 0o600);
      const checked = tcproute('check', '-c', 'own.json');
      assert.deepEqual([checked.status, checked.stderr], [0, '']);

      const server = await echoServer();
      // Listeners for others keep their clients from loopback.
      const surroundings = { environment: { TCPROUTE_EGRESS_ALLOW: 'loopback,own', TCPROUTE_WORKERS: '1' } };
      const file = join(directory, 'own.json');
      const gateway = Gateway.spawn(file, 'epoll', [], undefined, [], surroundings);
      try {
        await gateway.listens();
        const peer = await CLIENTS[kind](gateway.port, server, stdout);
        peer.send('hello');
        assert.equal((await peer.read(5)).toString(), 'hello');
        peer.close();
      } finally {
        await gateway.stop();
        await server.close();
      }
    });

    test(`${kind}: what its comments propose passes the check, too`, () => {
      const user = {
        name: 'a',
        hash: '$scrypt$ln=15,r=8,p=1$c29tZSBzYWx0IGhlcmU$H0Hc8gCPVxmFfoAl3KEYF3Yy0AQtD0LdCIgRK7zO2vw',
      };
      const known = { clients: ['10.0.0.0/8'], proxy: '10.0.0.1', uplinks: ['direct', 'socks5://10.0.0.1:1080'], user };
      const text = configurationText({ ...known, kind, port: 7070 });
      const all = text
        .replaceAll(/^ {2}\/\/ (".*,)$/gm, '  $1')
        .replace('NAME', 'direct')
        .replaceAll(/"\/(?:run|var\/\w+)\/tcproute\//g, `"${directory}/`);
      for (const key of ['cache', 'admin', 'control_socket', 'pid_file', 'log'])
        assert.ok(all.includes(`\n  "${key}": `), key);
      assert.deepEqual(errorsOf(loadText('c.json', all)), []);
    });
  }
});

test('uplinks are addresses, interfaces and proxies; answers cannot leave their place', () => {
  const known = { clients: [], proxy: '', user: undefined, port: 7070, kind: 'uplinks' } as const;
  const uplinks = ['127.0.0.2', '::1', 'lo', 'socks5://a:b@127.0.0.1:1', '"], "port": 1, "x": ["'];
  const text = configurationText({ ...known, uplinks: uplinks.slice(0, 4) });
  assert.deepEqual(
    optionsOf(loadText('c.json', text)).lines.map(({ name }) => name),
    ['127.0.0.2', '::1', 'lo', 'socks5 127.0.0.1:1'],
  );
  assert.match(
    errorsOf(loadText('c.json', configurationText({ ...known, uplinks }))).join(),
    /upstream\[4\]\.source_ip/,
  );
});

test('a file that is there stays as it is, unless --force is given', () => {
  writeFileSync(join(directory, 'config.json'), 'mine');
  const { status, stdout, stderr } = tcproute('init', '--for', 'loopback');
  assert.deepEqual([status, stdout], [1, '']);
  assert.equal(stderr, 'error: config.json exists already; --force overwrites it, --output names another file\n');
  assert.equal(readFileSync(join(directory, 'config.json'), 'utf8'), 'mine');
  assert.equal(tcproute('init', '--for', 'loopback', '--force').status, 0);
  assert.equal(tcproute('check').stdout.split('\n')[0], 'config.json: ok');
});

test('what cannot be done is a sentence', () => {
  const said = (...args: string[]) => {
    const { status, stderr } = tcproute('init', ...args);
    return [status, stderr.trimEnd().replaceAll(directory, '.')];
  };
  const needed = 'needed: --for loopback, lan, haproxy, uplinks';
  assert.deepEqual(said(), [1, `error: there is no terminal to ask what the gateway is for; ${needed}`]);
  assert.deepEqual(said('--for', 'loopback', '-o', 'no/c.json'), [1, 'error: ./no/c.json cannot be written: ENOENT']);
  const port = 'error: --port: "x" is not allowed; allowed: an integer from 0 to 65535';
  assert.deepEqual(said('--for', 'loopback', '--port', 'x'), [1, port]);
  assert.match(said('--for', 'wan').join(), /^2,tcproute: 'wan' is not a kind of configuration; allowed: loopback, /);
  // The end of the name says that it is another format.
  assert.match(said('--for', 'loopback', '-o', 'c.toml').join(), /^1,error: \.\/c\.toml: looks like JSON/);
  assert.deepEqual(readdirSync(directory), []);
});

test(
  'on a terminal it asks, again where an answer does not fit, and the password without echo',
  NEEDS_SCRIPT,
  async () => {
    const shown = await atTerminal(
      'init -o own.json',
      [
        ['Number [1]: ', '7\r'],
        ['Number [1]: ', '2\r'],
        ['Port [7070]: ', '8080\r'],
        ['Networks that clients come from', '192.168.1.0/24\r'],
        ['Name of the first user', 'alice\r'],
        ['Password: ', 'sekrit\r'],
        ['Again: ', 'sekrit\r'],
      ],
      directory,
    );
    assert.match(shown, /own\.json is written[\s\S]*status 0/);
    assert.doesNotMatch(shown, /sekrit/);
    assert.match(shown, / echo /);
    const options = optionsOf(loadText('c.json', readFileSync(join(directory, 'own.json'), 'utf8')));
    assert.deepEqual(
      options.users?.inline.map(({ name }) => name),
      ['alice'],
    );
    assert.deepEqual(options.listen[0]?.place, { kind: 'internet', host: '0.0.0.0', port: 8080 });
  },
);

test('^C and ^D end it, and nothing is written', NEEDS_SCRIPT, async () => {
  for (const typed of ['\x03', '\x04']) {
    assert.match(await atTerminal('init', [['Number [1]: ', typed]], directory), /status 130[\s\S]* echo /);
    assert.deepEqual(readdirSync(directory), []);
  }
});
