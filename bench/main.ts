// `npm run bench`: measures, prints tables, writes a JSON file and, if asked for, a page; the exit status says whether every
// connection succeeded. With --from it reads the JSON file of an earlier run instead of measuring.
import { measureAll } from './measuring/all.js';
import { BASELINE } from './peers/all.js';
import { type BenchOptions, parseOptions, USAGE } from './plan/options.js';
import { makePlan } from './plan/plan.js';
import { raiseFileLimit } from './process/file-limit.js';
import { conditionsOf } from './report/figures/conditions.js';
import { formatMarkdown } from './report/markdown.js';
import { renderPage } from './report/page.js';
import { failuresIn } from './results/measured.js';
import type { Failure } from './results/measurements.js';
import { type Results, resultsOf, writeResults, writeText } from './results/results.js';
import { readResults } from './results/saved.js';
import { formatBase } from './tables/base-table.js';
import { formatBefore } from './tables/before-table.js';
import { formatComparisons } from './tables/comparison-table.js';
import { formatSyscalls } from './tables/syscalls-table.js';
import { formatTables } from './tables/table.js';

/** Open files of a process besides those of its connections. */
const FILES_SPARE = 500;
/** Open files of a proxy for each connection. */
const FILES_EACH = 2;

const warn = (what: string): void => {
  process.stderr.write(`bench: ${what}\n`);
};

async function run(asked: BenchOptions): Promise<Results> {
  const began = new Date();
  const files = raiseFileLimit();
  // In the growth load, other connections come and go beside the idle ones, and a closed one takes a moment to go.
  const idleMax = Math.floor((files - FILES_SPARE) / FILES_EACH) - 2 * asked.concurrency;
  if (idleMax < 1) throw new Error(`the limit of ${files} open files is too low`);
  if (idleMax < asked.idle) warn(`the limit of open files allows ${idleMax} idle connections`);
  const options = { ...asked, idle: Math.min(asked.idle, idleMax) };
  const plan = makePlan(options);
  if (plan.entrants.length === 0) throw new Error('none of the subjects is installed');
  if (options.syscalls && plan.syscalls === undefined) warn('strace is not installed, so no system calls are counted');
  return resultsOf(plan, options, await measureAll(plan), BASELINE, began);
}

function tables(results: Results): string {
  const { loads, comparisons, summary, measured } = results;
  const texts = [
    formatTables(summary.loads, loads, BASELINE),
    formatBefore(summary.loads, loads),
    formatComparisons(summary.comparisons, comparisons),
    formatBase(summary.base, measured.base?.extent),
    formatSyscalls(summary.syscalls, measured.syscalls),
  ];
  const { versions, rounds } = conditionsOf(results);
  const subjects = versions.map(({ name, version }) => `${name} ${version}`).join(', ');
  return [...texts.filter((text) => text !== ''), `subjects: ${subjects}\n${rounds}\n`].join('\n');
}

function complain(failures: readonly Failure[]): void {
  for (const { subject, load, cause, count } of failures) {
    process.stderr.write(`FAILED  ${subject}, ${load}: ${cause}${count > 1 ? ` (${count} times)` : ''}\n`);
  }
}

async function bench(options: BenchOptions): Promise<number> {
  const { from, json, report } = options;
  const results = from === undefined ? await run(options) : readResults(from, BASELINE);
  const saved = from ?? writeResults(json, results.began, results);
  process.stdout.write(options.markdown ? formatMarkdown(results) : tables(results));
  // Markdown is meant to be redirected into a file: all else goes to standard error.
  const tell = (text: string) => (options.markdown ? process.stderr : process.stdout).write(`${text}\n`);
  tell(`all of it in ${saved}`);
  if (report !== undefined) {
    writeText(report, renderPage(results));
    tell(`the page is ${report}`);
  }
  const { measured } = results;
  if (measured.syscalls?.refusal !== undefined) warn(`system calls could not be counted: ${measured.syscalls.refusal}`);
  const failures = failuresIn(measured);
  complain(failures);
  return failures.length === 0 ? 0 : 1;
}

// Only `exit` ends the subjects: see peers/daemon.ts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(USAGE);
  else process.exitCode = await bench(options);
} catch (error) {
  warn((error as Error).message);
  process.exitCode = 2;
}
