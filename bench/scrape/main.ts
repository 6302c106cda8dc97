// Measures a scrape of /metrics: 256 lines and 8 connection actors that have counted something of each. Prints the times of a scrape
// (what is gathered from shared memory, and the text), and the heap over a day of scrapes, one every 15 s, in which a line is replaced
// by another one every hour. It has no network and no other actors.
// Usage: node dist/bench/scrape/main.js [LINES] [ACTORS] [SCRAPES]
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lineOf } from '../../src/protocol/lines/line.js';
import type { Options } from '../../src/protocol/options.js';
import { ActorCounts, newActorMemory } from '../../src/threads/shared/actor-memory.js';
import { Counters } from '../../src/threads/shared/counters.js';
import { GatewayCounts } from '../../src/threads/shared/gateway-counts.js';
import { LineCount, LineCounts } from '../../src/threads/shared/line-counts.js';
import { UdpLines } from '../../src/threads/shared/udp-lines.js';
import { Gathering } from '../../src/workers/admin/metrics/readings/gather.js';
import { Scrapes } from '../../src/workers/admin/metrics/scrapes.js';
import { defaultOptions } from '../../test/helpers/default-options.js';

/** After these, code and labels are warm. */
const WARM = 40;
const TIMED = 400;
/** A day at the usual interval of 15 s, and the scrapes of an hour. */
const DAY = 5760;
const HOUR = 240;

const [lines = 256, actors = 8, scrapes = DAY] = process.argv.slice(2).map(Number);

const named = (number: number) =>
  lineOf(number, `upstream-${number}`, { ip: undefined, port: 0 }, [
    { kind: 'socks5', host: '192.0.2.1', port: 1080, username: undefined, password: undefined },
  ]);

const memories = Array.from({ length: actors }, (_, actor) => newActorMemory(actor));
const counting = memories.map(({ lineCounts }) => new LineCounts(lineCounts));
const counts = new ActorCounts(memories);
const counters = new Counters(Counters.create(actors));
const ofGateway = new GatewayCounts();
let options: Options = { ...defaultOptions(), lines: Array.from({ length: lines }, (_, number) => named(number)) };

function count(): void {
  for (const one of counting) {
    for (const { number } of options.lines) {
      one.add(number, LineCount.attempts);
      one.connected(number, Math.random() * 300);
      one.answered(number, Math.random() * 900);
    }
  }
}

const gathering = new Gathering({
  ...{ options: () => options, listeners: () => [], former: () => ({ lines: [], listeners: [] }), counters, ofGateway },
  ...{ counted: () => actors, counts: () => counts, udpLines: new UdpLines(UdpLines.create()) },
  ...{ gateway: { version: async () => 'bench' }, names: () => undefined, routes: () => undefined },
  share: () => undefined,
  traces: () => ({ sent: 0, dropped: 0 }),
});
const taken = new Scrapes(() => gathering.gather());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): string => {
  collect();
  return `${(process.memoryUsage().heapUsed / 2 ** 20).toFixed(2)} MiB`;
};

count();
for (let scrape = 0; scrape < WARM; scrape += 1) {
  await taken.of('openmetrics');
  await nextTurn();
}
const times: number[] = [];
let octets = 0;
let cpu_us = 0;
for (let scrape = 0; scrape < TIMED; scrape += 1) {
  count();
  const before = process.cpuUsage();
  const begun = performance.now();
  const { text } = await taken.of('openmetrics');
  times.push(performance.now() - begun);
  await nextTurn();
  octets = text.length;
  const { user, system } = process.cpuUsage(before);
  cpu_us += user + system;
}
times.sort((a, b) => a - b);
const part = (share: number): string => `${times[Math.floor(share * (TIMED - 1))].toFixed(1)} ms`;
console.log(`${lines} lines, ${actors} actors: a scrape of ${(octets / 1024).toFixed(0)} KiB`);
console.log(
  `best ${part(0)}, median ${part(0.5)}, 95 % ${part(0.95)}, worst ${part(1)}; CPU of all threads ${(cpu_us / TIMED / 1000).toFixed(1)} ms`,
);

let next = lines;
for (let scrape = 0; scrape <= scrapes; scrape += 1) {
  if (scrape % HOUR === 0) {
    if (scrape % (4 * HOUR) === 0) console.log(`heap after ${(scrape / HOUR).toFixed(0).padStart(2)} h: ${heap()}`);
    options = { ...options, lines: [...options.lines.slice(1), named(next)] };
    next += 1;
  }
  count();
  await taken.of(scrape % 4 === 0 ? 'text' : 'openmetrics');
  // What prom-client leaves for the next turn is done there.
  await nextTurn();
}
