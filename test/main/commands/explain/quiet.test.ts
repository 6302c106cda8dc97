// What explain says of quiet connections.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quietText, shownQuiet } from '../../../../src/main/commands/explain/quiet.js';

const USUAL = { tcp_keepalive_s: 60, idle_timeout_ms: 3_600_000 };
const PROBES = { idle_s: 300, interval_s: 75, probes: 1 };

test('a rule goes before the listener, and what neither says is the usual', () => {
  const text = (...asked: Parameters<typeof shownQuiet>): string | undefined => {
    const quiet = shownQuiet(...asked);
    return quiet && quietText(quiet);
  };
  assert.equal(text(undefined, {}, USUAL), undefined);
  assert.equal(text('block', undefined, USUAL), undefined);
  assert.equal(text({ lines: undefined, sticky: false }, {}, USUAL), undefined);
  const ruling = { lines: undefined, sticky: false, quiet: { idle_timeout_ms: 0 } } as const;
  const probed = 'its peers are probed after 60 s and then every 20 s, and 9 probes without an answer end it';
  assert.equal(text(ruling, undefined, USUAL), `the connection may be quiet for ever; ${probed}`);
  assert.equal(
    text(ruling, { quiet: { idle_timeout_ms: 5000, keepalive: PROBES } }, USUAL),
    'the connection may be quiet for ever; its peers are probed after 300 s and then every 75 s, and 1 probe without an answer ends it',
  );
  assert.equal(
    text(undefined, { quiet: { keepalive: false } }, USUAL),
    'the connection may be quiet for 3600 s, without probes',
  );
  assert.deepEqual(shownQuiet(ruling, { quiet: { keepalive: PROBES } }, USUAL), {
    idle_timeout_ms: 0,
    keepalive: PROBES,
  });
});
