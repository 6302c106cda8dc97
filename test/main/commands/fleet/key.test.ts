// Keys of gateways as files: what is made, what stays, and that a configuration takes them.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { makeKeys } from '../../../../src/main/commands/fleet/key.js';
import { load } from '../../../../src/main/config/load.js';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'tcproute-key-'));
  directories.push(made);
  return made;
}

function keysIn(place: string, gateway: string) {
  const made = makeKeys(gateway, place);
  if (made.kind === 'failed') throw new Error(made.reason);
  return made.keys;
}

test('a configuration takes the secret and the key, which only the own user may read', () => {
  const place = directory();
  const { public_key, secret_file, sign_key_file, made } = keysIn(place, 'b');
  assert.deepEqual(made, ['share.secret', 'share-b.pem']);
  for (const file of made) assert.equal(statSync(join(place, file)).mode & 0o777, 0o600);
  const share = {
    url: 'redis://127.0.0.1:6379',
    gateway: 'b',
    secret_file,
    sign_key_file,
    gateways: { b: public_key },
  };
  writeFileSync(join(place, 'config.json'), JSON.stringify({ share }));
  const loaded = load({ file: 'config.json', directory: place, environment: {}, flags: {} });
  assert.deepEqual(loaded.kind === 'invalid' ? loaded.errors : [], []);
});

test('another gateway gets a key of its own and the same secret, and what is there stays as it is', () => {
  const place = directory();
  const first = keysIn(place, 'a');
  const secret = readFileSync(join(place, 'share.secret'), 'utf8');
  const second = keysIn(place, 'b');
  assert.deepEqual(second.made, ['share-b.pem']);
  assert.notEqual(second.public_key, first.public_key);
  assert.deepEqual(second.gateways, { a: first.public_key, b: second.public_key });
  chmodSync(place, 0o755);
  chmodSync(join(place, 'share.secret'), 0o644);
  assert.deepEqual(keysIn(place, 'b').readable, ['share.secret']);
  const again = keysIn(place, 'a');
  assert.deepEqual([again.made, again.public_key], [[], first.public_key]);
  assert.equal(readFileSync(join(place, 'share.secret'), 'utf8'), secret);
});

test('a file that is there and is no secret or key is told, and left alone', () => {
  const place = directory();
  writeFileSync(join(place, 'share.secret'), 'short\n');
  const short = makeKeys('a', place);
  assert.match(short.kind === 'failed' ? short.reason : '', /^share\.secret is there already and has fewer than 32 /);
  writeFileSync(join(place, 'share.secret'), 'x'.repeat(40));
  writeFileSync(join(place, 'share-a.pem'), 'no key');
  const none = makeKeys('a', place);
  assert.match(
    none.kind === 'failed' ? none.reason : '',
    /^share-a\.pem is there already and holds no Ed25519 private/,
  );
  assert.equal(readFileSync(join(place, 'share-a.pem'), 'utf8'), 'no key');
});

test('a folder in which nothing can be written is told', () => {
  const gone = makeKeys('a', join(directory(), 'none'));
  assert.match(gone.kind === 'failed' ? gone.reason : '', /share\.secret cannot be written \(ENOENT\)$/);
});

test('a file that is a link to nothing is told', () => {
  const place = directory();
  symlinkSync(join(place, 'nowhere'), join(place, 'share-a.pem'));
  const made = makeKeys('a', place);
  assert.match(made.kind === 'failed' ? made.reason : '', /share-a\.pem is there and leads nowhere/);
});
