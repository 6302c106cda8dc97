import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { readState, StateFile } from '../../src/files/state-file.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'tcproute-state-'));
after(() => rmSync(directory, { recursive: true }));
let count = 0;

/** A new path, and what is warned of. */
function place(): { file: string; warnings: string[]; warn: (message: string) => void } {
  count += 1;
  const warnings: string[] = [];
  return { file: path.join(directory, `${count}.state`), warnings, warn: (message) => void warnings.push(message) };
}

test('what was written is read, byte for byte, and only its owner may', async () => {
  const { file, warnings, warn } = place();
  const text = `{"ü":1}\n${'x'.repeat(1_000_000)}\n`;
  await new StateFile(file, warn).write(() => [text.slice(0, 10), text.slice(10), '']);
  assert.equal(readState(file, 2_000_000, warn), text);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual([warnings, readdirSync(directory)], [[], [path.basename(file)]]);
});

test('a missing file is no news', () => {
  const { file, warnings, warn } = place();
  assert.equal(readState(file, 100, warn), undefined);
  assert.deepEqual(warnings, []);
});

test('a file that is too large, or is none, or may not be read is ignored with a warning', () => {
  const { file, warnings, warn } = place();
  writeFileSync(file, 'x'.repeat(101));
  assert.equal(readState(file, 100, warn), undefined);
  assert.equal(readState(file, 101, warn)?.length, 101);
  assert.deepEqual(warnings.splice(0), [`${file} is ignored: it is larger than 100 octets`]);
  for (const [none, kind] of [
    [directory, 'a directory'],
    ['/dev/zero', 'a device'],
  ] as const) {
    assert.equal(readState(none, 100, warn), undefined);
    assert.deepEqual(warnings.splice(0), [`${none} is ignored: it is ${kind}, not a file`]);
  }
  assert.equal(readState(path.join(file, 'below'), 100, warn), undefined);
  assert.deepEqual(warnings, [`${path.join(file, 'below')} is ignored: ENOTDIR`]);
});

test('a pipe is not waited for', () => {
  const { file, warnings, warn } = place();
  assert.equal(spawnSync('mkfifo', [file]).status, 0);
  assert.equal(readState(file, 100, warn), undefined);
  assert.deepEqual(warnings, [`${file} is ignored: it is a pipe, not a file`]);
  rmSync(file);
});

test('a reader sees the old text or the new one and never a part, while it is replaced again and again', async () => {
  const { file, warnings, warn } = place();
  const state = new StateFile(file, warn);
  // Each in many pieces, and longer than what is gathered for one write.
  const text = (generation: number): string => `${String(generation % 10).repeat(700_000)}\n`;
  function* pieces(generation: number): Generator<string> {
    const whole = text(generation);
    for (let at = 0; at < whole.length; at += 1000) yield whole.slice(at, at + 1000);
  }
  await state.write(() => pieces(0));
  let writing = true;
  const written = (async () => {
    for (let generation = 1; generation <= 10; generation += 1) await state.write(() => pieces(generation));
    writing = false;
  })();
  const seen = new Set<string>();
  while (writing) {
    const read = readFileSync(file, 'utf8');
    assert.ok(read.length === 700_001 && read === text(Number(read[0])), `${read.length} octets`);
    seen.add(read[0] as string);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await written;
  assert.ok(seen.size > 1);
  assert.equal(readFileSync(file, 'utf8'), text(10));
  assert.deepEqual(warnings, []);
});

test('two writes at a time come one after the other, and the last one stands', async () => {
  const { file, warn } = place();
  const state = new StateFile(file, warn);
  const asked: string[] = [];
  const write = (name: string): Promise<boolean> =>
    state.write(() => {
      asked.push(name);
      return [name];
    });
  await Promise.all([write('first'), write('second'), write('third')]);
  assert.deepEqual([asked, readFileSync(file, 'utf8')], [['first', 'second', 'third'], 'third']);
});

test('a place that cannot be written is warned of once, and again only after it could be', async () => {
  const { file, warnings, warn } = place();
  const below = path.join(file, 'state');
  const state = new StateFile(below, warn);
  for (let i = 0; i < 3; i += 1) assert.equal(await state.write(() => ['text']), false);
  assert.deepEqual(warnings, [`${below} cannot be written: ENOENT`]);
  mkdirSync(file);
  assert.equal(await state.write(() => ['text']), true);
  assert.equal(readFileSync(below, 'utf8'), 'text');
  rmSync(file, { recursive: true });
  await state.write(() => ['text']);
  assert.equal(warnings.length, 2);
});

test('what is no file is not replaced, and nothing stays behind', async () => {
  const { file, warnings, warn } = place();
  mkdirSync(file);
  await new StateFile(file, warn).write(() => ['text']);
  assert.ok(statSync(file).isDirectory());
  assert.equal(spawnSync('mkfifo', [path.join(file, 'pipe')]).status, 0);
  await new StateFile(path.join(file, 'pipe'), warn).write(() => ['text']);
  assert.ok(statSync(path.join(file, 'pipe')).isFIFO());
  assert.deepEqual(warnings, [
    `${file} cannot be written: it is not a file`,
    `${path.join(file, 'pipe')} cannot be written: it is not a file`,
  ]);
  assert.deepEqual(readdirSync(file), ['pipe']);
});

test('behind a symbolic link the file is replaced, and the link stays', async () => {
  const { file, warnings, warn } = place();
  const [folder, link, second] = [`${file}.d`, `${file}.link`, `${file}.second`];
  mkdirSync(folder);
  symlinkSync(path.join(path.basename(folder), 'state'), link);
  symlinkSync(link, second);
  for (const text of ['new', 'newer']) {
    assert.equal(await new StateFile(second, warn).write(() => [text]), true);
    assert.equal(readFileSync(path.join(folder, 'state'), 'utf8'), text);
  }
  assert.ok(lstatSync(link).isSymbolicLink() && lstatSync(second).isSymbolicLink());
  assert.deepEqual([warnings, readdirSync(folder)], [[], ['state']]);
  const circle = `${file}.circle`;
  symlinkSync(circle, circle);
  assert.equal(await new StateFile(circle, warn).write(() => ['text']), false);
  assert.deepEqual(warnings, [`${circle} cannot be written: ELOOP`]);
});

test('what another program wrote is not replaced, an empty file and our own are', async () => {
  const { file, warnings, warn } = place();
  const state = new StateFile(file, warn, /^ours /);
  writeFileSync(file, 'my diary');
  assert.equal(await state.write(() => ['ours 1']), false);
  assert.equal(readFileSync(file, 'utf8'), 'my diary');
  assert.deepEqual(warnings, [`${file} cannot be written: what is in it was not written by this program`]);
  writeFileSync(file, '');
  assert.equal(await state.write(() => ['ours 1']), true);
  assert.equal(await state.write(() => ['ours 2']), true);
  assert.equal(readFileSync(file, 'utf8'), 'ours 2');
});

test('two of one process that write at the same time do not mix their texts', async () => {
  const { file, warn } = place();
  const [long, short] = ['long '.repeat(200_000), 'short'];
  for (let times = 0; times < 10; times += 1) {
    await Promise.all([new StateFile(file, warn).write(() => [long]), new StateFile(file, warn).write(() => [short])]);
    assert.ok([long, short].includes(readFileSync(file, 'utf8')));
  }
});

test('pieces that break off leave the old text, and nothing stays behind', async () => {
  const { file, warnings, warn } = place();
  const state = new StateFile(file, warn);
  await state.write(() => ['old']);
  await state.write(function* () {
    yield 'x'.repeat(600_000);
    throw new RangeError('no more');
  });
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(warnings, [`${file} cannot be written: RangeError: no more`]);
  const left = readdirSync(directory).filter((name) => name.startsWith(path.basename(file)));
  assert.deepEqual(left, [path.basename(file)]);
});

test('a disk that becomes full in the middle leaves the old text', () => {
  const { file } = place();
  writeFileSync(file, 'old');
  // A file may have no more than 64 KiB: the write takes a part and says so, only the next one fails.
  const module = new URL('../../src/files/state-file.js', import.meta.url).href;
  const program = `
    import { StateFile } from ${JSON.stringify(module)};
    process.on('SIGXFSZ', () => {});
    await new StateFile(${JSON.stringify(file)}, (message) => console.log(message)).write(() => ['x'.repeat(100_000)]);`;
  const shell = `ulimit -f 64; exec "$0" --input-type=module -e "$1"`;
  const { stdout, status } = spawnSync('bash', ['-c', shell, process.execPath, program], { encoding: 'utf8' });
  assert.deepEqual([stdout, status], [`${file} cannot be written: EFBIG\n`, 0]);
  assert.equal(readFileSync(file, 'utf8'), 'old');
});
