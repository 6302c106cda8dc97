// The command line of the bench of sites.
import { parseArgs } from 'node:util';
import { list } from '../plan/options.js';

export const CELLS = ['contact', 'site', 'cost', 'faults', 'simulated'] as const;
export type CellName = (typeof CELLS)[number];
/** Those that run gateways. */
export type MeasuredCell = Exclude<CellName, 'simulated'>;

/** Each of these takes seconds to simulate; the last one a minute, and 100 MiB. */
const SIZES = [1, 2, 5, 10, 100, 1000];
const GATEWAYS = 10;
/** Each is a process of some 100 MiB. */
const GATEWAYS_MAX = 50;

export const USAGE = `Usage: npm run bench:fleet -- [options]

Shows what it is worth and what it costs that gateways of a site share what they have learned over a Redis on this machine: first
contacts with a silent usual winner, with and without hints; what a site asks of the engine, beside the model with the same
parameters; what sharing adds to a connection, also while the engine is sick; and the model for sites of up to a thousand gateways, in virtual time.

  --cells LIST     of ${CELLS.join(', ')}             (default: all)
  --gateways N     processes of the cell site, up to ${GATEWAYS_MAX}             (default: ${GATEWAYS})
  --sizes LIST     of the sites that are simulated     (default: ${SIZES.join(',')})
  --quick          shorter; success is asserted, times and costs are not
  --json FILE      where the results go                (default: bench/results/)
  --help           show this text

The exit status is 1 when the gateway broke a promise.
`;

const FLAGS = {
  cells: { type: 'string' },
  gateways: { type: 'string' },
  sizes: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export interface BenchFleetOptions {
  readonly cells: readonly CellName[];
  readonly gateways: number;
  readonly sizes: readonly number[];
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly help: boolean;
}

/** Throws an Error with a sentence for the user. */
export function parseOptions(argv: readonly string[]): BenchFleetOptions {
  const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true });
  const wanted = list(values.cells) ?? [...CELLS];
  for (const name of wanted) {
    if (!(CELLS as readonly string[]).includes(name)) throw new Error(`--cells ${name}: there are ${CELLS.join(', ')}`);
  }
  const { quick, json, help } = values;
  return {
    ...{ cells: CELLS.filter((name) => wanted.includes(name)), quick, json, help },
    gateways: count('gateways', values.gateways ?? `${GATEWAYS}`, GATEWAYS_MAX),
    sizes: (list(values.sizes) ?? SIZES.map(String)).map((size) => count('sizes', size, SIZES.at(-1) ?? 1)),
  };
}

function count(flag: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw new Error(`--${flag} ${text}: allowed are whole numbers from 1 to ${most}`);
}
