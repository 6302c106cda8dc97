import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { readBounded } from '../../src/files/bounded-file.js';
import { readLines } from '../../src/files/line-reader.js';
import { openFds } from '../linux/peers.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'tcproute-bounded-'));
after(() => rmSync(directory, { recursive: true }));
const at = (name: string): string => path.join(directory, name);

function why(file: string, octets_max = 1000, pipe_ms?: number): string {
  const read = readBounded(file, { octets_max, ...(pipe_ms === undefined ? {} : { pipe_ms }) });
  return read.kind === 'read' ? `read ${read.bytes.length}` : read.kind === 'absent' ? read.code : read.why;
}

test('a file is read to its bound, whatever its size says', () => {
  const file = at('file');
  writeFileSync(file, 'x'.repeat(1000));
  assert.equal(why(file), 'read 1000');
  assert.equal(why(file, 999), 'is larger than 999 octets');
  writeFileSync(file, 'x'.repeat(200_000));
  assert.equal(why(file, 131_072 - 1), 'is larger than 131071 octets');
  assert.equal(why(file, 1024 * 1024), 'read 200000');
  writeFileSync(file, 'x'.repeat(2 ** 20 + 1));
  assert.equal(why(file, 2 ** 20), 'is larger than 1 MiB');
  // The size of these is 0.
  assert.match(why('/proc/self/status', 100_000), /^read [1-9]/);
  assert.equal(why('/proc/self/status', 10), 'is larger than 10 octets');
  assert.equal(why(at('none')), 'ENOENT');
  assert.equal(why(path.join(file, 'below')), 'ENOTDIR');
});

test('pipes, devices, folders and sockets are named and not waited for, and no descriptor stays', async () => {
  const before = openFds().size;
  assert.equal(spawnSync('mkfifo', [at('pipe')]).status, 0);
  symlinkSync('/dev/zero', at('zero'));
  const server = createServer().listen(at('socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  const begun = performance.now();
  assert.equal(why(at('pipe')), 'is a pipe, not a file');
  assert.equal(why(at('pipe'), 1000, 5000), 'is a pipe, not a file');
  assert.equal(why('/dev/zero'), 'is a device, not a file');
  assert.equal(why(at('zero')), 'is a device, not a file');
  assert.equal(why(directory), 'is a directory, not a file');
  assert.equal(why(at('socket')), 'cannot be read: ENXIO');
  assert.deepEqual(await readLines(at('pipe'), 1000, () => true), { kind: 'unusable', why: 'is a pipe, not a file' });
  assert.ok(performance.now() - begun < 2000);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(openFds().size, before);
});

/** The kernel's log, for those who may read it: a file that has nothing to read, and no end. */
const kernelLog = why('/proc/kmsg', 2 ** 26);
const unread = kernelLog.startsWith('cannot be read') || kernelLog === 'ENOENT' ? kernelLog : undefined;

test('a file of the kernel that has nothing to read is not waited for', { skip: unread ?? false }, async () => {
  assert.equal(kernelLog, 'has nothing to read');
  assert.equal(why('/proc/kmsg', 2 ** 26, 5000), 'has nothing to read');
});

test('a pipe that the process was given is read to its end, within its time and its bound', () => {
  const module = new URL('../../src/files/bounded-file.js', import.meta.url).href;
  const given = (shell: string, octets_max: number, pipe_ms: number): string => {
    const program = `import { readBounded } from ${JSON.stringify(module)};
      const read = readBounded(process.argv[1], { octets_max: ${octets_max}, pipe_ms: ${pipe_ms} });
      console.log(read.why ?? String(read.bytes));`;
    const env = { ...process.env, PROGRAM: program, NODE: process.execPath };
    return spawnSync('bash', ['-c', shell], { env, encoding: 'utf8' }).stdout.trim();
  };
  const run = '"$NODE" --input-type=module -e "$PROGRAM"';
  assert.equal(given(`(echo a; sleep 0.1; echo b) | ${run} /dev/stdin`, 100, 10_000), 'a\nb');
  assert.equal(given(`${run} <(echo a)`, 100, 10_000), 'a');
  assert.equal(given(`yes | ${run} /dev/stdin`, 100_000, 10_000), 'is larger than 100000 octets');
  assert.equal(given(`${run} <(exec sleep 60 2>/dev/null); kill $!`, 100, 50), 'has not come to its end within 0.05 s');
});

test('lines come in order, each whole, with turns of the event loop between pieces', async () => {
  const lines = Array.from({ length: 40_000 }, (_, index) => `${index} ${'ü'.repeat(index % 50)}`);
  writeFileSync(at('lines'), `${lines.join('\n')}\nlast`);
  const seen: string[] = [];
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 0);
  const read = await readLines(at('lines'), 1 << 24, (line, hasEnd) => {
    seen.push(hasEnd ? line : `${line}…`);
    return true;
  });
  clearInterval(turning);
  assert.equal(read.kind, 'read');
  assert.deepEqual(seen, [...lines, 'last…']);
  assert.ok(turns > 0);
  let few = 0;
  await readLines(at('lines'), 1 << 24, () => {
    few += 1;
    return few < 3;
  });
  assert.equal(few, 3);
  const tooLong = await readLines(at('lines'), 1000, () => true);
  assert.deepEqual(tooLong, { kind: 'unusable', why: 'is larger than 1000 octets' });
  writeFileSync(at('long'), 'x'.repeat(2 ** 21));
  assert.deepEqual(await readLines(at('long'), 1 << 24, () => true), {
    kind: 'unusable',
    why: 'has a line that is too long',
  });
});
