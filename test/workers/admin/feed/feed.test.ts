// What the feed tells those that hear it, and that it does nothing while nobody does.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Feed, type Tick, type Wants } from '../../../../src/workers/admin/feed/feed.js';
import { FeedWorld } from '../../../helpers/feed-world.js';
import { until } from '../../../helpers/until.js';

const EVERY_MS = 2;
const worlds: FeedWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

function world() {
  const own = new FeedWorld();
  worlds.push(own);
  const feed = new Feed(own.parts, EVERY_MS);
  /** Whoever hears has these ticks. */
  const hears = (wants: Wants) => {
    const ticks: Tick[] = [];
    const end = feed.subscribe(wants, (tick) => ticks.push(tick));
    assert.ok(end !== undefined);
    const tells = (what: string, found: (tick: Tick) => boolean): Promise<void> => until(what, () => ticks.some(found));
    return { ticks, end, tells };
  };
  return { own, feed, hears };
}

test('tells what opens and ends to who wants to know, and how many there were', async () => {
  const { own, hears } = world();
  const [wants, does] = [hears({ connections: true }), hears({})];
  await wants.tells('traffic', ({ traffic }) => traffic !== undefined);
  const slots = Array.from({ length: 120 }, (_, i) => own.own.open({ target: `n${i}.test`, line: 0 }));
  await wants.tells('the openings', ({ connections }) => connections?.opened.count === 120);
  for (const slot of slots) own.own.records.ended(slot, 'complete', 1, 2);
  await wants.tells('the ends', ({ connections }) => connections?.ended.count === 120);
  const { opened, ended } = wants.ticks.find(({ connections }) => connections?.opened.count === 120)?.connections ?? {};
  assert.deepEqual([opened?.some.length, ended?.count], [50, 0]);
  assert.deepEqual([opened?.some[0]?.id.actor, opened?.some.at(-1)?.one.target], [0, 'n119.test:443']);
  assert.ok(
    does.ticks.every(({ connections, lines, log }) => [connections, lines, log].every((one) => one === undefined)),
  );
  wants.end();
  does.end();
});

test('tells of flows what opens and ends, and asks no actor for them while nobody wants to know', async () => {
  const { own, hears } = world();
  const does = hears({});
  await does.tells('traffic', ({ traffic }) => traffic !== undefined);
  assert.equal(own.flowsAsked, 0);
  const wants = hears({ flows: true });
  await until('it is asked', () => own.flowsAsked > 1);
  const flow = own.flows.open({ target: 'a.test:53', kind: 'dns' });
  await wants.tells('the opening', ({ flows }) => flows?.opened.some[0]?.one.target === 'a.test:53');
  own.flows.end(flow);
  await wants.tells('the end', ({ flows }) => flows?.ended.some[0]?.one.ending === 'idle');
  assert.ok(does.ticks.every(({ flows }) => flows === undefined));
  wants.end();
  does.end();
});

test('tells all lines at first, and then those that change', async () => {
  const { own, hears } = world();
  own.lines = { ...own.lines, lines: [own.line('a'), own.line('b', { line: 1 })] };
  const { ticks, end, tells } = hears({ lines: true });
  await tells('traffic', ({ traffic }) => traffic !== undefined);
  const health = ({ lines }: Tick) => lines?.map((one) => [one.line, one.health, one.paused]);
  assert.deepEqual(health(ticks[0]!), [
    ['a', 'up', false],
    ['b', 'up', false],
  ]);
  own.lines = {
    lines: [own.line('a', { is_dead: true }), own.line('b', { line: 1 })],
    steering: { ...own.lines.steering, paused: [] },
  };
  await tells('that it is dead', (tick) => health(tick)?.[0]?.[1] === 'dead');
  own.lines = { ...own.lines, steering: { ...own.lines.steering, paused: [1] } };
  await tells('that it is paused', (tick) => health(tick)?.[0]?.[2] === true);
  end();
  const told = ticks.flatMap((tick) => (tick.lines === undefined ? [] : [health(tick)]));
  assert.deepEqual(told.slice(1), [[['a', 'dead', false]], [['b', 'up', true]]]);
});

test('tells the last lines of the log at first, and then each new one once', async () => {
  const { own, hears } = world();
  own.says('first', 30, { port: 7 });
  own.says('bad', 50);
  const [all, severe] = [hears({ log: 'trace' }), hears({ log: 'warn' })];
  const messages = ({ ticks }: typeof all) =>
    ticks.flatMap(({ log }) => log?.lines ?? []).map(({ message }) => message);
  for (const one of [all, severe]) await one.tells('traffic', ({ traffic }) => traffic !== undefined);
  own.says('second');
  own.says('worse', 60);
  await until('the last one', () => [all, severe].every((one) => messages(one).includes('worse')));
  const late = hears({ log: 'info' });
  await late.tells('what was before', ({ log }) => log !== undefined);
  own.says('third');
  await until('the third', () => messages(all).includes('third') && messages(late).includes('third'));
  assert.deepEqual(messages(all), ['first', 'bad', 'second', 'worse', 'third']);
  assert.deepEqual(messages(severe), ['bad', 'worse']);
  assert.deepEqual(messages(late), ['first', 'bad', 'second', 'worse', 'third']);
  const [line] = all.ticks.flatMap(({ log }) => log?.lines ?? []);
  assert.deepEqual(line, { at: '2030-01-01T00:00:00.000Z', level: 'info', message: 'first', fields: { port: 7 } });
  for (const { end } of [all, severe, late]) end();
});

test('a warning reaches who wants warnings, whatever others want, and only what was wanted is left out', async () => {
  const { own, hears } = world();
  const [all, severe] = [hears({ log: 'trace' }), hears({ log: 'warn' })];
  const told = ({ ticks }: typeof all) => ticks.flatMap(({ log }) => log ?? []);
  const messages = (one: typeof all) => told(one).flatMap(({ lines }) => lines.map(({ message }) => message));
  const leftOut = (one: typeof all) => told(one).reduce((sum, { left_out }) => sum + left_out, 0);
  for (const one of [all, severe]) await one.tells('traffic', ({ traffic }) => traffic !== undefined);
  own.says('a warning', 40);
  for (let i = 0; i < 300; i += 1) own.says('small talk', 20);
  await until('all are told or counted', () => messages(all).length + leftOut(all) === 301);
  await until('the warning', () => messages(severe).length > 0);
  assert.deepEqual([messages(severe), leftOut(severe)], [['a warning'], 0]);
  for (let i = 0; i < 130; i += 1) own.says('worse', 50);
  await until('those too many are counted', () => messages(severe).length + leftOut(severe) === 131);
  assert.ok(leftOut(severe) > 0);
  const late = hears({ log: 'info' });
  await late.tells('what was before', ({ log }) => log !== undefined);
  own.says('the last');
  await until('the last', () => messages(late).includes('the last'));
  assert.equal(leftOut(late), 0, 'what was before it came is not left out');
  for (const { end } of [all, severe, late]) end();
});

test('tells of no connections where nobody wants to hear of any, and asks nothing when nobody hears', async () => {
  const { own, hears } = world();
  own.own.open({ target: 'site.test' });
  const { end, tells } = hears({});
  await tells('traffic', ({ traffic }) => traffic !== undefined);
  end();
  assert.equal(own.mostAsked, 0);
  const again = hears({ connections: true });
  await again.tells('traffic', ({ traffic }) => traffic !== undefined);
  again.end();
  assert.ok(
    again.ticks.every(({ connections }) => (connections?.opened.count ?? 0) === 0),
    'it had been there before',
  );
  const { asked } = own;
  const other = hears({});
  await other.tells('traffic', ({ traffic }) => traffic !== undefined);
  other.end();
  assert.ok(own.asked > asked);
});

test('not more than some hear', () => {
  const { feed } = world();
  const ends = Array.from({ length: 16 }, () => feed.subscribe({}, () => {}));
  assert.ok(ends.every((end) => end !== undefined));
  assert.equal(
    feed.subscribe({}, () => {}),
    undefined,
  );
  ends[0]?.();
  const last = feed.subscribe({}, () => {});
  assert.ok(last !== undefined);
  for (const end of [...ends, last]) end?.();
});

test('goes on without those that do not answer', async () => {
  const { own } = world();
  const parts = { ...own.parts, routes: () => undefined, connections: () => new Map() };
  const feed = new Feed(parts, EVERY_MS);
  const ticks: Tick[] = [];
  const end = feed.subscribe({ connections: true, lines: true, log: 'info' }, (tick) => ticks.push(tick));
  await until('a tick', () => ticks.some(({ traffic }) => traffic !== undefined));
  end?.();
  assert.equal(ticks.at(-1)?.connections?.opened.count, 0);
});
