// The records of one actor: what is read of them is what was noted, of live connections and of those that ended last, and
// what has been overwritten is gone as a whole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AF_UNIX, packAddress } from '../../../../src/linux/addresses.js';
import { parseIp } from '../../../../src/protocol/address/address.js';
import { targetOfText } from '../../../../src/protocol/address/target.js';
import { formatConnectionId } from '../../../../src/protocol/connections/connection-id.js';
import { failureOf } from '../../../../src/protocol/race/failure.js';
import type { ConnectionRecord } from '../../../../src/protocol/race/record.js';
import type { NotedAttempt, NotedRace } from '../../../../src/workers/connection/records/race-record.js';
import { ConnectionRecords } from '../../../../src/workers/connection/records/records.js';
import type { Underway } from '../../../../src/workers/connection/records/underway.js';

const LINES = ['direct', 'proxy'];
const IDLE: Underway = { up: 0, down: 0 };
const ip = (text: string): Uint8Array => parseIp(text)!;
const target = (text: string) => targetOfText(text, 443)!;

class World {
  /** No whole number, as the engine's clock is. */
  readonly clock = { now: 1_000_000.25 };
  readonly records: ConnectionRecords;
  /** By descriptor. */
  readonly #peers = new Map<number, Uint8Array>();

  constructor({ connections_max = 10, ended_max = 3 } = {}) {
    this.records = new ConnectionRecords({
      actor: 3,
      clock: this.clock,
      present: () => this.clock.now,
      connections_max,
      ended_max,
      listenerName: (listener) => `listener ${listener}`,
      lineName: (line) => LINES[line],
      addressOf: (fd) => this.#peers.get(fd) ?? new Uint8Array(24),
    });
  }

  /** A client at `client`, on port 5000, with descriptor `fd`. */
  open(client: Uint8Array = ip('10.0.0.1'), underway: Partial<Underway> = {}, fd = 1): number {
    this.#peers.set(fd, packAddress(client, 5000));
    return this.records.open({ ...IDLE, ...underway }, 2, fd);
  }

  /** A client of a Unix socket, whose address is only a family. */
  openUnix(fd = 1): number {
    this.#peers.set(fd, Uint8Array.of(AF_UNIX, 0, 9, 9, 9, 9, 9, 9));
    return this.records.open(IDLE, 2, fd);
  }

  /** No client has an address any more. */
  clientsGo(): void {
    this.#peers.clear();
  }

  later(time_ms: number): number {
    this.clock.now += time_ms;
    return this.clock.now;
  }

  /** A race by now, of attempts that begin with it and have just ended as they say. */
  race(...attempts: readonly (Partial<NotedAttempt> & { line?: number; to?: string })[]): NotedRace {
    const started = this.clock.now - 10;
    const all = attempts.map(
      ({ line = 0, to = '192.0.2.1', ...rest }): NotedAttempt => ({
        candidate: { line, ip: ip(to) },
        started: started + 2,
        connectedAt: started + 5,
        askedAt: Number.NaN,
        answeredAt: Number.NaN,
        endedAt: Number.NaN,
        result: 'connected',
        failure: undefined,
        ...rest,
      }),
    );
    return { started, attempts: all, lead: undefined };
  }

  all(): readonly ConnectionRecord[] {
    const all: ConnectionRecord[] = [];
    for (let from: number | undefined = 0; from !== undefined; ) {
      const page: ReturnType<ConnectionRecords['page']> = this.records.page(from);
      all.push(...page.records);
      from = page.next;
    }
    return all;
  }
}

test('a connection is on record from its beginning to its end', () => {
  const world = new World();
  const { records } = world;
  const slot = world.open();
  const opened_at = Date.now();
  world.later(3);
  const silent = records.read(slot);
  assert.ok(Math.abs(silent.opened_at - (opened_at - 3)) <= 50);
  assert.deepEqual(
    { ...silent, opened_at },
    {
      ...{ client: '10.0.0.1:5000', listener: 'listener 2', user: undefined, race: undefined, line: undefined },
      ...{ address: undefined, connect_ms: undefined, bytes_up: 0, bytes_down: 0, opened_at, duration_ms: 3 },
      ending: undefined,
    },
  );
  records.targeted(slot, target('192.0.2.1:80'), undefined);
  assert.deepEqual([records.read(slot).race?.target, records.read(slot).race?.attempts], ['192.0.2.1:80', []]);
  world.later(20);
  const race = world.race({});
  records.replied(slot, 0);
  const relay = { up: 0, down: 0 };
  records.won(slot, race, race.attempts[0], relay);
  relay.up = 5;
  relay.down = 7;
  world.later(1000);
  const live = records.read(slot);
  assert.deepEqual([live.line, live.address, live.connect_ms], ['direct', '192.0.2.1', 3]);
  assert.deepEqual([live.bytes_up, live.bytes_down, live.duration_ms, live.ending], [5, 7, 1023, undefined]);
  records.ended(slot, 'complete', 6, 8);
  world.later(5000);
  const ended = records.read(slot);
  assert.deepEqual([ended.bytes_up, ended.bytes_down, ended.duration_ms, ended.ending], [6, 8, 1023, 'complete']);
  assert.deepEqual(ended.race, {
    target: '192.0.2.1:80',
    attempts: [
      {
        ...{ line: 'direct', address: '192.0.2.1', remembered: false, started_ms: 2, connected_ms: 5 },
        ...{ asked_ms: undefined, answered_ms: undefined, ended_ms: undefined, detail: undefined, result: 'connected' },
      },
    ],
    ...{ winner: 0, why: 'only-attempt', total_ms: 5, reply: 0, cause: undefined, detail: undefined, rule: undefined },
  });
});

test('why an only attempt was the only one stays with its row', () => {
  const world = new World();
  const { records } = world;
  const whys = ([undefined, 'cheaper', 'hinted', 'lead'] as const).map((how) => {
    const slot = world.open();
    records.targeted(slot, target('192.0.2.1:80'), undefined);
    const race = world.race({});
    const noted = how === 'lead' ? { ...race, lead: race.attempts[0] } : { ...race, spares: how };
    records.won(slot, noted, race.attempts[0], { up: 0, down: 0 });
    return records.read(slot).race?.why;
  });
  assert.deepEqual(whys, ['only-attempt', 'cheaper', 'hinted', 'remembered']);
});

test('with what a race began as another gateway had told stays on record, by names', () => {
  const world = new World();
  const { records } = world;
  const slot = world.open();
  records.targeted(slot, target('192.0.2.1:80'), undefined);
  const race = world.race({});
  const told = { line: 0, from: 'b', age_ms: 12_000.4 };
  records.won(slot, { ...race, spares: 'told', told }, race.attempts[0], { up: 0, down: 0 });
  const { why, told: kept } = records.read(slot).race ?? {};
  assert.deepEqual([why, kept], ['told', { line: 'direct', gateway: 'b', age_ms: 12_000 }]);
});

test('a client is where a header tells that it is, whatever family either address has', () => {
  const world = new World();
  const { records } = world;
  const [four, six] = [ip('192.0.2.9'), ip('2001:db8::9')];
  for (const [seen, told, text] of [
    [ip('10.0.0.1'), four, '192.0.2.9:77'],
    [ip('10.0.0.1'), six, '[2001:db8::9]:77'],
    [ip('2001:db8::1'), four, '192.0.2.9:77'],
    [ip('2001:db8::1'), six, '[2001:db8::9]:77'],
  ] as const) {
    const slot = world.open(seen);
    assert.deepEqual(records.clientIp(slot), seen);
    records.told(slot, { ip: told, port: 77 });
    assert.deepEqual([records.clientIp(slot), records.clientName(slot)], [told, text]);
    records.ended(slot, 'complete', 0, 0);
    assert.equal(records.read(slot).client, text);
  }
});

test('the address of a client is unknown where the kernel did not tell it', () => {
  const world = new World();
  world.clientsGo();
  const slot = world.records.open({ up: 0, down: 0 }, 2, 5);
  assert.deepEqual([world.records.clientIp(slot), world.records.clientName(slot)], [undefined, 'unknown']);
});

test('every kind of address comes back as it was', () => {
  const clients = ['10.0.0.1', '255.255.255.255', '2001:db8::1', '0.0.0.1'];
  const targets = ['192.0.2.1:1', '203.0.113.200:65535', '[2001:db8::2]:443', 'some.test:80'];
  const dialled = ['192.0.2.1', '203.0.113.200', '2001:db8::3'];
  for (const client of clients) {
    for (const asked of targets) {
      for (const to of dialled) {
        const world = new World();
        const slot = world.open(ip(client));
        world.records.targeted(slot, target(asked), undefined);
        world.later(20);
        const race = world.race({ to, line: 1 });
        world.records.won(slot, race, race.attempts[0], IDLE);
        const { client: told, race: raced, address, line } = world.records.read(slot);
        const written = client.includes(':') ? `[${client}]:5000` : `${client}:5000`;
        assert.deepEqual([told, raced?.target, address, line], [written, asked, to, 'proxy']);
      }
    }
  }
});

test('an IPv4 client of an IPv6 listener has its IPv4 address', () => {
  const world = new World();
  const mapped = new Uint8Array(16);
  mapped.set([0xff, 0xff, 10, 0, 0, 1], 10);
  assert.equal(world.records.read(world.open(mapped)).client, '10.0.0.1:5000');
});

test('a client of a Unix socket is told as that', () => {
  const world = new World();
  assert.equal(world.records.read(world.openUnix()).client, 'unix');
});

test('a client keeps its address when its descriptor is another one’s, and one without an address is unknown', () => {
  const world = new World();
  const { records } = world;
  const first = world.open();
  records.targeted(first, target('192.0.2.1:80'), undefined);
  world.clientsGo();
  const gone = records.open(IDLE, 2, 1);
  const { client, race } = records.read(first);
  assert.deepEqual([client, race?.target, records.read(gone).client], ['10.0.0.1:5000', '192.0.2.1:80', 'unknown']);
  for (const slot of [first, gone]) records.ended(slot, 'complete', 0, 0);
  assert.deepEqual([records.read(first).client, records.read(gone).client], ['10.0.0.1:5000', 'unknown']);
});

test('what is heard of the only attempt after the race is noted', () => {
  const world = new World();
  const { records } = world;
  const heard = (['tls', 'plain', 'silent'] as const).map((what) => {
    const slot = world.open();
    records.targeted(slot, target('192.0.2.1:80'), undefined);
    world.later(20);
    const race = world.race({});
    records.won(slot, race, race.attempts[0], IDLE);
    const asked = world.later(5);
    world.later(10);
    records.heard(slot, what, asked);
    const { asked_ms, answered_ms, ended_ms, result } = records.read(slot).race!.attempts[0];
    return [asked_ms, answered_ms, ended_ms, result];
  });
  assert.deepEqual(heard, [
    [15, 25, undefined, 'connected'],
    [undefined, 25, undefined, 'connected'],
    [undefined, undefined, 25, 'silent'],
  ]);
});

test('of several attempts each is kept, and so is what was heard of the winner', () => {
  const world = new World();
  const { records } = world;
  const slot = world.open();
  records.targeted(slot, target('some.test:443'), { name: 'somebody', tag: undefined });
  world.later(20);
  const failure = failureOf('refused', 'ECONNREFUSED');
  const race = world.race(
    { result: 'refused', failure, connectedAt: Number.NaN, endedAt: world.clock.now - 7 },
    { line: 1, to: '2001:db8::1' },
    { result: 'abandoned', connectedAt: Number.NaN, endedAt: world.clock.now },
  );
  records.won(slot, { ...race, lead: race.attempts[0] }, race.attempts[1], IDLE);
  records.heard(slot, 'tls', world.later(1));
  const { user, line, address, race: raced } = records.read(slot);
  assert.deepEqual([user, line, address, raced?.winner], ['somebody', 'proxy', '2001:db8::1', 1]);
  assert.deepEqual([raced?.target, raced?.why, raced?.total_ms], ['some.test:443', 'connected-first', 11]);
  assert.deepEqual(
    raced?.attempts.map(({ remembered, result, ended_ms, answered_ms, detail }) => {
      return [remembered, result, ended_ms, answered_ms, detail];
    }),
    [
      [true, 'refused', 3, undefined, 'ECONNREFUSED'],
      [false, 'connected', undefined, 11, undefined],
      [false, 'abandoned', 10, undefined, undefined],
    ],
  );
});

test('a tag is on record beside its user, also where the race was lost', () => {
  const { records } = new World();
  const world = new World();
  const slot = world.open();
  world.records.targeted(slot, target('192.0.2.1:80'), { name: 'alice', tag: 'work' });
  world.records.lost(slot, undefined, failureOf('refused'));
  const { user, tag, race } = world.records.read(slot);
  assert.deepEqual([user, tag, race?.cause], ['alice', 'work', 'refused']);
  assert.equal('tag' in records.read(world.open()), false);
});

test('the control connection of an association has the id by which its flows know it, also when it has ended', () => {
  const { records } = new World();
  const slot = records.open(IDLE, 2, 1);
  records.targeted(slot, target('udp:20003'), { name: 'alice', tag: undefined });
  assert.equal('association' in records.read(slot), false);
  records.associated(slot, IDLE);
  const serial = records.reader.serialOf(slot);
  const id = formatConnectionId({ actor: 3, slot, serial });
  assert.deepEqual([records.read(slot).association, records.reader.summary(slot).association], [id, id]);
  records.ended(slot, 'complete', 1, 2);
  const { association, user, race } = records.read(slot);
  assert.deepEqual([association, user, race?.target], [id, 'alice', 'udp:20003']);
});

test('a race under way is told as it stands, and one that its client broke off as it stood', () => {
  const world = new World();
  const { records } = world;
  const race = world.race({ connectedAt: Number.NaN, result: undefined });
  const slot = world.open(ip('10.0.0.1'), { race });
  records.targeted(slot, target('some.test:443'), undefined);
  world.later(2);
  const live = records.read(slot).race!;
  assert.deepEqual([live.attempts[0].result, live.attempts[0].ended_ms, live.total_ms], [undefined, undefined, 12]);
  assert.deepEqual([live.winner, live.why, live.reply, live.cause], [undefined, undefined, undefined, undefined]);
  Object.assign(race.attempts[0], { result: 'abandoned', endedAt: world.clock.now });
  records.ended(slot, 'cancelled', 0, 0);
  const over = records.read(slot);
  assert.deepEqual([over.ending, over.race?.attempts[0].result, over.race?.total_ms], ['cancelled', 'abandoned', 12]);
});

test('a connection that failed has its cause and what the client was told', () => {
  const world = new World();
  const { records } = world;
  const slot = world.open();
  records.targeted(slot, target('some.test:443'), undefined);
  records.lost(slot, undefined, failureOf('blocked', 'rule 3'));
  records.replied(slot, 2);
  records.ended(slot, 'failed', 0, 0);
  const { race, line } = records.read(slot);
  assert.deepEqual(
    [race?.cause, race?.detail, race?.reply, race?.attempts, line],
    ['blocked', 'rule 3', 2, [], undefined],
  );
});

test('the oldest of those that ended is overwritten, as a whole; the live ones stay', () => {
  const world = new World({ connections_max: 2, ended_max: 3 });
  const { records } = world;
  const stays = world.open(ip('10.9.9.9'));
  records.targeted(stays, target('stays.test:1'), undefined);
  for (let i = 1; i <= 20; i += 1) {
    const slot = world.open(ip(`10.0.0.${i}`), {}, 1 + i);
    if (i % 3 > 0) records.targeted(slot, target(i % 3 === 1 ? `host${i}.test:${i}` : `192.0.2.${i}:${i}`), undefined);
    if (i % 2 === 0) records.lost(slot, undefined, failureOf('refused', `failure ${i}`));
    world.later(1);
    records.ended(slot, i % 2 === 0 ? 'failed' : 'left-early', i, i);
  }
  const told = world
    .all()
    .toSorted((a, b) => a.bytes_up - b.bytes_up)
    .map(({ client, race, ending, bytes_up }) => [client, race?.target, race?.detail, ending, bytes_up]);
  assert.deepEqual(told, [
    ['10.9.9.9:5000', 'stays.test:1', undefined, undefined, 0],
    ['10.0.0.18:5000', undefined, undefined, 'failed', 18],
    ['10.0.0.19:5000', 'host19.test:19', undefined, 'left-early', 19],
    ['10.0.0.20:5000', '192.0.2.20:20', 'failure 20', 'failed', 20],
  ]);
});

test('many records come page by page, each of them once', () => {
  const world = new World({ connections_max: 1000, ended_max: 100 });
  for (let i = 0; i < 900; i += 1) {
    const slot = world.open(ip(`10.0.${i >> 8}.${i & 255}`), {}, i);
    if (i % 2 === 0) world.records.ended(slot, 'complete', 0, 0);
  }
  const { next, records } = world.records.page(0);
  assert.ok(records.length < 300 && next !== undefined);
  const all = world.all();
  assert.equal(all.length, 550);
  assert.equal(new Set(all.map(({ client }) => client)).size, 550);
});

test('ages are right when the actor has run for more than 49 days', () => {
  const world = new World();
  world.later(2 ** 32 - 10);
  const slot = world.open();
  world.later(3000);
  assert.equal(world.records.read(slot).duration_ms, 3000);
});

test('a trial that brings a line home says that it connected, or was answered, and is not called abandoned', () => {
  const world = new World();
  const { records } = world;
  const results = [{}, { answeredAt: world.clock.now }].map((more) => {
    const slot = world.open();
    records.targeted(slot, target('192.0.2.1:80'), undefined);
    const race = world.race({}, { line: 1, ...more });
    const [lead, trial] = race.attempts;
    records.won(slot, { ...race, lead, trial }, lead as NotedAttempt, { up: 0, down: 0 });
    const told = records.read(slot).race?.attempts[1];
    return [told?.result, told?.ended_ms];
  });
  assert.deepEqual(results, [
    ['connected', undefined],
    ['answered', undefined],
  ]);
});

test('that dearer lines had to wait fits into a row, and a trial is told from what took part', () => {
  const world = new World();
  const { records } = world;
  const race = { ...world.race({}), spares: 'cheaper' as const };
  const alone = world.open();
  records.targeted(alone, target('192.0.2.1:80'), undefined);
  records.won(alone, race, race.attempts[0], { up: 0, down: 0 });
  assert.equal(records.read(alone).race?.why, 'cheaper');
  const beside = world.open();
  records.targeted(beside, target('192.0.2.1:80'), undefined);
  const all = world.race({}, { line: 1, result: undefined, connectedAt: Number.NaN });
  const [lead, trial] = all.attempts;
  records.won(beside, { ...all, lead, trial }, lead as NotedAttempt, { up: 0, down: 0 });
  records.ended(beside, 'complete', 0, 0);
  const told = records.read(beside).race;
  assert.equal(told?.why, 'remembered');
  assert.deepEqual(
    told.attempts.map((one) => [one.remembered, one.trial, one.result]),
    [
      [true, undefined, 'connected'],
      [false, true, undefined],
    ],
  );
});
