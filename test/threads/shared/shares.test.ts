// The counts of holders of connections: each connection counts from when it comes to the close of its fd, whatever happens in
// between; slots are found again, given to others when nothing is known of them, and compared with a plain Map; and threads that
// count at the same time lose nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { Shares } from '../../../src/threads/shared/shares.js';

const FDS_MAX = 4096;

function sharesOf(slots: number) {
  const memory = Shares.create(slots, FDS_MAX, 42);
  const time = { ms: 0 };
  const clock = (): bigint => BigInt(time.ms) * 1000n;
  const [main, actor] = [new Shares(memory, clock), new Shares(memory, clock)];
  const shakes = (fd: number, slot: number): void => {
    main.came(fd, slot);
    main.shakes(fd);
  };
  return { main, actor, time, shakes };
}

const counts = (one: Shares, slot: number): number[] => [one.live(slot), one.handshakes(slot)];

test('a client counts until its fd is closed, and its handshake until it has asked for something', () => {
  const { main, actor, shakes } = sharesOf(3);
  shakes(5, 2);
  shakes(6, 2);
  shakes(15, 0);
  assert.deepEqual(
    [0, 1, 2].map((slot) => counts(main, slot)),
    [
      [1, 1],
      [0, 0],
      [2, 2],
    ],
  );
  assert.deepEqual([actor.holderOf(5), actor.holderOf(15), actor.holderOf(7)], [2, 0, -1]);
  actor.requested(5);
  actor.requested(5);
  assert.deepEqual(counts(main, 2), [2, 1]);
  actor.closing(5);
  actor.closing(5);
  assert.deepEqual(counts(main, 2), [1, 1]);
  // One that never asked.
  actor.closing(6);
  assert.deepEqual(counts(main, 2), [0, 0]);
  actor.closing(15);
  assert.deepEqual(counts(main, 0), [0, 0]);
});

test('a proxy’s connection counts until it has asked for something, or is closed', () => {
  const { main, actor } = sharesOf(3);
  for (const fd of [5, 6]) {
    main.came(fd, 1);
    main.passes(fd);
  }
  assert.deepEqual([counts(main, 1), main.holderOf(5)], [[2, 2], 1]);
  actor.requested(5);
  assert.deepEqual([counts(main, 1), main.holderOf(5)], [[1, 1], -1]);
  actor.closing(5);
  actor.closing(6);
  assert.deepEqual(counts(main, 1), [0, 0]);
});

test('an fd that is no client’s, and one whose number is used again, count nothing', () => {
  const { main, actor, shakes } = sharesOf(1);
  actor.requested(3);
  actor.closing(3);
  shakes(4, 0);
  actor.closing(4);
  actor.closing(4);
  actor.requested(4);
  assert.deepEqual(counts(main, 0), [0, 0]);
  shakes(4, 0);
  assert.deepEqual(counts(main, 0), [1, 1]);
});

test('without slots there is no memory, and nothing is counted', () => {
  const memory = Shares.create(0, FDS_MAX, 42);
  assert.deepEqual([memory.fds.byteLength, memory.full.byteLength], [0, 0]);
  const one = new Shares(memory);
  one.requested(7);
  one.closing(7);
  assert.equal(one.holderOf(7), -1);
});

test('a bound of connections is never exceeded, and one that is refused is not counted', () => {
  const { main, actor } = sharesOf(4);
  assert.deepEqual(
    [main.came(1, 2, 2), actor.came(2, 2, 2), main.came(3, 2, 2), actor.came(4, 2, 2)],
    [...[true, true], ...[false, false]],
  );
  actor.closing(3);
  assert.deepEqual([main.live(2), main.came(5, 2, 2)], [2, false]);
  actor.closing(1);
  assert.equal(main.came(5, 2, 2), true);
});

test('keys have slots of their own, found again in every thread; the reserved ones belong to no key', () => {
  const { main, actor } = sharesOf(64);
  const keys: readonly (readonly [number, number, number])[] = [
    ...([
      [1, 0, 0],
      [1, 0, 1],
      [1, 1, 0],
      [0, 1, 0],
      [0xffff_ffff, 0, 0],
      [-1, 1, 0],
    ] as const),
  ];
  const slots = keys.map((key, fd) => {
    const slot = main.slotOf(...key);
    main.came(fd, slot);
    return slot;
  });
  assert.equal(new Set(slots).size, keys.length);
  for (const [index, key] of keys.entries()) assert.equal(actor.slotOf(...key), slots[index]);
  assert.ok(slots.every((slot) => slot >= 0 && slot < main.reserved(0)));
});

test('a holder without connections makes room for a new one, one with connections does not', () => {
  const { main } = sharesOf(4);
  const stays = main.slotOf(1, 0, 0);
  main.came(1, stays);
  for (let other = 2; other < 1000; other += 1) assert.ok(main.slotOf(other, 0, 0) >= 0);
  assert.equal(main.slotOf(1, 0, 0), stays);
});

test('when every slot has connections, there is none for one more', () => {
  const { main } = sharesOf(3);
  for (const fd of [1, 2, 3]) main.came(fd, main.slotOf(fd, 0, 0));
  assert.equal(main.slotOf(4, 0, 0), -1);
  main.closing(2);
  assert.ok(main.slotOf(4, 0, 0) >= 0);
});

test('tokens come back with time, and a holder that has spent some keeps its slot', () => {
  const { main, time } = sharesOf(8);
  time.ms = 1;
  const slot = main.slotOf(1, 0, 0);
  const taken = (now: number): number => {
    time.ms = now;
    let count = 0;
    while (main.take(slot, 10)) count += 1;
    return count;
  };
  assert.deepEqual([taken(1), taken(50), taken(151), taken(1151)], [20, 0, 1, 10]);
  time.ms = 1152;
  for (let other = 2; other < 100; other += 1) main.slotOf(other, 0, 0);
  assert.equal(main.slotOf(1, 0, 0), slot);
  assert.deepEqual([taken(1152), taken(60_000)], [0, 20]);
});

test('twice the tokens of a second may be taken at once, whatever the rate', () => {
  for (const per_s of [1, 2, 3, 6, 7, 10, 64, 999, 1000]) {
    const { main, time } = sharesOf(8);
    time.ms = 5000;
    let count = 0;
    while (main.take(0, per_s)) count += 1;
    assert.equal(count, 2 * per_s, `${per_s} a second`);
  }
});

test('with half of the slots in use, a slot is found for everybody', () => {
  const { main } = sharesOf(16_384);
  const slots = new Set<number>();
  for (let number = 1; number <= 8192; number += 1) {
    // Neighbours, as addresses are.
    const slot = main.slotOf(0x0a00_0000 + number, 0, 1);
    assert.ok(slot >= 0 && !slots.has(slot), `${number}`);
    slots.add(slot);
    main.came(number % FDS_MAX, slot);
  }
});

test('whatever comes and goes, live holders keep their slots, and no two have one', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 40 }), comes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const { main } = sharesOf(16);
      const live = new Map<number, { slot: number; fds: number[] }>();
      let fd = 0;
      for (const { key, comes } of steps) {
        const known = live.get(key);
        if (comes) {
          const slot = main.slotOf(key, 0, 1);
          if (known !== undefined) assert.equal(slot, known.slot);
          if (slot < 0) {
            assert.equal(live.size, 16);
            continue;
          }
          for (const [other, { slot: taken }] of live) if (other !== key) assert.notEqual(slot, taken);
          fd += 1;
          main.came(fd, slot);
          live.set(key, { slot, fds: [...(known?.fds ?? []), fd] });
        } else if (known !== undefined) {
          main.closing(known.fds.pop() as number);
          if (known.fds.length === 0) live.delete(key);
        }
      }
      for (const { slot, fds } of live.values()) assert.equal(main.live(slot), fds.length);
    }),
  );
});

test('threads that count the same holders at the same time exceed no bound and lose no count', async () => {
  const [threads, holders, rounds, live_max] = [3, 5, 20_000, 2];
  const memory = Shares.create(8, FDS_MAX, 42);
  const most = new SharedArrayBuffer(4);
  const code = `
    import { workerData } from 'node:worker_threads';
    const { memory, most, first, module } = workerData;
    const { Shares } = await import(module);
    const shares = new Shares(memory);
    const seen = new Int32Array(most);
    for (let round = 0; round < ${rounds}; round += 1) {
      const fd = first + (round % 4);
      shares.closing(fd);
      const slot = shares.slotOf(round % ${holders}, 0, 0);
      if (slot < 0 || !shares.came(fd, slot, ${live_max})) continue;
      shares.shakes(fd);
      if (round % 3 === 0) shares.requested(fd);
    }
    for (let fd = first; fd < first + 4; fd += 1) shares.closing(fd);
    Atomics.add(seen, 0, 1);
  `;
  const module = new URL('../../../src/threads/shared/shares.js', import.meta.url).href;
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  await Promise.all(
    Array.from({ length: threads }, (_, number) => {
      const worker = new Worker(url, { workerData: { memory, most, first: 10 + number * 4, module } });
      return new Promise<void>((resolve, reject) => worker.once('exit', () => resolve()).once('error', reject));
    }),
  );
  assert.equal(new Int32Array(most)[0], threads);
  const shares = new Shares(memory);
  for (let slot = 0; slot < 8; slot += 1) assert.deepEqual(counts(shares, slot), [0, 0]);
});
