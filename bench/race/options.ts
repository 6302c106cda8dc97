// The command line of the race's bench.
import { parseArgs } from 'node:util';
import { count, list } from '../plan/options.js';
import { STATES, type State } from './cells/cell.js';
import { FAULT_NAMES, type Fault } from './field/faults.js';
import { SUBJECTS } from './subjects/subjects.js';
import { TOPOLOGIES } from './subjects/topologies.js';

export const USAGE = `Usage: npm run bench:race -- [options]

Runs every fault on the winning line, and on two of three, for first contacts, remembered destinations, and winners that
have just died; prints time to the first byte, success and dials beside a clean run and beside other programs.

  --quick             few requests, one bad line, the gateway alone, two topologies; success is asserted, times are not
  --requests N        a cell                                          (default: 500, quick 20)
  --subjects LIST     of ${SUBJECTS.map(({ name }) => name).join(', ')}   (default: all that are found)
  --topologies LIST   of ${TOPOLOGIES.map(({ name }) => name).join(', ')}
  --faults LIST       of ${FAULT_NAMES.slice(0, 7).join(', ')},
                      ${FAULT_NAMES.slice(7).join(', ')}
  --states LIST       of ${STATES.join(', ')}
  --bad LIST          how many lines have the fault                   (default: 1,2, quick 1)
  --rate N            requests a second                               (default: 200)
  --timeout-ms N      a request without a first byte has failed then  (default: 3000)
  --workers N         of the gateway                                  (default: 1)
  --amplification N   connections of that run, 0 for none             (default: 10000, quick 200)
  --json FILE         where the results go                            (default: bench/results/)
  --help              show this text

The exit status is 1 when a request of the gateway failed or, without --quick, was later than it may be.
`;

const FLAGS = {
  quick: { type: 'boolean', default: false },
  requests: { type: 'string' },
  subjects: { type: 'string' },
  topologies: { type: 'string' },
  faults: { type: 'string' },
  states: { type: 'string' },
  bad: { type: 'string' },
  rate: { type: 'string', default: '200' },
  'timeout-ms': { type: 'string', default: '3000' },
  workers: { type: 'string', default: '1' },
  amplification: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export interface RaceOptions {
  readonly quick: boolean;
  readonly requests: number;
  readonly subjects: readonly string[];
  readonly topologies: readonly string[];
  readonly faults: readonly Fault[];
  readonly states: readonly State[];
  readonly bad: readonly number[];
  readonly rate: number;
  readonly timeout_ms: number;
  readonly workers: number;
  readonly amplification: number;
  readonly json: string | undefined;
  readonly help: boolean;
}

function among<Name extends string>(flag: string, text: string | undefined, names: readonly Name[]): readonly Name[] {
  const wanted = list(text);
  if (wanted === undefined) return names;
  for (const name of wanted) {
    if (!(names as readonly string[]).includes(name))
      throw new Error(`--${flag} ${name}: there are ${names.join(', ')}`);
  }
  return names.filter((name) => wanted.includes(name));
}

/** A direct line's destinations are names in the gateway's `hosts`, which may have 10 000; a run has two for each request. */
const REQUESTS_MAX = 4900;

/** Throws an Error with a sentence for the user. */
export function parseOptions(argv: readonly string[]): RaceOptions {
  const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true });
  const { quick } = values;
  const requests = count('requests', values.requests ?? (quick ? '20' : '500'));
  if (requests > REQUESTS_MAX) throw new Error(`--requests ${requests}: at most ${REQUESTS_MAX}`);
  const subjects = SUBJECTS.map(({ name }) => name);
  const topologies = TOPOLOGIES.map(({ name }) => name);
  const amplification = values.amplification ?? (quick ? '200' : '10000');
  return {
    quick,
    requests,
    subjects: among('subjects', values.subjects ?? (quick ? subjects[0] : undefined), subjects),
    topologies: among('topologies', values.topologies ?? (quick ? 'proxies,addresses' : undefined), topologies),
    faults: among('faults', values.faults, FAULT_NAMES),
    states: among('states', values.states, STATES),
    bad: (list(values.bad ?? (quick ? '1' : '1,2')) ?? []).map((text) => count('bad', text)),
    rate: count('rate', values.rate),
    timeout_ms: count('timeout-ms', values['timeout-ms']),
    workers: count('workers', values.workers),
    amplification: amplification === '0' ? 0 : count('amplification', amplification),
    json: values.json,
    help: values.help,
  };
}
