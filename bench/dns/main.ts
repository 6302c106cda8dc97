// Misses of the DNS actor: distinct names at a steady rate against one unbound on loopback, asked as a connection actor
// asks, of an actor in a thread like the gateway's. Prints what a miss costs and what the actor holds; fails when an
// answer is wrong, the rate is not held, a table exceeds its bound or memory keeps growing.
// Usage: npm run bench:dns -- [RATE] [SECONDS]
import { readdirSync, readFileSync } from 'node:fs';
import { MessageChannel } from 'node:worker_threads';
import { ActorPool } from '../../src/main/actors/pool.js';
import type { NamesControl, NamesStatistics } from '../../src/threads/contracts/dns.js';
import type { NamesStart } from '../../src/threads/contracts/start.js';
import { call } from '../../src/threads/port.js';
import { Pulse } from '../../src/threads/pulse.js';
import { defaultOptions } from '../../test/helpers/default-options.js';
import { nameserver } from '../../test/helpers/dns-server.js';
import { startUnbound, whyNoUnbound } from '../../test/helpers/unbound.js';
import { parseStat } from '../process/proc.js';
import { type Asked, Asker, type Sample } from './asker.js';

const ACTOR = new URL('../../src/workers/dns/actor.js', import.meta.url);
const WARM_S = 5;
/** Length of a tick, in which /proc counts CPU time: 100 ticks a second. */
const TICK_US = 10_000;
const RATE_HELD = 0.99;
/** By how much the second half may exceed the first: what the garbage collector may leave for later. */
const GROWTH_MAX_MIB = 32;
/** Answers with an A and an AAAA record, and with one of them only, when the other took longer than it is waited for. */
const RIGHT = 'found 2';
const EARLY = 'found 1';
const EARLY_MAX = 0.01;

type Threads = Readonly<Record<'asker' | 'actor' | 'helpers', number>>;

async function main(rate: number, seconds: number): Promise<boolean> {
  const missing = whyNoUnbound();
  if (missing !== undefined) throw new Error(missing);
  const unbound = await startUnbound();
  const { dns, ...defaults } = defaultOptions();
  const options = {
    ...defaults,
    nameservers: [nameserver('udp', unbound.port)],
    dns: { ...dns, ipv6: 'on', probe: { ...dns.probe, enabled: 'off' } },
  } as const;
  const pool = new ActorPool(ACTOR);
  const { port1: control, port2 } = new MessageChannel();
  const task = pool.run({ options, beats: Pulse.memory(), control: port2 } satisfies NamesStart, [port2]);
  const actor = call<NamesControl>(control);
  const asker = new Asker(options.dns, actor);
  await asker.connect();

  // Slowly at first: a thread that has just started runs no compiled code yet.
  await asker.ask((index) => `w${index}.any.test`, rate / 5, WARM_S);
  const [before, begun] = [await actor.statistics(), cpuTimes()];
  const result = await asker.ask((index) => `n${index}.any.test`, rate, seconds);
  const [spent, after] = [cpuSince(begun), await actor.statistics()];
  console.log(report(result, after, spent, asker.hit_ns(`n${result.asked - 1}.any.test`)));
  const complaints = complaintsOf(result, rate, count(after, 'misses') - count(before, 'misses'));
  for (const complaint of complaints) console.log(`FAILED: ${complaint}`);

  asker.close();
  await actor.stop();
  await task.ended;
  control.close();
  await pool.destroy();
  await unbound.stop();
  return complaints.length === 0;
}

function complaintsOf({ asked, elapsed_s, answers, samples }: Asked, rate: number, misses: number): string[] {
  const complaints: string[] = [];
  const early = answers[EARLY] ?? 0;
  const wrong = asked - early - (answers[RIGHT] ?? 0);
  if (wrong > 0) complaints.push(`${wrong} of ${asked} answers were not right: ${JSON.stringify(answers)}`);
  if (early > asked * EARLY_MAX) complaints.push(`${early} of ${asked} had one family only`);
  if (misses !== asked) complaints.push(`${misses} misses for ${asked} names`);
  if (asked / elapsed_s < rate * RATE_HELD) complaints.push(`${Math.round(asked / elapsed_s)} a second, not ${rate}`);
  for (const [name, { size, max }] of samples.flatMap(({ tables }) => Object.entries(tables))) {
    if (size > max) complaints.push(`${name} had ${size}, more than ${max}`);
  }
  const { size, max } = samples[samples.length - 1]?.tables['answers'] ?? { size: 0, max: 0 };
  if (size < Math.min(max, asked)) complaints.push(`${size} answers are kept, not ${max}`);
  const growth_mib = grownBy(samples);
  if (growth_mib > GROWTH_MAX_MIB) complaints.push(`memory grew by ${Math.round(growth_mib)} MiB in the second half`);
  return complaints;
}

/** By how many MiB the peak of the second half exceeds that of the first. */
function grownBy(samples: readonly Sample[]): number {
  const most = (some: readonly Sample[]): number => Math.max(...some.map(({ rss_mib }) => rss_mib));
  const middle = Math.ceil(samples.length / 2);
  return middle < samples.length ? most(samples.slice(middle)) - most(samples.slice(0, middle)) : 0;
}

function report(
  { asked, elapsed_s, messages, answers, samples }: Asked,
  { servers }: NamesStatistics,
  cpu_us: Threads,
  hit_ns: number | undefined,
): string {
  const each = (us: number): string => (us / asked).toFixed(1);
  const tables = Object.entries(samples[0]?.tables ?? {}).map(([name, { max }]) => {
    const sizes = samples.map((sample) => sample.tables[name]?.size ?? 0);
    return `  ${name.padEnd(16)} ${String(sizes[0]).padStart(6)} ${String(Math.max(...sizes)).padStart(6)} ${String(max).padStart(6)}`;
  });
  const rss = samples.map(({ rss_mib }) => Math.round(rss_mib));
  return [
    `${asked} misses in ${elapsed_s.toFixed(1)} s, ${Math.round(asked / elapsed_s)} a second: ${JSON.stringify(answers)}`,
    `CPU of a miss, µs: ${each(cpu_us.actor)} actor, ${each(cpu_us.helpers)} its helpers (garbage), ${each(cpu_us.asker)} asker`,
    `messages for a miss: ${(messages / asked).toFixed(2)} each way at most; a name that is known: none, ${hit_ns?.toFixed(0)} ns`,
    `server: ${JSON.stringify(servers[0]?.counts)}`,
    `tables:               first   most  bound`,
    ...tables,
    `resident MiB: ${rss[0]} first, ${Math.max(...rss)} most, ${rss[rss.length - 1]} last`,
  ].join('\n');
}

function count({ lookups }: NamesStatistics, what: string): number {
  return lookups[what] ?? 0;
}

/** CPU time in microseconds by thread id. */
function cpuTimes(): ReadonlyMap<number, number> {
  const threads = readdirSync('/proc/self/task').map(Number);
  const times = threads.map((thread): [number, number] => {
    const stat = parseStat(readFileSync(`/proc/self/task/${thread}/stat`, 'utf8'));
    return [thread, ((stat?.user ?? 0) + (stat?.system ?? 0)) * TICK_US];
  });
  return new Map(times);
}

/** Takes the busiest thread besides this one for the actor's, and the remaining ones for helpers. */
function cpuSince(begun: ReadonlyMap<number, number>): Threads {
  const spent = [...cpuTimes()].map(([thread, us]): [number, number] => [thread, us - (begun.get(thread) ?? 0)]);
  const others = spent.filter(([thread]) => thread !== process.pid).map(([, us]) => us);
  const all = others.reduce((sum, us) => sum + us, 0);
  const actor = Math.max(...others);
  return { asker: new Map(spent).get(process.pid) ?? 0, actor, helpers: all - actor };
}

const [rate = 5000, seconds = 60] = process.argv.slice(2).map(Number);
process.exitCode = (await main(rate, seconds)) ? 0 : 1;
