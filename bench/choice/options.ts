// The command line of the bench of choices.
import { parseArgs } from 'node:util';
import { list } from '../plan/options.js';

export const CELLS = ['cheap', 'link', 'moved', 'bulk'] as const;
export type CellName = (typeof CELLS)[number];

export const USAGE = `Usage: npm run bench:choice -- [options]

Shows whether the gateway takes the line that a person would choose while something changes: the cheap line is slow, dead and
back again; a link goes down under 500 sessions; a name moves; bulk goes over a thin line that connects fast. HAProxy and v2ray
are put beside it as far as they can be configured for it.

  --cells LIST   of ${CELLS.join(', ')}                        (default: all)
  --alone        without the other programs
  --quick        shorter; success is asserted, times and shares are not
  --json FILE    where the results go                             (default: bench/results/)
  --help         show this text

The exit status is 1 when the gateway broke a promise.
`;

const FLAGS = {
  cells: { type: 'string' },
  alone: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export interface ChoiceOptions {
  readonly cells: readonly CellName[];
  readonly alone: boolean;
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly help: boolean;
}

/** Throws an Error with a sentence for the user. */
export function parseOptions(argv: readonly string[]): ChoiceOptions {
  const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true });
  const wanted = list(values.cells) ?? [...CELLS];
  for (const name of wanted) {
    if (!(CELLS as readonly string[]).includes(name)) throw new Error(`--cells ${name}: there are ${CELLS.join(', ')}`);
  }
  const { alone, quick, json, help } = values;
  return { cells: CELLS.filter((name) => wanted.includes(name)), alone, quick, json, help };
}
