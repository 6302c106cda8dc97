// `npm run bench:choice`: runs the cells that were asked for, prints a table of each, writes a JSON file, and ends with an exit
// status that says whether the gateway does what it promises.
import { raiseFileLimit } from '../process/file-limit.js';
import { machine, writeResults } from '../results/results.js';
import { bulk } from './cells/bulk.js';
import type { Cell, Outcome } from './cells/cell.js';
import { cheap } from './cells/cheap.js';
import { link } from './cells/link.js';
import { moved } from './cells/moved.js';
import { type CellName, type ChoiceOptions, parseOptions, USAGE } from './options.js';
import { formatTable } from './report.js';

/** Raised with every change that a reader of these files would notice. */
const FORMAT = 1;

const QUICK_NOTE = `--quick is too short for a line to come home and for rates to settle: the tables show that all works, and are no figures.
`;

const CELLS: Readonly<Record<CellName, Cell>> = { cheap, link, moved, bulk };

async function bench(options: ChoiceOptions): Promise<number> {
  const began = new Date();
  raiseFileLimit();
  const outcomes: Outcome[] = [];
  const told = (what: string): void => void process.stderr.write(`${what}\n`);
  for (const name of options.cells) {
    const outcome = await CELLS[name](options, told);
    process.stdout.write(formatTable(outcome.table));
    outcomes.push(outcome);
  }
  const results = { format: FORMAT, began: began.toISOString(), machine: machine(), options, outcomes };
  const took_s = Math.round((Date.now() - began.getTime()) / 1000);
  const file = writeResults(options.json, `choice-${began.toISOString()}`, results);
  process.stdout.write(`${took_s} s; all of it in ${file}\n`);
  if (options.quick) process.stdout.write(QUICK_NOTE);
  const broken = outcomes.flatMap((outcome) => outcome.broken);
  for (const what of broken) process.stderr.write(`FAILED  ${what}\n`);
  return broken.length === 0 ? 0 : 1;
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
