import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ABSENT, fileState, fileStateNow } from '../../src/files/file-state.js';

test('a file that cannot be looked at is none, and one that can is known again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-file-'));
  const [file, loop] = [join(directory, 'file'), join(directory, 'loop')];
  writeFileSync(file, 'x');
  symlinkSync(loop, loop);
  for (const path of [loop, directory, join(directory, 'nothing'), join(file, 'below')]) {
    assert.equal(fileStateNow(path), ABSENT, path);
    assert.equal(await fileState(path), ABSENT, path);
  }
  assert.notEqual(fileStateNow(file), ABSENT);
  assert.equal(fileStateNow(file), await fileState(file));
  rmSync(directory, { recursive: true });
});
