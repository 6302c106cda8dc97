// What programs of cells have in common: each cell is run and its table printed, a JSON file has all of it, and the exit status says
// whether the gateway broke a promise.
import { raiseFileLimit } from '../process/file-limit.js';
import { machine, writeResults } from '../results/results.js';
import type { Outcome } from './cells/cell.js';
import { formatTable } from './report.js';

export interface CellsRun {
  /** Of the JSON file. */
  readonly name: string;
  /** Raised with every change that a reader of these files would notice. */
  readonly format: number;
  readonly options: { readonly quick: boolean; readonly json: string | undefined };
  readonly quickNote: string;
}

export type RunCell = (told: (what: string) => void) => Promise<Outcome>;

/** Returns the exit status. */
export async function runCells(
  { name, format, options, quickNote }: CellsRun,
  cells: readonly RunCell[],
): Promise<number> {
  const began = new Date();
  raiseFileLimit();
  const outcomes: Outcome[] = [];
  for (const cell of cells) {
    const outcome = await cell((what) => void process.stderr.write(`${what}\n`));
    process.stdout.write(formatTable(outcome.table));
    outcomes.push(outcome);
  }
  const results = { format, began: began.toISOString(), machine: machine(), options, outcomes };
  const took_s = Math.round((Date.now() - began.getTime()) / 1000);
  const file = writeResults(options.json, `${name}-${began.toISOString()}`, results);
  process.stdout.write(`${took_s} s; all of it in ${file}\n`);
  if (options.quick) process.stdout.write(quickNote);
  const broken = outcomes.flatMap((outcome) => outcome.broken);
  for (const what of broken) process.stderr.write(`FAILED  ${what}\n`);
  return broken.length === 0 ? 0 : 1;
}

/** The whole program. `parse` and `bench` may throw an Error with a sentence for the user. */
export async function runProgram<Options extends { readonly help: boolean }>(
  parse: (argv: readonly string[]) => Options,
  usage: string,
  bench: (options: Options) => Promise<number>,
): Promise<void> {
  // Only `exit` ends the subjects: see ../peers/daemon.ts.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
  try {
    const options = parse(process.argv.slice(2));
    if (options.help) process.stdout.write(usage);
    else process.exitCode = await bench(options);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}
