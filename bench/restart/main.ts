// `npm run bench:restart`: takes each subject through its changes under the load, prints a table, writes a JSON file, and ends
// with an exit status that says whether the gateway lost anybody.
import { raiseFileLimit } from '../process/file-limit.js';
import { machine, writeResults } from '../results/results.js';
import { parseOptions, type RestartOptions, USAGE } from './options.js';
import { failuresOf, formatTrials } from './report.js';
import { GATEWAYS } from './subjects/gateway.js';
import { HAPROXY } from './subjects/haproxy.js';
import { runTrial, type Trial } from './trial.js';

/** Raised with every change that a reader of these files would notice. */
const FORMAT = 1;

async function bench({ engines, alone, plan, json }: RestartOptions): Promise<number> {
  const began = new Date();
  raiseFileLimit();
  const gateways = GATEWAYS.filter(({ name }) => engines.some((engine) => name.endsWith(engine)));
  const trials: Trial[] = [];
  for (const subject of alone ? gateways : [...gateways, HAPROXY]) {
    process.stderr.write(`${subject.name}\n`);
    const trial = await runTrial(subject, plan);
    if (trial === undefined) process.stderr.write(`${subject.name} is not installed\n`);
    else trials.push(trial);
  }
  process.stdout.write(formatTrials(trials));
  const failures = trials.flatMap((trial) =>
    failuresOf(trial, plan.upgrades + plan.reloads).map((what) => ({ what, asserted: trial.asserted })),
  );
  const results = { format: FORMAT, began: began.toISOString(), machine: machine(), plan, trials, failures };
  const file = writeResults(json, `restart-${began.toISOString()}`, results);
  process.stdout.write(`all of it in ${file}\n`);
  for (const { what, asserted } of failures) process.stderr.write(`${asserted ? 'FAILED  ' : ''}${what}\n`);
  return failures.some(({ asserted }) => asserted) ? 1 : 0;
}

// Only `exit` ends the subjects: see ../peers/daemon.ts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(USAGE);
  else process.exitCode = await bench(options);
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
