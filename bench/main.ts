// `npm run bench`: subjects in turn within each round, so that whatever else the machine does meets all of them alike;
// then tables, a JSON file, a page if asked for, and an exit status that says whether every connection was what it should
// be. Or all but the JSON file from one that an earlier run has written.
import { LoadGenerator, Target } from './ends.js';
import { raiseFileLimit } from './file-limit.js';
import { type BenchOptions, parseOptions, USAGE } from './options.js';
import { BASELINE } from './peers/all.js';
import { loadsOf, makePlan, type Plan } from './plan.js';
import { Progress } from './progress.js';
import { conditionsOf } from './report/conditions.js';
import { formatMarkdown } from './report/markdown.js';
import { renderPage } from './report/page.js';
import { type Results, resultsOf, writeResults, writeText } from './results.js';
import { readResults } from './saved.js';
import { formatTables } from './table.js';
import { type Failure, runTrial, type TrialResult } from './trial.js';

/** Besides connections, a process has some files open. */
const FILES_SPARE = 500;
/** A proxy has two for each connection. */
const FILES_EACH = 2;

async function runRounds(plan: Plan): Promise<TrialResult[]> {
  const generator = new LoadGenerator();
  const target = new Target();
  const results: TrialResult[] = [];
  const rounds = Array.from({ length: plan.rounds }, (_, index) => index + 1);
  const stages = rounds.flatMap((round) =>
    plan.entrants.map((entrant) => ({ round, entrant, loads: loadsOf(entrant, plan, round) })),
  );
  const progress = new Progress(stages.reduce((sum, { loads }) => sum + loads.length, 0));
  try {
    await generator.ready();
    const ends = { generator, target, ports: await target.ready() };
    for (const { round, entrant, loads } of stages) {
      if (loads.length === 0) continue;
      progress.begin(`round ${round} of ${plan.rounds}: ${entrant.peer.name}`);
      results.push(await runTrial(entrant, loads, plan.idle, ends, () => progress.step()));
    }
  } finally {
    progress.end();
    generator.stop();
    target.stop();
  }
  return results;
}

function complain(failures: readonly Failure[]): void {
  for (const { subject, load, cause, count } of failures) {
    process.stderr.write(`FAILED  ${subject}, ${load}: ${cause}${count > 1 ? ` (${count} times)` : ''}\n`);
  }
}

async function run(asked: BenchOptions): Promise<Results> {
  const began = new Date();
  const idleMax = Math.floor((raiseFileLimit() - FILES_SPARE) / FILES_EACH);
  if (idleMax < asked.idle) process.stderr.write(`bench: the limit of open files allows ${idleMax} idle connections\n`);
  const options = { ...asked, idle: Math.min(asked.idle, idleMax) };
  const plan = makePlan(options);
  if (plan.entrants.length === 0) throw new Error('none of the subjects is installed');
  return resultsOf(plan, options, await runRounds(plan), BASELINE, began);
}

function tables(results: Results): string {
  const { versions, rounds } = conditionsOf(results);
  const subjects = versions.map(({ name, version }) => `${name} ${version}`).join(', ');
  return `${formatTables(results.summary, results.loads, BASELINE)}\nsubjects: ${subjects}\n${rounds}\n`;
}

async function bench(options: BenchOptions): Promise<number> {
  const { from, json, report } = options;
  const results = from === undefined ? await run(options) : readResults(from, BASELINE);
  const saved = from ?? writeResults(json, results.began, results);
  process.stdout.write(options.markdown ? formatMarkdown(results) : tables(results));
  // Markdown is there to be put into a file: what is not of it goes elsewhere.
  const tell = (text: string) => (options.markdown ? process.stderr : process.stdout).write(`${text}\n`);
  tell(`all of it in ${saved}`);
  if (report !== undefined) {
    writeText(report, renderPage(results));
    tell(`the page is ${report}`);
  }
  const failures = results.rounds.flatMap((result) => result.failures);
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
