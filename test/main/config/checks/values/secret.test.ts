// Secrets that stand in files: what is read, what is wrong with them, and that none is shown.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Loaded, load } from '../../../../../src/main/config/load.js';
import { errorsOf, optionsOf } from '../../load-text.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tcproute-secret-'));
});
afterEach(() => {
  delete process.env['CREDENTIALS_DIRECTORY'];
  rmSync(directory, { recursive: true });
});

/** Files of the directory, with mode 0600. */
function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text, { mode: 0o600 });
}

function loadTree(tree: unknown, environment: Record<string, string> = {}): Loaded {
  write({ 'c.json': JSON.stringify(tree) });
  return load({ file: join(directory, 'c.json'), directory: '/', environment, flags: {} });
}

const PROXY = { type: 'socks5', host: '127.0.0.1', port: 1080 } as const;
const proxyOf = (loaded: Loaded) => {
  const hop = optionsOf(loaded).lines[0]?.hops[0];
  return [hop?.username, hop?.password];
};
const usersOf = (loaded: Loaded) =>
  [...(optionsOf(loaded).users?.inline ?? []), ...(optionsOf(loaded).users?.file?.users ?? [])].map(
    ({ name, password }) => [name, password],
  );
/** Without the place. */
const told = (messages: readonly string[]) => messages.map((message) => message.replace(/^.*?c\.json: line 1: /, ''));

test('a file beside the configuration gives the text without its last end of line', () => {
  write({ name: 'me', one: 'hunter2\n', two: ' a b \r\n', three: 'x\n\n' });
  const loaded = (password_file: string) =>
    proxyOf(loadTree({ upstream: { ...PROXY, username_file: 'name', password_file } }));
  assert.deepEqual(loaded('one'), ['me', 'hunter2']);
  assert.deepEqual(loaded('two'), ['me', ' a b ']);
  assert.deepEqual(loaded('three'), ['me', 'x\n']);
});

test('each load reads the file again', () => {
  const tree = { users: { alice: { password_file: 'alice' } } };
  write({ alice: 'first' });
  assert.deepEqual(usersOf(loadTree(tree)), [['alice', 'first']]);
  write({ alice: 'second' });
  assert.deepEqual(usersOf(loadTree(tree)), [['alice', 'second']]);
});

test('users of users_file may have files, beside that file', () => {
  mkdirSync(join(directory, 'people'));
  write({ 'people/users.yaml': 'carol: {password_file: carol}\n', 'people/carol': 'of carol\n' });
  assert.deepEqual(usersOf(loadTree({ users_file: 'people/users.yaml' })), [['carol', 'of carol']]);
});

test('a credential of systemd is found by its name', () => {
  const tree = { users: { alice: { password_file: 'credential:alice' } } };
  const missing = errorsOf(loadTree(tree));
  assert.deepEqual(told(missing), [
    'users.alice.password_file: no credentials were given: $CREDENTIALS_DIRECTORY is not set; needed: LoadCredential= or SetCredential= in the unit',
  ]);
  mkdirSync(join(directory, 'credentials'));
  write({ 'credentials/alice': 'from systemd' });
  process.env['CREDENTIALS_DIRECTORY'] = join(directory, 'credentials');
  assert.deepEqual(usersOf(loadTree(tree)), [['alice', 'from systemd']]);
  const outside = loadTree({ users: { alice: { password_file: 'credential:../c.json' } } });
  assert.match(told(errorsOf(outside)).join(), /^users\.alice\.password_file: names no credential; /);
});

test('all that is wrong with files is reported at once, beside other mistakes, and no text is shown', () => {
  write({
    ...{ empty: '', line: '\n', large: 'x'.repeat(65_537), bytes: Buffer.from([0xff]), long: 'secret'.repeat(100) },
    fine: 'x',
  });
  mkdirSync(join(directory, 'folder'));
  const files = ['none', 'folder', 'empty', 'line', 'large', 'bytes', 'long', 7, 'credential:'];
  const users = files.map((password_file, index) => [`u${index}`, { password_file }]);
  const tree = {
    workers: -1,
    upstream: { ...PROXY, username: 'me', password_file: 'long' },
    users: { ...Object.fromEntries(users), both: { password: 'secret', password_file: 'fine' }, nothing: {} },
  };
  const needed = 'needed: a text of at most 64 KiB';
  const errors = told(errorsOf(loadTree(tree)));
  assert.deepEqual(errors, [
    'workers: -1 is not allowed; allowed: an integer from 0 to 1024',
    'upstream.password_file: *** (string) is not allowed; allowed: a text (in quotes) of 1 to 255 bytes',
    `users.u0.password_file: the file does not exist in ${directory}; ${needed}`,
    `users.u1.password_file: the file is a directory, not a file; ${needed}`,
    `users.u2.password_file: the file is empty; ${needed}`,
    `users.u3.password_file: the file is empty; ${needed}`,
    `users.u4.password_file: the file is larger than 65536 octets; ${needed}`,
    `users.u5.password_file: the file is not UTF-8 text: line 1 has other bytes; save it as UTF-8; ${needed}`,
    ...errors.slice(8, 9),
    'users.u7.password_file: *** (number) is not allowed; allowed: the path of a file, or credential:NAME for a credential of systemd',
    ...errors.slice(10, 11),
    'users.both.password_file: stands beside "password"; allowed: one of the two',
    ...errors.slice(12),
  ]);
  assert.match(errors[8] ?? '', /^users\.u6\.password_file: \*\*\* \(string\) is not allowed; /);
  assert.match(errors[10] ?? '', /^users\.u8\.password_file: /);
  assert.match(errors[12] ?? '', /^users\.nothing\.password: missing; /);
  assert.equal(errors.length, 13);
  assert.equal(errors.join().includes('secret'.repeat(2)), false);
});

const NOT_ROOT = { skip: process.getuid?.() === 0 ? 'root may read everything' : false };
test('a file that may not be read is a mistake', NOT_ROOT, () => {
  write({ alice: 'x' });
  chmodSync(join(directory, 'alice'), 0);
  const errors = told(errorsOf(loadTree({ users: { alice: { password_file: 'alice' } } })));
  assert.match(errors.join(), /^users\.alice\.password_file: the file cannot be read: permission denied; /);
});

test('SOCKS4 has no password from a file either', () => {
  write({ one: 'x' });
  const errors = errorsOf(loadTree({ upstream: { ...PROXY, type: 'socks4', password_file: 'one' } }));
  assert.deepEqual(told(errors), ['upstream.password_file: SOCKS4 has no passwords; allowed: only a username']);
});

describe('warnings of what every user of the machine can read', () => {
  const mode = (name: string, bits: number): void => chmodSync(join(directory, name), bits);
  const OPEN = 'every user of this machine can read';

  const warningsOf = (tree: unknown, configMode: number, environment: Record<string, string> = {}) => {
    write({ 'c.json': JSON.stringify(tree) });
    mode('c.json', configMode);
    const loaded = load({ file: join(directory, 'c.json'), directory: '/', environment, flags: {} });
    assert.equal(loaded.kind, 'loaded');
    return loaded.warnings.map((warning) => warning.replaceAll(`${directory}/`, ''));
  };

  beforeEach(() => chmodSync(directory, 0o755));

  test('a secret file', () => {
    write({ alice: 'x' });
    const tree = { users: { alice: { password_file: 'alice' } } };
    assert.deepEqual(warningsOf(tree, 0o600), []);
    mode('alice', 0o644);
    assert.deepEqual(warningsOf(tree, 0o644), [
      `c.json: line 1: users.alice.password_file: ${OPEN} the file (mode 0644)`,
    ]);
    chmodSync(directory, 0o750);
    assert.deepEqual(warningsOf(tree, 0o644), []);
  });

  test('a configuration with passwords in plain text, but not one with hashes or without any', () => {
    const warning = `c.json: has passwords in plain text, and ${OPEN} it (mode 0644); make it mode 0600, or give them by password_file`;
    const hash = '$scrypt$ln=15,r=8,p=1$c29tZSBzYWx0IGhlcmU$H0Hc8gCPVxmFfoAl3KEYF3Yy0AQtD0LdCIgRK7zO2vw';
    for (const plain of [
      { users: { alice: { password: 'x' } } },
      { upstream: { ...PROXY, username: 'a', password: 'b' } },
      { upstream: ['direct', { ...PROXY, upstream: 'http://a:b@127.0.0.1:80' }] },
    ]) {
      assert.deepEqual(warningsOf(plain, 0o644), [warning]);
      assert.deepEqual(warningsOf(plain, 0o640), []);
    }
    assert.deepEqual(warningsOf({ users: { alice: { password: hash } } }, 0o644), []);
    assert.deepEqual(warningsOf({ upstream: 'socks5://127.0.0.1:1080' }, 0o644), []);
  });

  test('a users_file with passwords in plain text', () => {
    write({ 'u.json': '{"alice": {"password": "x"}}' });
    mode('u.json', 0o604);
    const [warning, ...more] = warningsOf({ users_file: 'u.json' }, 0o644);
    assert.deepEqual(more, []);
    assert.match(warning ?? '', /^c\.json: line 1: users_file: u\.json: has passwords in plain text, .* \(mode 0604\)/);
  });
});
