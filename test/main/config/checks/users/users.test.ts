// Users as they are configured: in the configuration and in a file of their own, in every format, with all mistakes, and never
// with a password in a message.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { load } from '../../../../../src/main/config/load.js';
import { errorsIn, errorsOf, loadJson, loadText, optionsOf } from '../../load-text.js';

const PHC = '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E';
const directory = mkdtempSync(join(tmpdir(), 'tcproute-users-'));
after(() => rmSync(directory, { recursive: true }));

/** Loads a configuration beside files. */
function loadBeside(tree: object, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries({ ...files, 'c.json': JSON.stringify(tree) })) {
    writeFileSync(join(directory, name), text);
  }
  return load({ file: 'c.json', directory, environment: {}, flags: {} });
}

const lists = [
  { type: 'direct', name: 'a' },
  { type: 'direct', name: 'b' },
];

test('users have a password or its hash, and perhaps lines', () => {
  const users = { alice: { password: 'pass$word' }, bob: { password: PHC, lines: ['b', 'a', 'b'] } };
  assert.deepEqual(optionsOf(loadJson({ upstream: lists, users })).users, {
    inline: [
      { name: 'alice', password: 'pass$word', lines: undefined },
      { name: 'bob', password: PHC, lines: [0, 1] },
    ],
    file: undefined,
  });
  assert.equal(optionsOf(loadJson({})).users, undefined);
  const environment = { TCPROUTE_USERS: '{alice: {password: "x"}}' };
  assert.equal(optionsOf(loadJson({}, { environment })).users?.inline[0]?.password, 'x');
});

test('a file has what may stand there, in every format, and may have nobody', () => {
  const names = (name: string, text: string) => {
    const { users } = optionsOf(loadBeside({ users_file: name }, { [name]: text }));
    assert.deepEqual([users?.inline, users?.file?.path], [[], join(directory, name)]);
    assert.match(users?.file?.state ?? '', /^\d+ \d+ /);
    return users?.file?.users.map((user) => `${user.name} ${user.password}`);
  };
  assert.deepEqual(names('u.json', '// ours\n{"alice": {"password": "x"}, bob: {password: "y"}}'), [
    'alice x',
    'bob y',
  ]);
  assert.deepEqual(names('u.yaml', 'alice:\n  password: x\n'), ['alice x']);
  assert.deepEqual(names('u.toml', '[alice]\npassword = "x"\n'), ['alice x']);
  assert.deepEqual(names('u.json', '{}'), []);
});

test('mistakes in a file have its name, the line and the key, and all are told', () => {
  const text =
    '{\n"alice": {"password": 5},\n"b+c": {"password": "hunter2"},\n"d": "hunter2",\n"e": {"pasword": "hunter2"}}';
  const errors = errorsOf(loadBeside({ users_file: 'u.json', port: -1 }, { 'u.json': text }));
  assert.deepEqual(
    errors.map((error) => error.replace('c.json: line 1: users_file: ', '').replace(/allowed: .*$/, '')),
    [
      'u.json: line 2: alice.password: *** (number) is not allowed; ',
      'u.json: line 3: ["b+c"]: is not a name; ',
      'u.json: line 4: d: *** (string) is not allowed; ',
      'u.json: line 5: e.pasword: unknown key; did you mean "password"?',
      'u.json: line 5: e.password: missing; needed: a password of 1 to 255 octets in UTF-8, without control characters, or its hash as `tcproute passwd` prints it',
      'c.json: line 1: port: -1 is not allowed; ',
    ],
  );
  assert.match(errors[0] as string, /^c\.json: line 1: users_file: u\.json: line 2: .*; digits stand in quotes$/);
});

test('a file that is missing or no map of users is a mistake, and so is a user that stands in both', () => {
  const told = (text: string) => errorsOf(loadBeside({ users_file: 'u.json' }, { 'u.json': text })).join('\n');
  assert.deepEqual(errorsOf(loadBeside({ users_file: 'none.json' }, {})), [
    'c.json: line 1: users_file: none.json: no such file',
  ]);
  for (const text of ['["hunter2"]', '"hunter2"', 'hunter2 =', '{"hunter2"']) {
    assert.match(told(text), /^c\.json: line 1: users_file: u\.json: /);
    assert.doesNotMatch(told(text), /hunter2/);
  }
  assert.deepEqual(
    errorsOf(
      loadBeside(
        { users: { alice: { password: 'x' } }, users_file: 'u.json' },
        { 'u.json': '{alice: {password: "y"}}' },
      ),
    ),
    ['c.json: line 1: users_file: u.json: alice: is a user in "users" too; allowed: each user once'],
  );
  assert.match(
    told('{"a": {"password": "x"},\n"a": {"password": "y"}}'),
    /users_file: u\.json: line 2: a: the same key/,
  );
  assert.match(errorsIn({ users_file: 5 })[0] ?? '', /^users_file: 5 is not allowed; allowed: the path of a file/);
});

test('lines of a user must be there', () => {
  const users = { alice: { password: 'x', lines: ['a', 'c'] } };
  assert.deepEqual(errorsIn({ upstream: lists, users }), [
    'users.alice.lines[1]: "c" is not the name of a line; did you mean "a"?',
  ]);
  assert.match(
    errorsOf(loadBeside({ upstream: lists, users_file: 'u.json' }, { 'u.json': JSON.stringify(users) }))[0] ?? '',
    /users_file: u\.json: alice\.lines\[1\]: "c" is not the name of a line/,
  );
  assert.match(
    errorsIn({ users: { alice: { password: 'x', lines: [] } } })[0] ?? '',
    /the name of a line, or a list of 1 to 1024 such$/,
  );
  assert.match(errorsIn({ users: { alice: { password: 'x', lines: [5] } } })[0] ?? '', /lines\[0\]: 5 is not allowed/);
});

test('a password that looks like a hash which cannot be used is a mistake', () => {
  const told = (password: string) => errorsIn({ users: { alice: { password } } })[0] ?? '';
  assert.match(
    told('$2b$12$abcdefghijk'),
    /^users\.alice\.password: looks like a hash of another kind; allowed: \$scrypt\$ln=15/,
  );
  assert.match(
    told(PHC.replace('ln=16', 'ln=19')),
    /looks like an scrypt hash, but not one that can be used; allowed: /,
  );
  assert.match(
    told(''),
    /^users\.alice\.password: \*\*\* \(string\) is not allowed; allowed: a password of 1 to 255 octets/,
  );
  assert.match(told('x\n'), /is not allowed/);
});

test('a name that HTTP cannot carry brings a warning', () => {
  assert.deepEqual(loadJson({ users: { 'a:b': { password: 'x' } } }).warnings, [
    'c.json: line 1: users["a:b"]: has a colon: over HTTP a user cannot be named so (RFC 7617)',
  ]);
});

test('users that are none are a mistake, and no password is shown wherever it stands', () => {
  assert.match(errorsIn({ users: {} })[0] ?? '', /^users: has nobody; allowed: an object of 1 to 50000 names/);
  for (const tree of [
    ...[{ users: 'hunter2' }, { users: ['hunter2'] }, { users: [{ alice: 'hunter2' }] }, { users: { a: 'hunter2' } }],
    ...[
      { users: { a: ['hunter2'] } },
      { users: { a: { password: ['hunter2'] } } },
      { users: { a: { password: { b: 'hunter2' } } } },
    ],
    ...[
      { users: { a: { password: `hunter2\n` } } },
      { port: { users: { alice: 'hunter2' } } },
      { nameservers: [{ users: { a: 'hunter2' } }] },
    ],
    ...[
      { port: '$scrypt$hunter2' },
      { users: { a: { passwort: 'hunter2' } } },
      { users: { a: { password: '$1$hunter2' } } },
    ],
  ]) {
    const errors = errorsIn(tree);
    assert.ok(errors.length > 0, JSON.stringify(tree));
    assert.doesNotMatch(errors.join('\n'), /hunter2/, JSON.stringify(tree));
  }
  const yaml = errorsOf(loadText('c.yaml', 'users:\n  alice:\n    password: hunter2\n   bob: x\n')).join('\n');
  assert.doesNotMatch(yaml, /hunter2/);
});

test('ten thousand users are loaded', () => {
  const users = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, number) => [`user ${number}`, { password: 'x' }]),
  );
  assert.equal(optionsOf(loadJson({ users })).users?.inline.length, 10_000);
});

test('a user may have limits of its own, also in a file', () => {
  const users = {
    alice: { password: 'x', limits: { connections_max: 5, rate: 0 } },
    bob: { password: 'x', limits: { rate: 3 } },
    carol: { password: 'x', limits: {} },
  };
  const expected = [
    { connections_max: 5, rate: 0 },
    { connections_max: undefined, rate: 3 },
    { connections_max: undefined, rate: undefined },
  ];
  const { users: inline } = optionsOf(loadJson({ users }));
  assert.deepEqual(
    inline?.inline.map(({ limits }) => limits),
    expected,
  );
  const { users: read } = optionsOf(loadBeside({ users_file: 'u.json' }, { 'u.json': JSON.stringify(users) }));
  assert.deepEqual(
    read?.file?.users.map(({ limits }) => limits),
    expected,
  );
  const { limits } = optionsOf(loadJson({ limits: { user_connections_max: 7, user_rate: 9 } }));
  assert.deepEqual([limits.user_connections_max, limits.user_rate], [7, 9]);
});

test('wrong limits of a user are told with their places', () => {
  const told = (own: unknown): readonly string[] => errorsIn({ users: { alice: { password: 'x', limits: own } } });
  assert.deepEqual(told({ connections_max: -1, rate: 1.5 }), [
    'users.alice.limits.connections_max: -1 is not allowed; allowed: an integer from 0 to 10000000; 0 is no limit',
    'users.alice.limits.rate: 1.5 is not allowed; allowed: an integer from 0 to 1000000; 0 is no limit',
  ]);
  assert.deepEqual(told({ rates: 1 }), ['users.alice.limits.rates: unknown key; did you mean "rate"?']);
  assert.deepEqual(told(5), [
    'users.alice.limits: 5 is not allowed; allowed: an object with one or more of connections_max, rate, bytes_max',
  ]);
  const bytes =
    '0 for no limit, or an integer from 1 to 1000000000000000, or a text with a unit: "50GB", "500MiB", "1.5TB"';
  assert.deepEqual(told({ bytes_max: '50Gb' }), [
    `users.alice.limits.bytes_max: "50Gb" is not allowed; allowed: ${bytes}`,
  ]);
  for (const wrong of [-1, 1.5, '0GB', 2e15, null]) {
    assert.deepEqual(errorsIn({ limits: { user_bytes_max: wrong } }), [
      `limits.user_bytes_max: ${JSON.stringify(wrong)} is not allowed; allowed: ${bytes}`,
    ]);
  }
});

test('bytes of users are numbers or texts, and a restart that would forget them is warned of', () => {
  const users = {
    alice: { password: 'x', limits: { bytes_max: '1.5kB' } },
    bob: { password: 'x', limits: { bytes_max: 0 } },
    carol: { password: 'x', limits: { rate: 1 } },
  };
  const budget_state_file = '/tmp/usage';
  const loaded = loadJson({ users, budget_state_file, limits: { user_bytes_max: '50GB', user_bytes_day: 15 } });
  const { users: read, limits } = optionsOf(loaded);
  assert.deepEqual(
    read?.inline.map((user) => user.limits?.bytes_max),
    [1500, 0, undefined],
  );
  assert.deepEqual([limits.user_bytes_max, limits.user_bytes_day, loaded.warnings], [50e9, 15, []]);
  const forgotten =
    'users: there is a limit of bytes and no budget_state_file: what has been used is forgotten at every restart';
  const warned = (tree: object) => loadJson(tree).warnings.map((text) => text.replace('c.json: line 1: ', ''));
  assert.deepEqual(warned({ users }), [forgotten]);
  const { bob, carol } = users;
  assert.deepEqual(warned({ users: { bob, carol } }), []);
  assert.deepEqual(warned({ users: { bob }, limits: { user_bytes_max: 5 } }), []);
  assert.deepEqual(warned({ users: { carol }, limits: { user_bytes_max: 5 } }), [forgotten]);
});
