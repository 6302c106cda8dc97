// What races say of lines (test/fixtures/lines), replayed: when a line is dead, and in which actor.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type LinesRecording, replayLines } from '../helpers/replay-lines.js';

const directory = new URL('../../../test/fixtures/lines/', import.meta.url);

for (const file of readdirSync(directory).sort()) {
  const recording: LinesRecording = JSON.parse(readFileSync(new URL(file, directory), 'utf8'));
  test(`${file}: ${recording.about}`, () => {
    const stands = replayLines(recording);
    assert.deepEqual(
      recording.expect.map(([at, actor, line], i) => [at, actor, line, stands[i]]),
      recording.expect,
    );
  });
}
