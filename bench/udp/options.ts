// The command line of the bench of UDP.
import { parseArgs } from 'node:util';
import { count, list } from '../plan/options.js';
import { CELLS, type Cell } from './plan.js';
import { GATEWAYS, NAMES } from './subjects/subjects.js';

/** By default. */
const ROUNDS = 3;
const WINDOW = 128;
/** Every datagram of the generator is in one of its batches. */
const WINDOW_MAX = 10_000;

const QUIC = 'quic';
const CELL_NAMES = [...CELLS.map(({ name }) => name), QUIC];

export const USAGE = `Usage: npm run bench:udp -- [options]

Measures what programs relay of UDP for SOCKS5 clients, in turns: how many datagrams a second when always as many are under way,
and what is lost, how late the rest is and what a datagram costs at half of that rate. All datagrams go to a far end on this machine
and come back. The cell ${QUIC} measures how long a client of QUIC waits when a line swallows its datagrams or forges an answer.

  --cells LIST     of ${CELL_NAMES.join(', ')}
                   (default: all; BYTES-ASSOCIATIONSxDESTINATIONS of each)
  --subjects LIST  of ${NAMES.join(', ')}   (default: all that are found, quick the gateway)
  --before DIR     beside the gateway in that checkout
  --rounds N       of which the tables have medians          (default: ${ROUNDS}, quick 1)
  --window N       datagrams under way at the top rate       (default: ${WINDOW})
  --quick          one round of short loads at a fixed rate; that nothing is lost is asserted, and the tables are no figures
  --json FILE      where the results go                      (default: bench/results/)
  --help           show this text

The exit status is 1 when the gateway lost datagrams at half of its top rate, or a client of QUIC did not get its file.
`;

const FLAGS = {
  cells: { type: 'string' },
  subjects: { type: 'string' },
  before: { type: 'string' },
  rounds: { type: 'string' },
  window: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export interface UdpBenchOptions {
  readonly cells: readonly Cell[];
  /** Whether the cell of QUIC is among them. */
  readonly quic: boolean;
  readonly subjects: readonly string[];
  readonly before: string | undefined;
  readonly rounds: number;
  readonly window: number;
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly help: boolean;
}

function among<Name extends string>(flag: string, text: string | undefined, names: readonly Name[]): readonly Name[] {
  const wanted = list(text) ?? names;
  for (const name of wanted) {
    if (!(names as readonly string[]).includes(name))
      throw new Error(`--${flag} ${name}: there are ${names.join(', ')}`);
  }
  return names.filter((name) => wanted.includes(name));
}

/** Throws an Error with a sentence for the user. */
export function parseOptions(argv: readonly string[]): UdpBenchOptions {
  const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true });
  const { before, quick, json, help } = values;
  const names = among('cells', values.cells, CELL_NAMES);
  return {
    cells: CELLS.filter(({ name }) => names.includes(name)),
    quic: names.includes(QUIC),
    subjects: among('subjects', values.subjects ?? (quick ? GATEWAYS.join() : undefined), NAMES),
    ...{ before, quick, json, help },
    rounds: count('rounds', values.rounds ?? (quick ? '1' : `${ROUNDS}`)),
    window: count('window', values.window ?? `${WINDOW}`, WINDOW_MAX),
  };
}
