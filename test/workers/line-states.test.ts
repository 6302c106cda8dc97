import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Line, lineOf } from '../../src/protocol/lines/line.js';
import type { Notice } from '../../src/protocol/notices/notice.js';
import type { LineLink, LinkFault } from '../../src/protocol/uplinks/line-link.js';
import { LineStates } from '../../src/workers/routes/line-states.js';

const line = (name: string, number: number): Line =>
  lineOf(number, name, { ip: undefined, port: 0 }, [
    { kind: 'socks5', host: '192.0.2.1', port: 1080, username: 'user', password: 'secret' },
  ]);
const WHY = { cause: 'proxy-unreachable', detail: 'ECONNREFUSED', address: '192.0.2.1:1080' } as const;

function world(names: readonly string[]) {
  const said: Notice[] = [];
  return { said, states: new LineStates(names.map(line), (notice) => said.push(notice)) };
}

test('a line that goes down and up is told of once each, with the address and the errno', () => {
  const { said, states } = world(['a', 'b']);
  states.learned({ kind: 'proxy-failed', line: 0, why: WHY }, false);
  assert.deepEqual(said, []);
  states.learned({ kind: 'proxy-failed', line: 0, why: WHY }, true);
  states.learned({ kind: 'proxy-failed', line: 0, why: WHY }, true);
  states.learned({ kind: 'proxy-reached', line: 0 }, false);
  assert.deepEqual(said, [
    {
      topic: 'line a',
      good: false,
      level: 'warn',
      message: 'line "a" is down: a proxy of the line cannot be reached',
      fields: { line: 'a', ...WHY, lines_left: 1 },
    },
    {
      topic: 'line a',
      good: true,
      level: 'info',
      message: 'line "a" works again',
      fields: { line: 'a', lines_left: 2 },
    },
  ]);
  assert.doesNotMatch(JSON.stringify(said), /secret/);
});

test('why a line is down is said by its cause', () => {
  const { said, states } = world(['a', 'b']);
  const why = { cause: 'proxy-authentication', detail: undefined, address: '192.0.2.1:1080' } as const;
  states.learned({ kind: 'proxy-failed', line: 0, why }, true);
  assert.equal(said[0].message, 'line "a" is down: the proxy refused our credentials');
});

test('the last line that goes down says that none is left', () => {
  const { said, states } = world(['a', 'b']);
  states.learned({ kind: 'proxy-failed', line: 0, why: WHY }, true);
  states.learned({ kind: 'proxy-failed', line: 1, why: WHY }, true);
  assert.equal(said[1].message, 'line "b" is down: a proxy of the line cannot be reached, and no line is left');
  states.learned({ kind: 'proxy-reached', line: 0 }, false);
  assert.equal(said[2].fields['lines_left'], 1);
});

test('ended sessions of all actors are told of together, at once and then once a minute, and at the end', () => {
  const { said, states } = world(['a', 'b']);
  states.learned({ kind: 'cut', line: 0, sessions: 30 }, false);
  states.learned({ kind: 'cut', line: 0, sessions: 12 }, false);
  assert.equal(said.length, 0);
  states.look(0);
  states.learned({ kind: 'cut', line: 0, sessions: 3 }, false);
  states.learned({ kind: 'cut', line: 1, sessions: 1 }, false);
  states.look(1000);
  states.look(60_999);
  states.learned({ kind: 'cut', line: 0, sessions: 4 }, false);
  states.look(61_000);
  states.look(200_000);
  states.learned({ kind: 'cut', line: 1, sessions: 5 }, false);
  states.look(Number.POSITIVE_INFINITY);
  assert.deepEqual(
    said.map(({ fields }) => [fields['line'], fields['sessions']]),
    [
      ['a', 42],
      ['b', 1],
      ['a', 7],
      ['b', 5],
    ],
  );
  assert.equal(said[0].message, 'line "a" is dead, or its link is down: sessions over it that hung were reset');
});

const link = (line: number, fault?: LinkFault): LineLink => ({
  ...{ line, fault, at: 'eth1', news: 0, ip4: undefined, ip6: undefined },
});
const messages = (said: readonly Notice[]): readonly string[] => said.map(({ message }) => message);

test('links that go and come back are told of, as a topic of their own', () => {
  const { said, states } = world(['a', 'b']);
  states.setLinks([link(0), link(1)]);
  assert.deepEqual(said, []);
  states.setLinks([link(0, 'no-carrier'), link(1)]);
  states.setLinks([link(0, 'absent'), link(1)]);
  states.setLinks([link(0), link(1)]);
  const of = { topic: 'link of line a' };
  assert.deepEqual(said, [
    {
      ...of,
      good: false,
      level: 'warn',
      message: 'line "a": the link of eth1 is down',
      fields: { line: 'a', lines_left: 1, link: 'eth1' },
    },
    {
      ...of,
      good: true,
      level: 'info',
      message: 'line "a": eth1 is up again',
      fields: { line: 'a', lines_left: 2, link: 'eth1' },
    },
  ]);
});

test('the proxy of a line without a link is nobody’s news, and is tried again when the link is back', () => {
  const { said, states } = world(['a', 'b']);
  states.setLinks([link(0, 'no-carrier'), link(1)]);
  states.learned({ kind: 'proxy-failed', line: 0, why: WHY }, true);
  assert.deepEqual(messages(said), ['line "a": the link of eth1 is down']);
  states.learned({ kind: 'proxy-failed', line: 1, why: WHY }, true);
  assert.match(messages(said)[1] as string, /^line "b" is down: .*, and no line is left$/);
  states.setLinks([link(0), link(1, 'absent')]);
  states.setLinks([link(0), link(1)]);
  assert.deepEqual(messages(said).slice(2), [
    'line "a": eth1 is up again',
    'line "b": this machine has no interface eth1',
    'line "b": eth1 is up again',
    'line "b" is tried again, since its link has come back',
  ]);
});

test('a paused line is none that is left, and of a pinned one it is said that nothing falls back', () => {
  const { said, states } = world(['a', 'b', 'c']);
  states.setSteering({ paused: [1], pinned: 2 });
  states.learned({ kind: 'proxy-failed', line: 0, why: WHY }, true);
  states.learned({ kind: 'proxy-failed', line: 2, why: WHY }, true);
  assert.deepEqual(
    said.map(({ message, fields }) => [message.replace(/:.*(?=,)|:.*$/, ''), fields['lines_left']]),
    [
      ['line "a" is down', 1],
      ['line "c" is down, and connections are pinned to it', 0],
    ],
  );
});
