// `npm run bench:fleet`: runs the cells that were asked for, and ends with an exit status that says whether the gateway does what it
// promises.
import { whyNoRedis } from '../../test/helpers/redis.js';
import { runCells, runProgram } from '../choice/run-cells.js';
import type { FleetCell } from './cells/cell.js';
import { contact } from './cells/contact.js';
import { cost } from './cells/cost.js';
import { faults } from './cells/faults.js';
import { site } from './cells/site.js';
import { type BenchFleetOptions, type MeasuredCell, parseOptions, USAGE } from './options.js';
import { simulated } from './simulated.js';

const FORMAT = 1;

const QUICK_NOTE = `--quick is too short for figures: the tables show that all works.
`;

const MEASURED: Readonly<Record<MeasuredCell, FleetCell>> = { contact, site, cost, faults };

async function bench(options: BenchFleetOptions): Promise<number> {
  const cells = options.cells.filter((name) => name !== 'simulated');
  if (cells.length < options.cells.length) process.stdout.write(`${simulated(options.sizes)}\n`);
  if (cells.length === 0) return 0;
  const missing = whyNoRedis();
  if (missing !== undefined) throw new Error(missing);
  return runCells(
    { name: 'fleet', format: FORMAT, options, quickNote: QUICK_NOTE },
    cells.map((name) => (told) => MEASURED[name](options, told)),
  );
}

await runProgram(parseOptions, USAGE, bench);
