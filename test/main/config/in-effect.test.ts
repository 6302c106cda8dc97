// The configuration in effect: values, where they came from, and no secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { masked } from '../../../src/main/config/diagnostics/mask.js';
import type { InEffect } from '../../../src/main/config/in-effect.js';
import { KEYS } from '../../../src/main/config/keys.js';
import type { Loaded } from '../../../src/main/config/load.js';
import { loadJson, loadText } from './load-text.js';

function inEffect(loaded: Loaded): ReadonlyMap<string, Omit<InEffect, 'key'>> {
  assert.ok(loaded.kind === 'loaded', loaded.kind === 'invalid' ? loaded.errors.join('\n') : '');
  return new Map(loaded.inEffect().map(({ key, ...rest }) => [key, rest]));
}

test('every key is there, with its default where nothing was given', () => {
  const values = inEffect(loadText('none', undefined));
  assert.deepEqual(
    [...values.keys()],
    KEYS.map(({ path }) => path),
  );
  for (const { source } of values.values()) assert.deepEqual(source, { kind: 'default' });
  assert.equal(values.get('port')?.value, 7070);
  assert.equal(values.get('dns.state_file')?.value, null);
});

test('the source that wins is told, with the line in the file', () => {
  const text = 'port: 1080\nlog:\n  level: warning\nlimits:\n  lines_max: 12\ndrain_timeout_ms: 5m\nworkers: 1\n';
  const environment = { TCPROUTE_WORKERS: '2', TCPROUTE_ENGINE: 'epoll' };
  const values = inEffect(loadText('c.yaml', text, { environment, flags: { port: '1081' } }));
  assert.deepEqual(values.get('port'), { value: 1081, source: { kind: 'argument', name: '--port' } });
  assert.deepEqual(values.get('log_level'), { value: 'warn', source: { kind: 'file', name: 'c.yaml', line: 3 } });
  assert.deepEqual(values.get('limits.lines_max'), { value: 12, source: { kind: 'file', name: 'c.yaml', line: 5 } });
  assert.deepEqual(values.get('drain_timeout_ms'), {
    value: 300_000,
    source: { kind: 'file', name: 'c.yaml', line: 6 },
  });
  assert.deepEqual(values.get('workers'), { value: 2, source: { kind: 'environment', name: 'TCPROUTE_WORKERS' } });
  assert.equal(values.get('engine')?.source.kind, 'environment');
});

const SECRET = 'hunter2';

test('trees are as they were written, without any secret', () => {
  const upstream = {
    type: 'multipath',
    list: [
      { type: 'socks5', host: 'proxy.test', port: 1080, username: `user-${SECRET}`, password: SECRET },
      `http://user:${SECRET}@proxy.test:3128`,
      'direct',
    ],
  };
  const users = { alice: { password: SECRET, lines: ['direct'] } };
  const loaded = loadJson({
    upstream,
    users,
    nameservers: [`https://u:${SECRET}@dns.test/q?token=${SECRET}`, '1.1.1.1'],
  });
  // A server with credentials is refused: only what is right gets so far.
  assert.equal(loaded.kind, 'invalid');
  const values = inEffect(loadJson({ upstream, users }));
  assert.deepEqual(values.get('upstream')?.value, {
    type: 'multipath',
    list: [
      { type: 'socks5', host: 'proxy.test', port: 1080, username: '***', password: '***' },
      'http://***@proxy.test:3128',
      'direct',
    ],
  });
  assert.deepEqual(values.get('users')?.value, { alice: { password: '***', lines: ['direct'] } });
});

test('a value of an environment variable or of a default is masked as one of a file', () => {
  const environment = { TCPROUTE_UPSTREAM: `socks5://user:${SECRET}@proxy.test:1080` };
  const values = inEffect(loadText('none', undefined, { environment }));
  assert.ok(!JSON.stringify([...values]).includes(SECRET));
  assert.match(JSON.stringify(values.get('upstream')), /socks5:\/\/\*\*\*@proxy\.test:1080/);
});

test('no secret is shown, wherever it stands in a value', () => {
  const key = fc.constantFrom('password', 'password_file', 'api_token', 'client_secret', 'credential', 'username');
  const place = fc.oneof(
    fc.record({ name: fc.constant('a'), secret: fc.constant(SECRET) }),
    fc.constant(`socks5://me:${SECRET}@host:1`),
    fc.constant(`me:${SECRET}@host`),
    fc.constant(`https://host/p?access_token=${SECRET}&b=1`),
    fc.constant(`$scrypt$${SECRET}`),
    key.map((name) => ({ [name]: SECRET })),
    key.map((name) => ({ [name]: [SECRET, { deep: SECRET }] })),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      place,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'list', 'users'), tie('tree')),
    ),
  }));
  fc.assert(fc.property(tree, (value) => !JSON.stringify(masked(value, 'upstream') ?? null).includes(SECRET)));
});

test('a value of a megabyte is cut, and says how much is left out', () => {
  const rules = Array.from({ length: 20_000 }, (_, at) => ({ domain: [`n${at}.test`], block: true }));
  const shown = masked(rules, 'rules');
  assert.ok(Array.isArray(shown) && shown.length === 201);
  assert.equal(shown[200], 'and 19800 more');
  assert.ok(JSON.stringify(masked('x'.repeat(1_000_000), 'name')).length < 3000);
  const wide = Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => [1]));
  assert.ok(JSON.stringify(masked(wide, 'x')).length < 100_000);
});
