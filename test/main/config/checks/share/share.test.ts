import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { siteNameOf } from '../../../../../src/main/config/checks/share/names.js';
import { SIGN_KEY } from '../../../../helpers/sign-key.js';
import { errorsIn, loadJson, optionsOf } from '../../load-text.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-share-'));
after(() => rmSync(directory, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text, { mode: 0o600 });
  return join(directory, name);
};

const SECRET = file('secret', `${'s'.repeat(40)}\n`);
const PEM = file('ca.pem', rootCertificates[0] as string);
const shared = { url: 'redis://127.0.0.1', secret_file: SECRET };
const shareOf = (share: object) => optionsOf(loadJson({ share })).share;
const wrong = (share: object): string => errorsIn({ share }).join('\n');

test('an engine is found by the URLs that its other clients take', () => {
  const plain = { username: undefined, password: undefined, database: 0 };
  const at = (url: unknown, more = {}): unknown => shareOf({ ...shared, url, ...more }).url;
  const local = { kind: 'internet', host: '127.0.0.1', port: 6379, tls: false, ...plain };
  assert.deepEqual(at('redis://127.0.0.1'), [local]);
  assert.deepEqual(at('redis://u:p%40ss@[::1]:7000/5'), [
    { ...local, host: '::1', port: 7000, username: 'u', password: 'p@ss', database: 5 },
  ]);
  assert.deepEqual(at('rediss://:only@redis.test'), [{ ...local, host: 'redis.test', tls: true, password: 'only' }]);
  for (const url of ['unix:/run/redis.sock', 'unix:///run/redis.sock'])
    assert.deepEqual(at(url), [{ kind: 'unix', path: '/run/redis.sock', ...plain }]);
  const nodes = ['redis://a.test:7000', 'redis://b.test:7000'];
  assert.deepEqual(at(nodes, { kind: 'cluster' }), [
    { ...local, host: 'a.test', port: 7000 },
    { ...local, host: 'b.test', port: 7000 },
  ]);
});

test('the socket of an engine may be given from the folder of the configuration', () => {
  const [place] = shareOf({ ...shared, url: 'unix:run/redis.sock' }).url ?? [];
  assert.match(place?.kind === 'unix' ? place.path : '', /^\/.+\/run\/redis\.sock$|^\/run\/redis\.sock$/);
});

test('what is no URL of an engine is refused, and its password is not shown', () => {
  for (const url of [
    '127.0.0.1:6379',
    'http://a.test',
    'redis://',
    'redis://a/x',
    'redis://a:0',
    'redis://u:hunter2@a?b',
    5,
    [],
  ]) {
    const told = wrong({ ...shared, url });
    assert.match(told, /^share\.url: cannot be the URL of a Redis or Valkey server; allowed: redis:\/\//, String(url));
    assert.doesNotMatch(told, /hunter2/);
  }
});

test('what must fit together is told, all at once', () => {
  const told = wrong({
    ...shared,
    url: ['redis://a.test', 'rediss://b.test/1'],
    kind: 'cluster',
    password_file: SECRET,
    cert_file: PEM,
  });
  for (const part of [/TLS and without/, /a cluster has only the first/, /cert_file: has no key/])
    assert.match(told, part);
  assert.match(wrong({ url: 'redis://a.test' }), /must be sealed; needed: share\.secret_file/);
  assert.match(wrong({ ...shared, url: ['redis://a.test', 'redis://b.test'] }), /several URLs/);
  assert.match(wrong({ ...shared, kind: 'sentinel' }), /needed: share\.sentinel_name/);
  assert.match(wrong({ ...shared, url: 'unix:/a', kind: 'cluster' }), /has a Unix socket/);
  assert.match(wrong({ ...shared, url: 'redis://:a@b', password_file: SECRET }), /stands beside a password/);
  assert.match(wrong({ ...shared, ca_file: PEM }), /ca_file: is for TLS/);
  const sentinels = { kind: 'sentinel', sentinel_name: 'site', url: 'redis://:of-sentinels@b' };
  assert.equal(wrong({ ...shared, ...sentinels, password_file: SECRET }), '');
});

test('a wrong value of one key is not told again as another one that is missing', () => {
  const told = errorsIn({ share: { url: 'redis://a.test', secret_file: '/nowhere/secret' } });
  assert.equal(told.length, 1);
  assert.match(told.join(), /^share\.secret_file: the file does not exist/);
});

test('secrets must be long, keys of the right kind, and certificates in PEM', () => {
  assert.match(wrong({ secret_file: file('short', 'short') }), /has 5 characters; needed: at least 32/);
  assert.match(wrong({ sign_key_file: SECRET }), /holds no such key; needed: an Ed25519 private key/);
  assert.match(wrong({ ca_file: SECRET }), /holds no certificate; needed: certificates in PEM/);
  assert.match(wrong({ ca_file: '/nowhere/ca.pem' }), /does not exist/);
});

test('the key by which a gateway signs is the one by which the others know it', () => {
  const sign_key_file = file('sign-key', SIGN_KEY.pem);
  const other = Buffer.alloc(32, 1).toString('base64');
  const own = (gateways: object): object => ({ ...shared, gateway: 'a', sign_key_file, gateways });
  assert.deepEqual(shareOf(own({ a: SIGN_KEY.public, b: other })).gateways, [
    { name: 'a', key: SIGN_KEY.public },
    { name: 'b', key: other },
  ]);
  assert.ok(
    wrong(own({ b: other })).includes(
      `does not have this gateway, "a", which signs news; its key is "${SIGN_KEY.public}"`,
    ),
  );
  assert.match(wrong(own({ a: other })), /another key for this gateway, "a"/);
  assert.match(
    wrong({ gateways: { 'A!': other, b: 'short', c: other } }),
    /\["A!"\]: is no name.*\n.*b: is no public key.*\n.*c: has the key of "A!"/s,
  );
  assert.match(wrong({ gateways: [] }), /allowed: an object of at most/);
});

test('the name of a gateway is that of the machine where none is given', () => {
  assert.deepEqual(['Gw-1.Example.ORG', '__', 'ä', 'x'.repeat(40)].map(siteNameOf), [
    'gw-1.example.org',
    'gateway',
    'gateway',
    'x'.repeat(32),
  ]);
  assert.match(wrong({ gateway: 'a{b}' }), /^share\.gateway: .* is not allowed; allowed: 1 to 32 of a-z/);
});

test('keys that do nothing without an engine are told', () => {
  assert.match(
    loadJson({ share: { secret_file: SECRET } }).warnings.join(),
    /share\.secret_file: nothing is shared without share\.url/,
  );
  assert.deepEqual(loadJson({ share: {} }).warnings, []);
});

test('what is allowed and does not do what it seems to is told', () => {
  const warned = (share: object): string =>
    loadJson({ share: { ...shared, news: false, ...share } }).warnings.join('\n');
  assert.equal(warned({}), '');
  const other = { b: Buffer.alloc(32, 1).toString('base64') };
  const sign_key_file = file('sign-key', SIGN_KEY.pem);
  for (const [share, said] of [
    [{ limits: true }, /limits: share\.gateways names no other gateway/],
    [{ routes: false }, /url: nothing is shared: share\.routes, share\.news and share\.limits are all false/],
    [{ sentinel_name: 'm' }, /sentinel_name: does nothing/],
    [{ on_loss: 'deny' }, /on_loss: does nothing without share\.limits/],
    [{ username: 'u' }, /username: has no password/],
    [{ news: true }, /news: does nothing/],
    [
      { news: true, gateway: 'a', sign_key_file, gateways: { a: SIGN_KEY.public } },
      /gateways: has no other gateway, so that no news/,
    ],
    [{ url: 'redis://:p@redis.example' }, /url: sends a password in clear/],
    [{ url: 'redis://203.0.113.5', password_file: SECRET }, /url: sends a password in clear/],
    [
      { url: 'rediss://redis.example', cert_file: PEM, key_file: sign_key_file },
      /key_file: is no private key of the certificate/,
    ],
  ] as const)
    assert.match(warned(share), said);
  for (const url of ['redis://:p@127.0.0.1', 'redis://:p@10.0.0.5', 'redis://:p@redis', 'rediss://:p@redis.example'])
    assert.equal(warned({ url }), '');
  assert.equal(warned({ news: true, gateways: other }), '');
});

test('what a wrong entry leads to is not told beside it', () => {
  const sign_key_file = file('sign-key', SIGN_KEY.pem);
  const own = { ...shared, sign_key_file, gateways: { b: SIGN_KEY.public } };
  for (const [share, said] of [
    [{ ...own, gateway: 'b', gateways: { ...own.gateways, a: 'xyz' } }, /^share\.gateways\.a: is no public key/],
    [{ ...own, gateway: 'B' }, /^share\.gateway: .* is not allowed/],
    [{ ...shared, secret_file: '/nowhere/secret' }, /does not exist.*, which `tcproute fleet key NAME` makes$/],
    [{ ...shared, url: 'redis://u:p@a', username: 'v' }, /^share\.username: stands beside a name in share\.url/],
  ] as const) {
    const told = errorsIn({ share });
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told.join(), said);
  }
});
