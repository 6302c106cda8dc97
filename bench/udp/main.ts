// `npm run bench:udp`: measures cell by cell, in each of which the subjects take turns, and ends with an exit status that says
// whether the gateway does what it promises.
import type { Outcome } from '../choice/cells/cell.js';
import { type RunCell, runCells, runProgram } from '../choice/run-cells.js';
import { FarEnd, Generator } from './load/ends.js';
import { type Durations, type Ends, type Measured, measureCell } from './measure.js';
import { parseOptions, type UdpBenchOptions, USAGE } from './options.js';
import type { Cell } from './plan.js';
import { quic } from './quic/cell.js';
import { type Entrant, entrants, GATEWAYS, running } from './subjects/subjects.js';
import { brokenIn, formatRows, type Row } from './table.js';

const FORMAT = 1;

const QUICK_NOTE = `--quick is too short for figures: the tables show that all works.
`;

const FULL: Durations = { warmUp_ms: 1000, load_ms: 1500 };
const QUICK: Durations = { warmUp_ms: 100, load_ms: 200 };

function measure(entrant: Entrant, cell: Cell, ends: Ends, options: UdpBenchOptions): Promise<Measured | string> {
  return running(entrant, ({ pid, listen }) =>
    measureCell({ pid, entry: listen.echo }, cell, ends, options.quick ? QUICK : FULL, options),
  );
}

async function runCell(
  cell: Cell,
  all: readonly Entrant[],
  ends: Ends,
  options: UdpBenchOptions,
  told: (what: string) => void,
): Promise<Outcome & { readonly measured: readonly Row[] }> {
  const rows = all.map(({ peer, version }) => ({
    subject: peer.name,
    version,
    rounds: [] as (Measured | string)[],
  }));
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const [index, entrant] of all.entries()) {
      told(`${cell.name}, round ${round} of ${options.rounds}: ${entrant.peer.name}`);
      rows[index].rounds.push(await measure(entrant, cell, ends, options));
    }
  }
  return { table: formatRows(cell, rows), broken: brokenIn(cell, rows, GATEWAYS), measured: rows };
}

const quicCell =
  ({ subjects, quick }: UdpBenchOptions): RunCell =>
  (told) =>
    quic(entrants(subjects, undefined, 'two lines'), GATEWAYS, quick, told);

async function bench(options: UdpBenchOptions): Promise<number> {
  const all = entrants(options.subjects, options.before);
  if (all.length === 0) throw new Error('none of the subjects is installed');
  const generator = new Generator();
  const farEnd = new FarEnd();
  try {
    await generator.ready();
    const ends = { generator, farEnd, port: await farEnd.ready() };
    return await runCells({ name: 'udp', format: FORMAT, options, quickNote: QUICK_NOTE }, [
      ...options.cells.map(
        (cell): RunCell =>
          (told) =>
            runCell(cell, all, ends, options, told),
      ),
      ...(options.quic ? [quicCell(options)] : []),
    ]);
  } finally {
    await generator.stop();
    await farEnd.stop();
  }
}

await runProgram(parseOptions, USAGE, bench);
