// `npm run bench`: measures, prints tables, writes a JSON file, and ends with an exit status that says whether every
// connection was what it should be.
import { formatBase } from './base-table.js';
import { formatComparisons, summariseComparisons } from './comparison-table.js';
import { raiseFileLimit } from './file-limit.js';
import { failuresIn, measureAll } from './measuring.js';
import { type BenchOptions, parseOptions, USAGE } from './options.js';
import type { Failure } from './participation.js';
import { BASELINE } from './peers/all.js';
import { makePlan } from './plan.js';
import { saveResults } from './results.js';
import { summarise } from './summary.js';
import { formatSyscalls, summariseSyscalls } from './syscalls-table.js';
import { formatTables } from './table.js';

/** Besides connections, a process has some files open. */
const FILES_SPARE = 500;
/** A proxy has two for each connection. */
const FILES_EACH = 2;

function complain(failures: readonly Failure[]): void {
  for (const { subject, load, cause, count } of failures) {
    process.stderr.write(`FAILED  ${subject}, ${load}: ${cause}${count > 1 ? ` (${count} times)` : ''}\n`);
  }
}

async function bench(asked: BenchOptions): Promise<number> {
  const began = new Date();
  const files = raiseFileLimit();
  // In the growth load others come and go beside the idle ones, and those that go take a moment.
  const idleMax = Math.floor((files - FILES_SPARE) / FILES_EACH) - 2 * asked.concurrency;
  if (idleMax < 1) throw new Error(`the limit of ${files} open files is too low`);
  if (idleMax < asked.idle) process.stderr.write(`bench: the limit of open files allows ${idleMax} idle connections\n`);
  const options = { ...asked, idle: Math.min(asked.idle, idleMax) };
  const plan = makePlan(options);
  if (plan.entrants.length === 0) throw new Error('none of the subjects is installed');
  if (options.syscalls && plan.syscalls === undefined) {
    process.stderr.write('bench: strace is not installed, so no system calls are counted\n');
  }
  const measured = await measureAll(plan);
  const { trials, comparisons, base, syscalls } = measured;
  const summary = {
    loads: summarise(
      trials.flatMap(({ measurements }) => measurements),
      BASELINE,
    ),
    comparisons: summariseComparisons(comparisons.flatMap(({ measurement }) => measurement ?? [])),
    syscalls: summariseSyscalls(syscalls?.measurements ?? []),
  };
  const texts = [
    formatTables(summary.loads, plan.loads, BASELINE),
    formatComparisons(summary.comparisons, plan.comparisons),
    plan.base && base ? formatBase(base.measurements, plan.base) : '',
    summary.syscalls.length > 0 ? formatSyscalls(summary.syscalls, plan.concurrency) : '',
  ];
  const versions = new Map(plan.entrants.map(({ peer, version }) => [peer.name, version]));
  process.stdout.write(`${texts.filter((text) => text !== '').join('\n')}\n`);
  process.stdout.write(`subjects: ${[...versions].map(([name, version]) => `${name} ${version}`).join(', ')}\n`);
  const path = saveResults(options, plan.entrants, measured, summary, began);
  process.stdout.write(`medians of ${plan.rounds} round(s), where there are rounds; all of it in ${path}\n`);
  if (syscalls?.refusal !== undefined) {
    process.stderr.write(`bench: system calls could not be counted: ${syscalls.refusal}\n`);
  }
  const failures = failuresIn(measured);
  complain(failures);
  return failures.length === 0 ? 0 : 1;
}

// Leaving through `exit` is what ends the subjects: see daemon.ts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(USAGE);
  else process.exitCode = await bench(options);
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
