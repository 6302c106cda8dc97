// `npm run bench:choice`: runs the cells that were asked for, and ends with an exit status that says whether the gateway does what
// it promises.
import { bulk } from './cells/bulk.js';
import type { Cell } from './cells/cell.js';
import { cheap } from './cells/cheap.js';
import { link } from './cells/link.js';
import { moved } from './cells/moved.js';
import { type CellName, parseOptions, USAGE } from './options.js';
import { runCells, runProgram } from './run-cells.js';

const FORMAT = 1;

const QUICK_NOTE = `--quick is too short for a line to come home and for rates to settle: the tables show that all works, and are no figures.
`;

const CELLS: Readonly<Record<CellName, Cell>> = { cheap, link, moved, bulk };

await runProgram(parseOptions, USAGE, (options) =>
  runCells(
    { name: 'choice', format: FORMAT, options, quickNote: QUICK_NOTE },
    options.cells.map((name) => (told) => CELLS[name](options, told)),
  ),
);
