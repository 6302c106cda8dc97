import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readState, StateFile } from '../../src/files/state-file.js';

const PIECE = `${'é'.repeat(999)}\n`;

/** More pieces than are gathered for one write; each has the number of its file in it. */
function* numbered(file: number, pieces: number): Generator<string> {
  for (let i = 0; i < pieces; i += 1) yield `${file}${PIECE}`;
  yield 'end';
}

test('what was written is read again, and nothing else is left in the directory', async () => {
  await withDirectory(async (directory, { warn, warnings }) => {
    const path = join(directory, 'state');
    const file = new StateFile(path, warn);
    await file.write(() => ['one', '\n', 'é']);
    assert.equal(readState(path, 100, warn), 'one\né');
    await file.write(() => numbered(7, 1000));
    assert.equal(readState(path, 1 << 24, warn), [...numbered(7, 1000)].join(''));
    await file.write(() => []);
    assert.equal(readState(path, 100, warn), '');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(directory), ['state']);
    assert.deepEqual(warnings, []);
  });
});

test('writes follow each other in order, and each asks for its pieces when it is its turn', async () => {
  await withDirectory(async (directory, { warn }) => {
    const path = join(directory, 'state');
    const file = new StateFile(path, warn);
    const before: (string | undefined)[] = [];
    const all = ['a', 'b', 'c'].map((text) =>
      file.write(() => {
        before.push(readState(path, 100, warn));
        return [text];
      }),
    );
    await Promise.all(all);
    assert.deepEqual(before, [undefined, 'a', 'b']);
    assert.equal(readState(path, 100, warn), 'c');
  });
});

test('a reader sees one whole file at any time, the old or the new one', async () => {
  await withDirectory(async (directory, { warn, warnings }) => {
    const path = join(directory, 'state');
    const file = new StateFile(path, warn);
    await file.write(() => numbered(0, 600));
    let written = 0;
    let seen = 0;
    const writing = (async () => {
      for (let i = 1; i < 10; i += 1) {
        await file.write(() => numbered(i, 600));
        written = i;
      }
    })().finally(() => {
      written = 10;
    });
    while (written < 10) {
      const text = readFileSync(path, 'utf8');
      const [number] = text;
      assert.equal(text, [...numbered(Number(number), 600)].join(''));
      assert.ok(Number(number) >= written);
      seen += 1;
      await new Promise(setImmediate);
    }
    await writing;
    assert.ok(seen >= 10, `read ${seen} times`);
    assert.deepEqual(warnings, []);
  });
});

test('a path that cannot be written is warned of once, and again only after a success', async () => {
  await withDirectory(async (directory, { warn, warnings }) => {
    const path = join(directory, 'missing', 'state');
    const file = new StateFile(path, warn);
    const expected: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 3; i += 1) await file.write(() => ['one']);
      expected.push(`${path} cannot be written: ENOENT`);
      assert.deepEqual(warnings, expected);
      mkdirSync(join(directory, 'missing'));
      await file.write(() => ['two']);
      assert.equal(readState(path, 100, warn), 'two');
      assert.deepEqual(warnings, expected);
      rmSync(join(directory, 'missing'), { recursive: true });
    }
  });
});

test('where it cannot be put in its place, nothing is left of it', async () => {
  await withDirectory(async (directory, { warn, warnings }) => {
    const path = join(directory, 'state');
    mkdirSync(path);
    writeFileSync(join(path, 'other'), '');
    await new StateFile(path, warn).write(() => ['one']);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] as string, /state cannot be written: /);
    assert.deepEqual(readdirSync(directory), ['state']);
    assert.deepEqual(readdirSync(path), ['other']);
  });
});

test('pieces that go wrong leave the old file as it was', async () => {
  await withDirectory(async (directory, { warn, warnings }) => {
    const path = join(directory, 'state');
    const file = new StateFile(path, warn);
    await file.write(() => ['old']);
    await file.write(function* () {
      yield* numbered(1, 500);
      throw new Error('no more pieces');
    });
    assert.equal(readState(path, 100, warn), 'old');
    assert.deepEqual(readdirSync(directory), ['state']);
    assert.deepEqual(warnings, [`${path} cannot be written: Error: no more pieces`]);
    await file.write(() => ['new']);
    assert.equal(readState(path, 100, warn), 'new');
  });
});

test('a file that is missing is no news', async () => {
  await withDirectory(async (directory, { warn, warnings }) => {
    assert.equal(readState(join(directory, 'state'), 100, warn), undefined);
    assert.equal(readState(join(directory, 'missing', 'state'), 100, warn), undefined);
    assert.deepEqual(warnings, []);
  });
});

test('one that is too large, or cannot be read, is ignored with a warning that says why', async () => {
  await withDirectory(async (directory, { warn, warnings }) => {
    const path = join(directory, 'state');
    writeFileSync(path, 'x'.repeat(101));
    assert.equal(readState(path, 101, warn)?.length, 101);
    assert.equal(readState(path, 100, warn), undefined);
    assert.deepEqual(warnings.splice(0), [`${path} is ignored: 101 octets are more than 100`]);
    assert.equal(readState(directory, 1 << 20, warn), undefined);
    assert.equal(warnings.length, 1);
    assert.ok(warnings.splice(0)[0]?.startsWith(`${directory} is ignored: `));
    assert.equal(readState(join(path, 'below'), 100, warn), undefined);
    assert.deepEqual(warnings.splice(0), [`${path}/below is ignored: ENOTDIR`]);
    chmodSync(path, 0);
    // Nothing keeps root from reading it.
    if (process.getuid?.() === 0) return;
    assert.equal(readState(path, 1000, warn), undefined);
    assert.deepEqual(warnings, [`${path} is ignored: EACCES`]);
  });
});

interface Warned {
  readonly warnings: string[];
  warn(message: string): void;
}

async function withDirectory(body: (directory: string, warned: Warned) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-state-'));
  const warnings: string[] = [];
  try {
    await body(directory, { warnings, warn: (message) => void warnings.push(message) });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
