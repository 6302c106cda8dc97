import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ConnectionRecord } from '../../src/protocol/race/record.js';
import type { FlowRecord } from '../../src/protocol/udp/flow-record.js';
import { accessLine, droppedAccessLine, flowLine } from '../../src/threads/access-line.js';

const ATTEMPT = { line: 'direct', address: '192.0.2.1', remembered: false, started_ms: 0, ended_ms: undefined };
const WON: ConnectionRecord = {
  client: '127.0.0.1:4242',
  listener: '127.0.0.1:7070',
  user: 'alice',
  tag: 'work',
  race: {
    target: 'example.com:443',
    attempts: [
      { ...ATTEMPT, connected_ms: undefined, asked_ms: undefined, answered_ms: undefined, result: 'refused' },
      { ...ATTEMPT, connected_ms: 9.5, asked_ms: 10, answered_ms: 21.5, result: 'connected' },
    ],
    winner: 1,
    why: 'others-failed',
    total_ms: 21.5,
    reply: 0,
    cause: undefined,
  },
  line: 'direct',
  address: '192.0.2.1',
  connect_ms: 9.5,
  bytes_up: 517,
  bytes_down: 4096,
  opened_at: Date.UTC(2026, 10, 30, 12),
  duration_ms: 1500,
  ending: 'complete',
};
const { race, tag: _, ...bare } = WON;
assert.ok(race !== undefined);
const LOST: ConnectionRecord = {
  ...bare,
  user: undefined,
  race: { ...race, attempts: [], winner: undefined, why: undefined, reply: 5, cause: 'refused' },
  ...{ line: undefined, address: undefined, connect_ms: undefined, bytes_up: 0, bytes_down: 0, ending: 'failed' },
};

test('JSON has the fields that the connection has, with the time of its end', () => {
  assert.equal(
    accessLine(WON, 'json'),
    '{"level":"info","time":"2026-11-30T12:00:01.500Z","client":"127.0.0.1:4242","user":"alice","tag":"work",' +
      '"listener":"127.0.0.1:7070","target":"example.com:443","line":"direct","address":"192.0.2.1","connect_ms":9.5,' +
      '"first_byte_ms":21.5,"bytes_up":517,"bytes_down":4096,"duration_ms":1500,"ending":"complete","msg":"access"}\n',
  );
});

test('text has the same, and what failed says why', () => {
  assert.equal(
    accessLine(LOST, 'text'),
    'level=info time=2026-11-30T12:00:01.500Z client=127.0.0.1:4242 listener=127.0.0.1:7070 target=example.com:443 ' +
      'cause=refused bytes_up=0 bytes_down=0 duration_ms=1500 ending=failed msg=access\n',
  );
});

test('the control connection of an association has the id that its flows have', () => {
  const line = accessLine(
    { ...LOST, association: '0-1-2', race: { ...race, target: 'udp:20003', attempts: [] } },
    'text',
  );
  assert.match(line, / listener=127\.0\.0\.1:7070 association=0-1-2 target=udp:20003 /);
});

const FLOW: FlowRecord = {
  ...{ association: '0-1-2', client: '127.0.0.1:4242', listener: 'lan', user: 'alice', tag: undefined },
  ...{ target: '192.0.2.9:443', sni: 'example.com', kind: 'quic', phase: 'ended', line: 'far', address: undefined },
  ...{ datagrams_up: 3, datagrams_down: 5, bytes_up: 3600, bytes_down: 5000, first_answer_ms: 21.5, attempts: [] },
  ...{ opened_at: Date.UTC(2026, 10, 30, 12), duration_ms: 1500, silent_ms: undefined, ending: 'idle' },
  ...{ cause: undefined, detail: undefined },
};

test('a flow of datagrams has a line of its own kind', () => {
  assert.equal(
    flowLine(FLOW, 'json'),
    '{"level":"info","time":"2026-11-30T12:00:01.500Z","client":"127.0.0.1:4242","user":"alice","listener":"lan",' +
      '"association":"0-1-2","kind":"quic","target":"192.0.2.9:443","sni":"example.com","line":"far",' +
      '"first_answer_ms":21.5,"datagrams_up":3,"datagrams_down":5,"bytes_up":3600,"bytes_down":5000,' +
      '"duration_ms":1500,"ending":"idle","msg":"access-udp"}\n',
  );
  // The name comes from the client.
  const line = flowLine({ ...FLOW, sni: 'a b\n"\u001b', ending: 'failed', cause: 'refused' }, 'text');
  assert.match(
    line,
    / target=192\.0\.2\.9:443 sni="a b\\n\\"\\u001b" line=far cause=refused .* ending=failed msg=access-udp\n$/,
  );
});

test('a client that has not said where it wants to go has no target', () => {
  const line = accessLine({ ...LOST, race: undefined, ending: 'handshake-timeout' }, 'text');
  assert.doesNotMatch(line, /target|cause|first_byte/);
  assert.match(line, / ending=handshake-timeout msg=access\n$/);
});

test('a line says how many are missing, and why', () => {
  assert.equal(
    droppedAccessLine('text', 0, 3, 'ENOSPC'),
    'level=warn time=1970-01-01T00:00:00.000Z dropped=3 why=ENOSPC msg="lines of the access log were dropped here"\n',
  );
  assert.equal((JSON.parse(droppedAccessLine('json', 0, 3)) as { dropped: number }).dropped, 3);
});

/** The values of a line in text, read as its description says. */
function parsed(line: string): Record<string, string> {
  const values: Record<string, string> = {};
  const rest = line.replace(/(\w+)=("(?:[^"\\]|\\.)*"|[^\s"]+)( |\n$)/g, (_whole, key: string, value: string) => {
    assert.ok(!Object.hasOwn(values, key), key);
    values[key] = value.startsWith('"') ? (JSON.parse(value) as string) : value;
    return '';
  });
  assert.equal(rest, '');
  return values;
}

test('whatever the names are, a line is one line, its values come back, and none adds a field', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'a" bytes_up=1 b="',
      'a\nlevel=info',
      '\\',
      '"',
      ' ',
      '=',
      '',
      '\x1b[2J\x9b\u2028\u202e\x7f\0',
      '\ud800',
    ),
  );
  fc.assert(
    fc.property(name, name, name, (user, listener, target) => {
      const record = { ...WON, user, listener, race: { ...race, target } };
      for (const form of ['json', 'text'] as const) {
        const line = accessLine(record, form);
        assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        const values = form === 'json' ? (JSON.parse(line) as Record<string, string>) : parsed(line);
        assert.deepEqual([values['user'], values['listener'], values['target']], [user, listener, target]);
        assert.equal(Object.keys(values).length, 16);
      }
    }),
  );
});
