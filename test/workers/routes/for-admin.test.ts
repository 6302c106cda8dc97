// What the route actor answers to the admin actor, without threads.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseRoutes } from '../../../src/protocol/routes/snapshot.js';
import { UNSTEERED } from '../../../src/protocol/steering/steering.js';
import { routesForAdmin } from '../../../src/workers/routes/for-admin.js';
import { KnownLines } from '../../../src/workers/routes/known-lines.js';
import { RouteMemory } from '../../../src/workers/routes/route-memory.js';
import { Snapshots } from '../../../src/workers/routes/snapshots.js';
import { candidate } from '../../helpers/candidates.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';

const base = gatewayOptions();
const LINES = ['first', 'second', 'third'].map((name, number) => ({ ...base.lines[0], name, number }));

function world(context: TestContext, state_file: string | null = null) {
  const lines = new KnownLines({ lines: LINES, budgets: [] });
  const warned: string[] = [];
  const cache = { ...base.cache, state_file };
  const warn = (text: string): void => void warned.push(text);
  const memory = new RouteMemory(cache, lines, { warn, readOnly: false, tell: () => {} });
  context.after(() => memory.close());
  const told: string[] = [];
  /** Destinations of which actors have learned what they have not reported yet. */
  const late: string[] = [];
  const snapshots = new Snapshots(() => memory.encoded());
  const admin = routesForAdmin({
    ...{ memory, lines, snapshots, steering: () => UNSTEERED },
    tell: (destinations) => told.push(...destinations),
    reported: async () => {
      for (const destination of late.splice(0)) learn(memory, destination, 0);
    },
  });
  return { late, admin, memory, lines, snapshots, told, warned };
}

function learn(memory: RouteMemory, destination: string, line: number, connect_ms = 20): void {
  memory.learn({ destination, event: { ...candidate(line), kind: 'connected', connect_ms } });
}

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'tcproute-for-admin-'));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

const ALL = { match: '', line: undefined };

test('one destination is told with its candidates, and why each leads or does not', async (context) => {
  const { admin, memory } = world(context);
  assert.equal(await admin.lookUp('a.test:443'), undefined);
  learn(memory, 'a.test:443', 0, 20);
  learn(memory, 'a.test:443', 1, 22);
  memory.learn({ destination: 'a.test:443', event: { ...candidate(2), kind: 'failed', cause: 'refused' } });
  const known = await admin.lookUp('a.test:443');
  assert.deepEqual([known?.state.best, known?.state.candidates.length], [0, 3]);
  assert.deepEqual(
    known?.why.map((reasons) => reasons.map(({ kind }) => kind)),
    [['best'], ['not-better'], ['failing']],
  );
});

test('pages are filtered by a part of the name and by the line that leads', async (context) => {
  const { admin, memory } = world(context);
  for (let i = 0; i < 10; i += 1) learn(memory, `d${i}.test:443`, i % 2);
  const first = await admin.list({ ...ALL, line: 1, sort: 'name', limit: 3, after: undefined });
  assert.deepEqual(
    first.routes.map(({ destination, best }) => [destination, best?.line]),
    [
      ['d1.test:443', 1],
      ['d3.test:443', 1],
      ['d5.test:443', 1],
    ],
  );
  assert.equal(first.total, 5);
  const next = await admin.list({ ...ALL, line: 1, sort: 'name', limit: 3, after: first.next });
  assert.deepEqual(
    [next.routes.map(({ destination }) => destination), next.next],
    [['d7.test:443', 'd9.test:443'], undefined],
  );
  const one = await admin.list({ match: 'd4', line: undefined, sort: 'used', limit: 3, after: undefined });
  assert.deepEqual([one.total, one.routes[0]?.destination], [1, 'd4.test:443']);
});

test('what was used last is listed first, and no page has more than its bound', async (context) => {
  const { admin, memory } = world(context);
  for (let i = 0; i < 600; i += 1) learn(memory, `d${i}.test:443`, 0);
  const page = await admin.list({ ...ALL, sort: 'used', limit: 10_000, after: undefined });
  assert.deepEqual([page.routes.length, page.total], [500, 600]);
  const ages = page.routes.map(({ touched_age_ms }) => touched_age_ms);
  assert.deepEqual(
    [...ages].sort((a, b) => a - b),
    ages,
  );
});

test('one is forgotten, or all that match, and all actors hear of it', async (context) => {
  const { admin, memory, told } = world(context);
  for (const name of ['a.test:443', 'b.test:443', 'c.example:443']) learn(memory, name, 0);
  assert.equal(await admin.forget('a.test:443'), true);
  assert.equal(await admin.forget('a.test:443'), false);
  assert.equal(await admin.forgetAll({ match: '.test:', line: undefined }), 1);
  assert.deepEqual(told, ['a.test:443', 'a.test:443', 'b.test:443']);
  assert.equal(await admin.size(), 1);
  assert.equal(await admin.forgetAll({ match: '', line: 1 }), 0);
  assert.equal(await admin.forgetAll(ALL), 1);
});

test('a snapshot is a state file with the pins, from which another gateway starts', async (context) => {
  const { admin, memory } = world(context);
  for (let i = 0; i < 2000; i += 1) learn(memory, `d${i}.test:443`, i % 3);
  memory.setPins([{ destination: 'd1.test:443', line: 2 }]);
  const number = (await admin.beginSnapshot()) as number;
  const pieces: string[] = [];
  for (;;) {
    const piece = await admin.snapshotPiece(number);
    if (piece.code !== 'piece') {
      assert.equal(piece.code, 'end');
      break;
    }
    pieces.push(piece.text);
  }
  assert.ok(pieces.length > 2, 'in several pieces');
  assert.ok(Math.max(...pieces.map(({ length }) => length)) < 200_000);
  const file = join(folder(context), 'routes');
  writeFileSync(file, pieces.join(''));
  const other = world(context, file);
  assert.deepEqual(await other.memory.takePins(), [{ destination: 'd1.test:443', line: 2 }]);
  assert.deepEqual([await other.admin.size(), other.warned], [2000, []]);
});

test('two snapshots at a time, and one that nobody asks for is given up', async (context) => {
  const { snapshots } = world(context);
  const [first, second] = [snapshots.begin(0), snapshots.begin(0)];
  assert.equal(snapshots.begin(29_999), undefined);
  assert.equal(snapshots.piece(second as number, 20_000).code, 'piece');
  snapshots.sweep(30_000);
  assert.equal(snapshots.piece(first as number, 30_000).code, 'given-up');
  assert.equal(snapshots.piece(second as number, 30_000).code, 'end');
});

test('pins outlive the process in the state file, and what the file had stays until main has it', async (context) => {
  const file = join(folder(context), 'routes');
  const pinsIn = () => {
    const parsed = parseRoutes(readFileSync(file, 'utf8'), LINES, {
      now: Date.now(),
      age_max_ms: 1e9,
      entries_max: 10,
    });
    return parsed.kind === 'snapshot' ? parsed.pins : assert.fail(parsed.why);
  };
  const pins = ['a.test:443', 'b.test:443'].map((destination, line) => ({ destination, line }));
  const first = world(context, file);
  await first.memory.restored;
  first.memory.setPins(pins);
  await first.memory.close();
  assert.deepEqual(pinsIn(), pins);
  const second = world(context, file);
  second.memory.setPins([]);
  learn(second.memory, 'c.test:443', 0);
  await second.memory.restored;
  await second.memory.save();
  assert.deepEqual(pinsIn(), pins, 'main has not taken them yet');
  assert.deepEqual(await second.memory.takePins(), pins);
  second.memory.setPins([pins[1]]);
  await second.memory.close();
  assert.deepEqual(pinsIn(), [pins[1]]);
});

test('lines are told as all actors have found them', async (context) => {
  const { admin, lines } = world(context);
  const why = { cause: 'proxy-unreachable', detail: 'ECONNREFUSED', address: '192.0.2.1:1080' } as const;
  for (let i = 0; i < 3; i += 1) lines.learn({ kind: 'proxy-failed', line: 1, why });
  lines.learn({ kind: 'early', line: 2, early: true });
  lines.setLinks([{ line: 0, at: 'eth0', fault: 'no-carrier', ip4: undefined, ip6: undefined, news: 0 }]);
  const [first, second, third] = (await admin.lines()).lines;
  assert.deepEqual(first.link, { at: 'eth0', fault: 'no-carrier' });
  assert.deepEqual([second.circuit?.failures, second.circuit?.why], [3, why]);
  assert.deepEqual([third.answers_early, third.circuit], [true, undefined]);
  lines.learn({ kind: 'proxy-reached', line: 1 });
  assert.equal((await admin.lines()).lines[1].circuit, undefined);
});

test('what actors have not reported yet is forgotten, too', async (context) => {
  const { admin, memory, late } = world(context);
  late.push('a.test:443');
  assert.equal(await admin.forget('a.test:443'), true);
  late.push('b.test:443', 'c.test:443');
  assert.equal(await admin.forgetAll({ match: 'b.test', line: undefined }), 1);
  assert.deepEqual(
    [...memory.entries()].map(([destination]) => destination),
    ['c.test:443'],
  );
  assert.equal(await admin.forgetAll(ALL), 1);
});
