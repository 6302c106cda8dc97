// Misses of the DNS actor: distinct names at a steady rate against one unbound on loopback, through the actor's port as a
// connection actor asks. Prints the actor's CPU per miss, and that its tables stay at their bounds.
// Usage: node dist/bench/dns.js [RATE] [SECONDS]
import { MessageChannel, Worker } from 'node:worker_threads';
import type { NamesActor, NamesControl } from '../src/protocol/messages.js';
import { call, moved, type Remote } from '../src/threads/port.js';
import { dnsOptions } from '../test/helpers/dns-options.js';
import { nameserver } from '../test/helpers/dns-server.js';
import { startUnbound, whyNoUnbound } from '../test/helpers/unbound.js';

const ACTOR = new URL('../src/workers/dns/actor.js', import.meta.url).href;
const TICK_MS = 10;
const WARM_S = 4;
const BOUND = 10_000;

/** Runs the actor's task in a thread of its own, and tells the CPU that the thread has used when it is asked. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { performance } = require('node:perf_hooks');
parentPort.on('message', () => parentPort.postMessage({
  cpu: process.threadCpuUsage?.() ?? require('node:fs').readFileSync('/proc/thread-self/stat', 'utf8'),
  memory: process.memoryUsage(),
  utilisation: performance.eventLoopUtilization(),
}));
import(workerData.actor).then(({ run }) => run(workerData.start)).then(() => process.exit());
`;

async function main(rate: number, seconds: number): Promise<void> {
  const missing = whyNoUnbound();
  if (missing !== undefined) throw new Error(missing);
  const unbound = await startUnbound();
  const { port1: control, port2 } = new MessageChannel();
  const limits = { entries_max: BOUND, lookups_max: 4096, try_timeout_ms: 2000, timeout_ms: 5000, udp_retry_ms: 500 };
  const options = {
    ...dnsOptions([nameserver('udp', unbound.port)], [], { ...limits, hold_ms: 300 }),
    log_level: 'warn',
  };
  const start = { options, control: port2 };
  const worker = new Worker(THREAD, { eval: true, workerData: { actor: ACTOR, start }, transferList: [port2] });
  const measure = (): Promise<{ cpu_us: number; heap: number; external: number }> =>
    new Promise((resolve) => {
      worker.once('message', ({ cpu, memory }) =>
        resolve({ cpu_us: cpuOf(cpu), heap: memory.heapUsed, external: memory.external }),
      );
      worker.postMessage('measure');
    });
  const actor = call<NamesControl>(control);
  const { port1, port2: other } = new MessageChannel();
  await actor.connect(moved(other));
  const names = call<NamesActor>(port1);

  // Slowly at first: a thread that has just started runs nothing compiled yet.
  await askSteadily(names, 'warm', rate / 5, WARM_S);
  const before = await measure();
  const { asked, codes, elapsed_s } = await askSteadily(names, 'n', rate, seconds);
  const after = await measure();
  const { entries, in_flight, servers } = await actor.statistics();
  console.log(
    JSON.stringify({
      ...{ asked, per_second: Math.round(asked / elapsed_s), codes, entries, in_flight },
      cpu_us_per_miss: Math.round((after.cpu_us - before.cpu_us) / asked),
      heap_mib: [before.heap, after.heap].map((octets) => Math.round(octets / 2 ** 20)),
      server: servers[0]?.counts,
    }),
  );
  await actor.stop();
  control.close();
  port1.close();
  await unbound.stop();
}

async function askSteadily(names: Remote<NamesActor>, prefix: string, rate: number, seconds: number) {
  const codes: Record<string, number> = {};
  const pending = new Set<Promise<unknown>>();
  let asked = 0;
  const begun = performance.now();
  while (performance.now() - begun < seconds * 1000) {
    const due = Math.floor(((performance.now() - begun) * rate) / 1000);
    while (asked < due) {
      const one: Promise<unknown> = names.lookup(`${prefix}${asked}.test`).then(({ code }) => {
        codes[code] = (codes[code] ?? 0) + 1;
        pending.delete(one);
      });
      pending.add(one);
      asked += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(pending);
  return { asked, codes, elapsed_s: (performance.now() - begun) / 1000 };
}

/** Microseconds, from what Node 22 tells of the thread or from /proc, in ticks of 10 ms. */
function cpuOf(cpu: string | { readonly user: number; readonly system: number }): number {
  if (typeof cpu !== 'string') return cpu.user + cpu.system;
  const [, , , , , , , , , , , user, system] = cpu.slice(cpu.lastIndexOf(')') - 1).split(' ');
  return (Number(user) + Number(system)) * 10_000;
}

const [rate = 5000, seconds = 10] = process.argv.slice(2).map(Number);
await main(rate, seconds);
