import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActorCounts, newActorMemory } from '../../../../src/threads/shared/actor-memory.js';
import { Counter, Counters } from '../../../../src/threads/shared/counters.js';
import { LineBytes } from '../../../../src/threads/shared/line-bytes.js';
import { UdpCount, UdpCounts } from '../../../../src/threads/shared/udp-counts.js';
import { TrafficMeter } from '../../../../src/workers/admin/feed/traffic.js';
import { defaultOptions } from '../../../helpers/default-options.js';

test('what was carried and counted in the meantime becomes rates, and idle lines are left out', () => {
  const memories = [newActorMemory(0), newActorMemory(1)];
  const counters = new Counters(Counters.create(2));
  const [line] = defaultOptions().lines;
  const lines = [0, 1, 2].map((number) => ({ ...line!, number, name: `line ${number}` }));
  // Line 1 is gone; it has connections.
  const options = { ...defaultOptions(), lines: [lines[0]!, lines[2]!] };
  const add = (actor: number, of: number, up: number, down: number): void =>
    new LineBytes(memories[actor]!.lineBytes).add(of, up, down);
  const count = (actor: number, counter: Counter, by: number): void => {
    const slice = counters.of(actor);
    slice[counter] = (slice[counter] ?? 0) + by;
  };
  add(0, 0, 1000, 1000);
  count(0, Counter.opened, 10);
  count(0, Counter.closed, 4);
  const counts = new ActorCounts(memories);
  const meter = new TrafficMeter({ options: () => options, counters, counted: () => 2, counts: () => counts }, 5000);
  add(0, 0, 100, 2000);
  add(1, 0, 100, 0);
  add(1, 1, 50, 50);
  count(1, Counter.opened, 3);
  count(1, Counter.closed, 1);
  count(1, Counter.failed, 2);
  const udp = new UdpCounts(memories[1]!.udpCounts);
  udp.add(UdpCount.flows, 1);
  udp.add(UdpCount.datagramsUp, 3);
  udp.add(UdpCount.datagramsDown, 40);
  assert.deepEqual(meter.read(7000), {
    ...{ bytes_up_per_s: 125, bytes_down_per_s: 1025, bytes_up: 1250, bytes_down: 3050, live: 8 },
    ...{ opened_per_s: 2, ended_per_s: 1, failed_per_s: 1 },
    ...{ flows: 1, datagrams_up_per_s: 2, datagrams_down_per_s: 20 },
    lines: [{ line: 'line 0', bytes_up_per_s: 100, bytes_down_per_s: 1000 }],
  });
  const idle = meter.read(8000);
  assert.deepEqual([idle.bytes_up_per_s, idle.opened_per_s, idle.lines], [0, 0, []]);
});

test('bytes since the start do not go back when a reload removes a line, and what it goes on to carry counts', () => {
  const memory = newActorMemory(0);
  const bytes = new LineBytes(memory.lineBytes);
  const base = defaultOptions();
  const lines = [0, 1].map((number) => ({ ...base.lines[0]!, number, name: `line ${number}` }));
  let options = { ...base, lines };
  const counts = new ActorCounts([memory]);
  const counters = new Counters(Counters.create(1));
  const meter = new TrafficMeter({ options: () => options, counters, counted: () => 1, counts: () => counts }, 0);
  bytes.add(1, 1000, 2000);
  const before = meter.read(1000);
  assert.deepEqual([before.bytes_up, before.bytes_down], [1000, 2000]);
  options = { ...base, lines: lines.slice(0, 1) };
  bytes.add(1, 10, 20);
  const after = meter.read(2000);
  assert.deepEqual([after.bytes_up, after.bytes_down, after.bytes_down_per_s, after.lines], [1010, 2020, 20, []]);
});
