import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const program = fileURLToPath(new URL('bin/tcproute.js', root));
const sample = fileURLToPath(new URL('test/fixtures/tcproute-config.json', root));
/** After this time a program hangs; on a busy machine one that is only slow has taken 20 s. */
const HANGS_MS = 120_000;
const directory = mkdtempSync(join(tmpdir(), 'tcproute-cli-'));
after(() => rmSync(directory, { recursive: true }));

function tcproute(args: readonly string[], environment: Record<string, string> = {}) {
  const env = { PATH: process.env['PATH'], ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: directory,
    env,
    encoding: 'utf8',
    timeout: HANGS_MS,
  });
  return { status, stdout, stderr };
}

test('check says ok, the lines by name, and the warnings', () => {
  const { status, stdout, stderr } = tcproute(['check', '-c', sample]);
  assert.equal(status, 0);
  assert.equal(stdout, `${sample}: ok\nlines:\n  1  direct\n  2  socks5 127.0.0.1:5555\n`);
  assert.match(stderr, /^warning: .*log_level: "INDO".*\n$/);
});

test('check lists what lines have of tier, cost and weight', () => {
  writeFileSync(
    join(directory, 'tiers.yaml'),
    'upstream: [direct, {type: direct, name: dear, tier: 1, cost_ms: 20, weight: 3}]\n',
  );
  const { stdout } = tcproute(['check', '-c', 'tiers.yaml']);
  assert.equal(stdout, 'tiers.yaml: ok\nlines:\n  1  direct\n  2  dear  (tier 1, cost 20 ms, weight 3)\n');
});

test('check prints every error and exits 1', () => {
  writeFileSync(join(directory, 'bad.yaml'), 'port: x\nupstream: {type: socks5, host: a, port: 1, pasword: hunter2}\n');
  const { status, stdout, stderr } = tcproute(['check', '-c', 'bad.yaml', '--workers', 'x']);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.deepEqual(stderr.trimEnd().split('\n'), [
    'error: bad.yaml: line 1: port: "x" is not allowed; allowed: an integer from 0 to 65535',
    'error: bad.yaml: line 2: upstream.pasword: unknown key; did you mean "password"?',
    'error: --workers: "x" is not allowed; allowed: an integer from 0 to 1024',
  ]);
});

test('check without a file checks the defaults and the environment', () => {
  assert.equal(tcproute(['check']).stdout, 'built-in defaults: ok\nlines:\n  1  direct\n');
  const { status, stderr } = tcproute(['check'], { TCPROUTE_ENGINE: 'x' });
  assert.deepEqual([status, stderr], [1, 'error: TCPROUTE_ENGINE: "x" is not allowed; allowed: auto, uring, epoll\n']);
});

test('fleet key makes the keys of a gateway, and says what goes into the configurations', () => {
  const { status, stdout, stderr } = tcproute(['fleet', 'key', 'north']);
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(
    stdout,
    /^share\.secret: made\. The secret of the site.*\nshare-north\.pem: made\. The private key of north/,
  );
  const told = tcproute(['fleet', 'key', 'north', '--json']);
  const { public_key, made } = JSON.parse(told.stdout) as { readonly public_key: string; readonly made: unknown };
  assert.deepEqual(made, []);
  assert.equal(stdout.split(`"north": "${public_key}"`).length, 3);
});

test('a bad configuration starts nothing', () => {
  const { status, stderr } = tcproute(['-c', 'none.json']);
  assert.deepEqual([status, stderr], [1, 'error: none.json: no such file\n']);
});

/** Through a shell, in which the program is `"$@"`. */
function inShell(script: string, args: readonly string[]) {
  const env = { PATH: process.env['PATH'] };
  const argv = ['-c', script, 'sh', process.execPath, program, ...args];
  const { status, stdout, stderr } = spawnSync('sh', argv, {
    cwd: directory,
    env,
    encoding: 'utf8',
    timeout: HANGS_MS,
  });
  return { status, stdout, stderr };
}

test('a reader that has gone is no failure and no stack', () => {
  for (const args of [['--help'], ['--version'], ['check']]) {
    // The reader has gone for certain by the time that anything is written.
    const script = '{ true <&3; exec 3<&-; "$@"; echo "$?" >&2; } 3<&0 | true';
    assert.deepEqual(inShell(script, args), { status: 0, stdout: '', stderr: '0\n' });
  }
  // Nor is one of the errors.
  assert.equal(inShell('"$@" 2>&1 >/dev/null | true', ['-c', 'none.json']).stderr, '');
});

test('output that cannot be written is a sentence and exits 1', () => {
  for (const args of [['--help'], ['check']]) {
    const expected = { status: 1, stdout: '', stderr: 'error: standard output: ENOSPC\n' };
    assert.deepEqual(inShell('"$@" >/dev/full', args), expected);
  }
  assert.deepEqual(inShell('"$@" 2>/dev/full', ['-c', 'none.json']), { status: 1, stdout: '', stderr: '' });
});

test('a working directory that has gone is a sentence and exits 1', () => {
  const script = 'mkdir gone && cd gone && rmdir ../gone && "$@"';
  for (const args of [['check'], ['-c', sample], ['dns', 'name.test'], ['explain', 'name.test']]) {
    const expected = { status: 1, stdout: '', stderr: 'error: the working directory has gone\n' };
    assert.deepEqual(inShell(script, args), expected);
  }
  assert.equal(inShell(script, ['--version']).status, 0);
});

test('--help and --version exit 0', () => {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  const told = tcproute(['--version']);
  assert.deepEqual([told.status, told.stderr], [0, '']);
  const [own, node, kernel, koffi, engine] = told.stdout.split('\n');
  assert.deepEqual([own, node], [`tcproute ${version}`, `Node ${process.versions.node}`]);
  assert.match(
    `${kernel}\n${koffi}\n${engine}`,
    /^kernel Linux \d\S* \S+\nkoffi \d\S*\nengine (?:io_uring, epoll|epoll; .+)$/,
  );
  const { status, stdout } = tcproute(['--help']);
  assert.equal(status, 0);
  assert.match(stdout, /^Usage: tcproute /);
});

test('--help behind a command is the help of the command', () => {
  const { status, stdout } = tcproute(['explain', '--help']);
  assert.equal(status, 0);
  assert.match(stdout, /^Usage: tcproute explain HOST\[:PORT\] /);
});

test('a command line that is not understood is one line and exits 2', () => {
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['--prot', '1'], "Unknown option '--prot'"],
    [['chek'], "Unknown command 'chek'; did you mean 'check'?"],
    [['frobnicate'], "Unknown command 'frobnicate'"],
    [['config.json'], "Unknown command 'config.json'; did you mean '-c config.json'?"],
    [['./conf'], "Unknown command './conf'; did you mean '-c ./conf'?"],
    [['check', 'c.json'], "Unexpected argument 'c.json'; did you mean '-c c.json'?"],
    [['-c', 'a', '--config', 'b'], "'-c' is given twice"],
    [['check', '--port', '1', '--port', '2'], "'--port' is given twice"],
    [['dns', 'http://a.test/x'], "'http://a.test/x' is not a name; did you mean 'a.test'?"],
    [['dns', 'a.test:443'], "'a.test:443' is not a name; did you mean 'a.test'?"],
    [
      ['explain', 'http://a.test/'],
      "'http://a.test/' is not HOST, HOST:PORT or [IPv6]:PORT; did you mean 'a.test:80'?",
    ],
    [
      ['explain', 'https://[::1]:8443/'],
      "'https://[::1]:8443/' is not HOST, HOST:PORT or [IPv6]:PORT; did you mean '[::1]:8443'?",
    ],
    [['-c'], "Option '-c, --config <value>' argument missing"],
    [['-c', '--port'], "Option '-c' argument is ambiguous"],
    [['--workers', '--port'], "Option '--workers' argument is ambiguous"],
    [['-1'], "Unknown option '-1'"],
    [
      ['check', '--json'],
      "'--json' belongs to 'dns', 'explain', 'status', 'connections', 'flows', 'lines', 'routes', 'bad-addresses', 'budgets' and 'fleet'",
    ],
    [
      ['status', '--admin', 'here'],
      "'here' is no place of a gateway; allowed: HOST:PORT, or the path of a Unix socket as /PATH or unix:PATH",
    ],
    [['top', '--admin', '/x', '-c', 'y'], "'--admin' and '-c' contradict each other: both say where the gateway is"],
    [['routes', '--limit', '0'], "'0' is no number of rows; allowed: 1 to 100000"],
    [
      ['connections', '--sort', 'age'],
      "'age' is no key to sort by; allowed: opened_at, ended_at, bytes_up, bytes_down, duration_ms",
    ],
    [['lines', '--port', '1'], "'--port' does not belong to 'lines', which takes only '-c'"],
    [['--tls'], "'--tls' belongs to 'explain'"],
    [['dns', 'a.test', '--no-tls'], "'--no-tls' belongs to 'explain'"],
    [['dns'], "'dns' needs a name"],
    [['dns', ''], "'' is not a name"],
    [['dns', 'a..b'], "'a..b' is not a name"],
    [['passwd', '-c', 'c.json'], "'-c' does not belong to 'passwd', which reads no configuration"],
    [['reload', '--port', '3'], "'--port' does not belong to 'reload', which takes only '-c'"],
    [['completion'], "'completion' needs a shell: bash, zsh or fish"],
    [['completion', 'sh'], "'completion' needs a shell: bash, zsh or fish; not 'sh'"],
    [['fleet', 'kee'], "'fleet' needs no argument, or key NAME; not 'kee'"],
    [['fleet', 'key'], "'fleet key' needs the name of a gateway"],
    [
      ['fleet', 'key', 'A b'],
      "'A b' is no name of a gateway; allowed: 1 to 32 of a-z 0-9 . _ -, the first a letter or a digit",
    ],
    [['fleet', 'key', 'a', 'b'], "Unexpected argument 'b'"],
    [['chek', '--help'], "Unknown command 'chek'; did you mean 'check'?"],
    [['explain'], "'explain' needs a host, or a host and a port"],
    [['explain', 'a.test', '80'], "Unexpected argument '80'"],
    [['explain', 'a.test:0'], "'a.test:0' is not HOST, HOST:PORT or [IPv6]:PORT"],
    [['explain', 'https://a.test/'], "'https://a.test/' is not HOST, HOST:PORT or [IPv6]:PORT; did you mean 'a.test'?"],
    [['explain', 'a.test', '--tls', '--no-tls'], "'--tls' and '--no-tls' contradict each other"],
    [['dns', 'a.test', '--user', 'alice'], "'--user' belongs to 'explain', 'connections', 'flows' and 'budgets'"],
    [['explain', 'a.test', '--client', 'lan'], "'lan' is not an IP address, nor 'unix'"],
    [['explain', 'a.test', '--tag', 'work'], "'--tag' needs '--user'"],
    [['explain', 'a.test', '--user', 'a', '--user', 'b'], "'--user' is given twice"],
  ];
  const said = (sentence: string) => `tcproute: ${sentence}${sentence.endsWith('?') ? '' : '.'} See tcproute --help.\n`;
  const [[first, firstSentence]] = wrong as [(typeof wrong)[number]];
  assert.deepEqual(tcproute(first), { status: 2, stdout: '', stderr: said(firstSentence) });
  // The others in one process, since a process for each takes longer than all that it does.
  const script = join(directory, 'lines.mjs');
  writeFileSync(
    script,
    `import { main } from ${JSON.stringify(new URL('dist/src/main/cli.js', root).href)};
    for (const [args] of ${JSON.stringify(wrong)}) {
      const status = await main(args);
      if (status !== 2) console.log(args, status);
    }`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: HANGS_MS });
  assert.deepEqual([status, stdout, stderr], [0, '', wrong.map(([, sentence]) => said(sentence)).join('')]);
});

test('check warns of files that a start would do without: foreign state, and authorities that are not there', () => {
  writeFileSync(join(directory, 'routes'), '{"log": {}}\n');
  writeFileSync(join(directory, 'names'), '{"format": "tcproute-bad-addresses", "version": 99}');
  writeFileSync(join(directory, 'empty'), '');
  const checked = (routes: string, names: string, ca_file: string | null) => {
    const tree = { cache: { state_file: routes }, dns: { state_file: names, ca_file } };
    writeFileSync(join(directory, 'states.json'), JSON.stringify(tree));
    return tcproute(['check', '-c', 'states.json']);
  };
  const at = (name: string) => join(directory, name);
  const { status, stderr } = checked('routes', 'names', 'no.pem');
  assert.equal(status, 0);
  assert.deepEqual(stderr.trimEnd().split('\n'), [
    `warning: ${at('routes')} is ignored: not a list of routes`,
    `warning: ${at('names')} is ignored: version 99`,
    `warning: dns.ca_file ${at('no.pem')} cannot be read: ENOENT`,
  ]);
  assert.equal(checked('empty', 'absent', null).stderr, '');
});

test('the exit statuses that --help names are those of the program', () => {
  const said = tcproute(['--help']).stdout.replaceAll('\n', ' ');
  assert.match(said, / Exit status: 0 .*; 1 .*; 2 if the command line .*; 128 /);
  const statuses = [['check'], ['check', '-c', 'none.json'], ['-c', 'none.json'], ['--nonsense']].map(
    (args) => tcproute(args).status,
  );
  assert.deepEqual(statuses, [0, 1, 1, 2]);
});

test('control characters of arguments, files and names of lines are shown, not sent to the terminal', () => {
  const wild = 'a\x1b]0;b\x07\u202e';
  const shown = 'a\\x1b]0;b\\x07\\u{202e}';
  assert.equal(tcproute([wild]).stderr, `tcproute: Unknown command '${shown}'. See tcproute --help.\n`);
  assert.equal(tcproute(['-c', wild]).stderr, `error: ${shown}: no such file\n`);
  assert.equal(tcproute(['check'], { TCPROUTE_HOST: '\u202e' }).stderr.includes('\u202e'), false);
  writeFileSync(join(directory, wild), '{}');
  assert.equal(tcproute(['check', '-c', wild]).stdout, `${shown}: ok\nlines:\n  1  direct\n`);
});

/** The threads of the program once libuv has made its own. */
function threads(environment: Record<string, string>): number {
  const script = join(directory, 'threads.cjs');
  const counting = `require('node:fs').stat('/', () => {
    process.stderr.write(String(require('node:fs').readdirSync('/proc/self/task').length));
  });`;
  writeFileSync(script, `require(${JSON.stringify(program)});\n${counting}\n`);
  const args = [script, '--version'];
  const env = { PATH: process.env['PATH'], ...environment };
  return Number(spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: HANGS_MS }).stderr);
}

const { poolSize } = createRequire(import.meta.url)(fileURLToPath(new URL('bin/pool-size.js', root))) as {
  poolSize(nsswitch?: string, room?: number): number;
};

test('libuv has many threads where getaddrinfo is asked and they may be made, or as many as the environment says', () => {
  const few = threads({ UV_THREADPOOL_SIZE: '3' });
  assert.equal(threads({}), few - 3 + poolSize());
  assert.equal(poolSize('hosts: files dns', 1000), 4);
  assert.equal(poolSize('', 1000), 4);
  assert.equal(poolSize('passwd: files\nhosts:\tfiles mdns4_minimal [NOTFOUND=return] dns # x', 1000), 64);
  assert.equal(poolSize('hosts: files resolve', 1000), 64);
  assert.equal(poolSize('hosts: files resolve', 100), 4);
});

/** A user of whom there is no other process: root has no limit of threads. */
const FEW_THREADS = { skip: process.getuid?.() !== 0 };
const withThreads = (count: number, ...command: string[]) => [
  ...['setpriv', `--reuid=${100_000 + process.pid}`, '--clear-groups', 'prlimit', `--nproc=${count}`, ...command],
];

test('with few threads left it runs, also where getaddrinfo is asked', FEW_THREADS, () => {
  const nss = join(directory, 'nsswitch.conf');
  writeFileSync(nss, 'hosts: files resolve dns\n');
  chmodSync(directory, 0o755);
  const shell = `mount --bind ${nss} /etc/nsswitch.conf; exec "$@"`;
  const args = ['-m', 'sh', '-c', shell, 'sh', ...withThreads(40, process.execPath, program, '--version')];
  const { status, stderr } = spawnSync('unshare', args, {
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [0, '']);
});

test('a thread that cannot be had for an actor is a sentence, and nothing is rejected behind it', FEW_THREADS, () => {
  const entry = join(directory, 'entry.mjs');
  const script = join(directory, 'pools.mjs');
  chmodSync(directory, 0o755);
  writeFileSync(entry, 'export const run = () => new Promise(() => setInterval(() => {}, 1000));\n');
  const module = new URL('dist/src/main/actors/pool.js', root).href;
  writeFileSync(
    script,
    `import { ActorPool } from ${JSON.stringify(module)};
    const later = () => new Promise((resolve) => setTimeout(resolve, 100, undefined));
    for (let count = 0; count < 60; count += 1) {
      const pool = new ActorPool(new URL(${JSON.stringify(`file://${entry}`)}), 64);
      const task = pool.run({}, []);
      const end = await Promise.race([task.ended, later()]);
      if (end === undefined) continue;
      task.kill('too late');
      await pool.destroy();
      await later();
      console.log(end.code, end.why);
      process.exit(0);
    }`,
  );
  const [file, ...args] = withThreads(30, process.execPath, script) as [string, ...string[]];
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: '/', encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^died the machine gives no further thread .*ulimit -u/);
});
