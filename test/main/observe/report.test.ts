// The report of SIGUSR2 is for an operator, so docs/operate.md says what each of its counts means.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DROP_CAUSES } from '../../../src/protocol/udp/drop.js';
import { FLOW_ENDINGS } from '../../../src/protocol/udp/flow-record.js';
import { Counter } from '../../../src/threads/shared/counters.js';
import { UdpCount } from '../../../src/threads/shared/udp-counts.js';
import { ServerProfile } from '../../../src/workers/dns/ask/server-profile.js';

const page = readFileSync(new URL('../../../../docs/operate.md', import.meta.url), 'utf8');
const section = /^## The report$([\s\S]*)/m.exec(page)?.[1] ?? '';

test('every count of the report is in docs/operate.md', () => {
  const udp = [...Object.keys(UdpCount), ...FLOW_ENDINGS, ...DROP_CAUSES];
  const counts = [...Object.keys(Counter), ...Object.keys(new ServerProfile(() => 0).counts), ...udp];
  assert.deepEqual(
    counts.filter((name) => !section.includes(`\`${name}\``)),
    [],
  );
});
