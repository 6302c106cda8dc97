// The report of SIGUSR2 is for an operator, so docs/operate.md says what each of its counts means.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Counter } from '../../../src/threads/shared/counters.js';
import { ServerProfile } from '../../../src/workers/dns/ask/server-profile.js';

const page = readFileSync(new URL('../../../../docs/operate.md', import.meta.url), 'utf8');
const section = /^## The report$([\s\S]*)/m.exec(page)?.[1] ?? '';

test('every count of the report is in docs/operate.md', () => {
  const counts = [...Object.keys(Counter), ...Object.keys(new ServerProfile(() => 0).counts)];
  assert.deepEqual(
    counts.filter((name) => !section.includes(`\`${name}\``)),
    [],
  );
});
