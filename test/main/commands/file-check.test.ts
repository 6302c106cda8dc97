// What a check says of the files that the gateway reads and writes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileWarnings } from '../../../src/main/commands/file-check.js';
import { defaultOptions } from '../../helpers/default-options.js';
import { program } from '../../helpers/gateway.js';
import { withoutNamespaces } from '../../helpers/namespace.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-files-'));
after(() => rmSync(directory, { recursive: true }));

test('a state file that may be made is nothing to warn of', () => {
  const { cache, dns, ...options } = defaultOptions();
  const state_file = join(directory, 'routes');
  assert.deepEqual(fileWarnings({ ...options, cache: { ...cache, state_file }, dns }), []);
});

test('a folder in which no state can be written is warned of by check and at the start', {
  skip: withoutNamespaces() ?? false,
}, () => {
  const folder = mkdtempSync(join(directory, 'fixed-'));
  const [routes, names] = [join(folder, 'routes'), join(folder, 'names')];
  const file = join(directory, 'c.json');
  const config = {
    port: 0,
    workers: 1,
    cache: { state_file: routes },
    dns: { state_file: names, probe: { enabled: 'off' } },
  };
  writeFileSync(file, JSON.stringify(config));
  // Root may write to any folder, but not to a file system that is read-only.
  const fixed = `mount -t tmpfs none ${folder}; mount -o remount,ro ${folder}; exec "$0" "$@"`;
  const run = (...args: readonly string[]) =>
    spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-ec', fixed, process.execPath, program, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
      timeout: 20_000,
    });
  const checked = run('check', '-c', file);
  const warnings = [routes, names].map((path) => `warning: ${path} cannot be written: EROFS\n`).join('');
  assert.deepEqual([checked.status, checked.stderr], [0, warnings]);
  // SIGTERM ends it: by then it has warned.
  const started = run('-c', file);
  assert.match(started.stdout, /routes cannot be written: EROFS/);
});

test('a place to start from that is not there is told, with what may be meant', () => {
  const { cache, ...rest } = defaultOptions();
  const warned = (start_from: string): string => fileWarnings({ ...rest, cache: { ...cache, start_from } }).join('\n');
  assert.match(warned('/nosuch/127.0.0.1:9090'), /does not exist; for a gateway write "http:\/\/127\.0\.0\.1:9090"$/);
  assert.match(warned('/nosuch/routes.json'), /routes\.json does not exist$/);
  assert.match(warned('unix:/nosuch/admin.sock'), /the socket \/nosuch\/admin\.sock does not exist$/);
  assert.equal(warned('http://127.0.0.1:9090'), '');
});
