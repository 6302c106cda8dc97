// What rules and listeners say of quiet connections.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsIn, loadJson, optionsOf, warningsIn } from '../../load-text.js';

const quietOf = (...rules: object[]) =>
  optionsOf(loadJson({ rules: rules.map((rule, port) => ({ port: port + 1, ...rule })) })).rules.map(({ ruling }) =>
    ruling === 'block' ? ruling : ruling.quiet,
  );

test('a rule may say only how quiet its connections may be, in texts with units too', () => {
  const quiet = quietOf(
    { keepalive: { idle_s: 300 } },
    { keepalive: { idle_s: '2h', interval_s: '75s', probes: 3 }, idle_timeout_ms: 0 },
    { keepalive: false },
    { keepalive: 'off', idle_timeout_ms: '2d' },
    { idle_timeout: '5m', sticky: true },
    { sticky: true },
  );
  assert.deepEqual(quiet, [
    { keepalive: { idle_s: 300, interval_s: 100, probes: 9 } },
    { keepalive: { idle_s: 7200, interval_s: 75, probes: 3 }, idle_timeout_ms: 0 },
    { keepalive: false },
    { keepalive: false, idle_timeout_ms: 172_800_000 },
    { idle_timeout_ms: 300_000 },
    undefined,
  ]);
  const [rule] = optionsOf(loadJson({ rules: [{ idle_timeout_ms: 0 }] })).rules;
  assert.deepEqual(rule?.ruling, { lines: undefined, sticky: false, quiet: { idle_timeout_ms: 0 } });
});

test('a listener says the same', () => {
  const listen = [{ port: 1080, idle_timeout_ms: '1h', keepalive: { idle_s: 9, probes: 1 } }, { port: 1081 }];
  const [one, other] = optionsOf(loadJson({ listen })).listen;
  assert.deepEqual(one?.quiet, { idle_timeout_ms: 3_600_000, keepalive: { idle_s: 9, interval_s: 3, probes: 1 } });
  assert.equal(other && 'quiet' in other, false);
});

test('everything that is wrong is told at once, with its place', () => {
  const object = 'false for none, or an object with idle_s, interval_s, probes, of which the last two may be left out';
  const times = 'or a text with a unit: "300ms", "90s", "5m", "5 min", "1.5h", "2d"';
  const seconds = `an integer from 1 to 32767 (seconds), ${times}`;
  const errors = errorsIn({
    listen: [{ port: 1, keepalive: 60, idle_timeout_ms: -1 }],
    rules: [
      { port: 1, keepalive: true },
      { port: 2, keepalive: { idle_s: 0, interval_s: '10h', probes: 128 } },
      { port: 3, keepalive: { interval: 1 }, block: true },
      { port: 4, idle_timeout: 1, idle_timeout_ms: 1 },
      { port: 5, idle_timeout: 1, block: true },
    ],
  });
  assert.deepEqual(errors, [
    `listen[0].keepalive: 60 is not allowed; allowed: ${object}`,
    `listen[0].idle_timeout_ms: -1 is not allowed; allowed: an integer from 0 to 604800000 (milliseconds), ${times}`,
    `rules[0].keepalive: true is not allowed; allowed: ${object}`,
    `rules[1].keepalive.idle_s: 0 is not allowed; allowed: ${seconds}`,
    `rules[1].keepalive.interval_s: "10h" is not allowed; allowed: ${seconds}`,
    'rules[1].keepalive.probes: 128 is not allowed; allowed: an integer from 1 to 127',
    'rules[2].keepalive.interval: unknown key; did you mean "interval_s"?',
    'rules[2].keepalive.idle_s: missing; needed: the silence before the first probe',
    'rules[2].keepalive: does not go together with "block"; allowed: one of them',
    'rules[3].idle_timeout: is another spelling of "idle_timeout_ms"; allowed: one of them',
    'rules[4].idle_timeout: does not go together with "block"; allowed: one of them',
  ]);
});

test('a keepalive that tcp_user_timeout_ms cuts short brings a warning', () => {
  const keepalive = { idle_s: 300, interval_s: 60, probes: 5 };
  const told = (tcp_user_timeout_ms: number) =>
    warningsIn({ tcp_user_timeout_ms, listen: [{ port: 1, keepalive }], rules: [{ port: 1, keepalive }] });
  assert.deepEqual(
    told(0).filter((text) => text.includes('keepalive')),
    [],
  );
  assert.deepEqual(
    told(600_000).filter((text) => text.includes('keepalive')),
    [],
  );
  const text =
    'tcp_user_timeout_ms (30000) goes before "probes": a probe without an answer ends the connection once the peer has been silent for that time';
  assert.deepEqual(
    told(30_000).filter((one) => one.includes('keepalive')),
    [`listen[0].keepalive: ${text}`, `rules[0].keepalive: ${text}`],
  );
});
