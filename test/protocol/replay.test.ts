// Recorded races (test/fixtures/races), replayed: which candidates start when, and who is best afterwards.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { replay } from '../helpers/replay.js';
import type { Recording } from '../helpers/replay-world.js';

const directory = new URL('../../../test/fixtures/races/', import.meta.url);

for (const file of readdirSync(directory).sort()) {
  const recording: Recording = JSON.parse(readFileSync(new URL(file, directory), 'utf8'));
  test(`${file}: ${recording.about}`, () => {
    const results = replay(recording);
    assert.deepEqual(
      results,
      recording.races.map(({ expect }) => expect),
    );
    assert.deepEqual(replay(recording), results);
  });
}
