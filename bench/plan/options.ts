// The command line of the bench.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Direction } from '../shared/messages.js';

export const USAGE = `Usage: npm run bench -- [options]

Runs the loads on the gateway and on every other proxy that is installed, in turn, and prints what each costs.
connect-line, growth and access compare a subject with itself; base is how it starts and what it takes at rest.

  --quick          one short round: for its assertions, not for its times; compares the first gateway only
  --loads LIST     of connect, closed, open, ping, bulk, idle, growth, access, base, or single ones such as open-200
                   (default: all)
  --subjects LIST  such as tcproute-uring,microsocks                                    (default: all that are found)
  --before DIR     also the gateway of another checkout, built; each load then has the ratio of the two, round by round
  --workers LIST   numbers of workers for the subjects that can be told one             (default: 1)
  --rounds N       rounds that the medians are taken over; ping-1 takes at least 9       (default: 5, quick 1)
  --lengthen N     measures N times as long in each round, after a warm-up N times as long: two versions that differ by
                   a few per cent need it with --before                                  (default: 1)
  --concurrency N  connections at a time in the connect loads                           (default: 64)
  --name HOST      the name in connect-name; it must stand for this machine             (default: localhost)
  --idle N         connections held in the idle load, and slow ones in access-slow      (default: 8000, quick 1000)
  --routes N       destinations remembered in the growth-routes load                    (default: 100000, quick 10000)
  --calm N         seconds for which subjects do nothing in the base section            (default: 60, quick 3)
  --syscalls       also count system calls for each connection, if strace is installed
  --direction D    of the bulk loads: download or upload                                (default: download)
  --json FILE      where the results go                                                 (default: bench/results/)
  --report FILE    a page (HTML) with plots of them
  --markdown       the main figures as a Markdown table instead of the tables
  --from FILE      takes the results from that file and runs nothing; with --report, --markdown or neither
  --help           show this text

The exit status is 1 when any connection failed (in the file's run, with --from).
`;

const FLAGS = {
  quick: { type: 'boolean', default: false },
  loads: { type: 'string' },
  subjects: { type: 'string' },
  before: { type: 'string' },
  workers: { type: 'string', default: '1' },
  rounds: { type: 'string' },
  lengthen: { type: 'string', default: '1' },
  concurrency: { type: 'string', default: '64' },
  name: { type: 'string', default: 'localhost' },
  idle: { type: 'string' },
  routes: { type: 'string' },
  calm: { type: 'string' },
  syscalls: { type: 'boolean', default: false },
  direction: { type: 'string', default: 'download' },
  json: { type: 'string' },
  report: { type: 'string' },
  markdown: { type: 'boolean', default: false },
  from: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** With a few more routes the state file would be too large for the gateway. */
const ROUTES_MAX = 300_000;

/** A load of 750 ms takes 15 s then. */
const LENGTHEN_MAX = 20;

export interface BenchOptions {
  readonly quick: boolean;
  /** Names, or first parts of names; undefined for all. */
  readonly loads: readonly string[] | undefined;
  readonly subjects: readonly string[] | undefined;
  /** The root of another checkout. */
  readonly before: string | undefined;
  readonly workers: readonly number[];
  readonly rounds: number;
  /** Factor of the durations of loads. */
  readonly lengthen: number;
  readonly concurrency: number;
  readonly name: string;
  readonly idle: number;
  readonly routes: number;
  readonly calm_s: number;
  readonly syscalls: boolean;
  readonly direction: Direction;
  readonly json: string | undefined;
  readonly report: string | undefined;
  readonly markdown: boolean;
  /** A file with the results of an earlier run; nothing is run then. */
  readonly from: string | undefined;
  readonly help: boolean;
}

export const list = (text: string | undefined): string[] | undefined => text?.split(',').filter((part) => part !== '');

export function count(flag: string, text: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  const range = most < Number.MAX_SAFE_INTEGER ? `from 1 to ${most}` : 'from 1';
  throw new Error(`--${flag} ${text}: a whole number ${range} is needed`);
}

/** The flags that make sense together with --from. */
const WITH_FROM: readonly string[] = ['from', 'report', 'markdown', 'help'];

/** Throws an Error with a sentence for the user. */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const { values, tokens } = parseArgs({ args: [...argv], options: FLAGS, strict: true, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option' || values.from === undefined || WITH_FROM.includes(token.name)) continue;
    throw new Error(`--${token.name}: not with --from, which runs nothing`);
  }
  const { quick, direction, json, report, from } = values;
  for (const [flag, file] of Object.entries({ json, report, from })) {
    if (file === '') throw new Error(`--${flag}: the name of a file is needed`);
  }
  const files = [json, report, from].filter((file) => file !== undefined).map((file) => resolve(file));
  if (new Set(files).size < files.length) throw new Error('--json, --report and --from need different files');
  if (direction !== 'download' && direction !== 'upload') {
    throw new Error(`--direction ${direction}: download or upload is needed`);
  }
  return {
    quick,
    loads: list(values.loads),
    subjects: list(values.subjects),
    before: values.before,
    workers: (list(values.workers) ?? []).map((text) => count('workers', text)),
    rounds: count('rounds', values.rounds ?? (quick ? '1' : '5')),
    lengthen: count('lengthen', values.lengthen, LENGTHEN_MAX),
    concurrency: count('concurrency', values.concurrency),
    name: values.name,
    idle: count('idle', values.idle ?? (quick ? '1000' : '8000')),
    routes: count('routes', values.routes ?? (quick ? '10000' : '100000'), ROUTES_MAX),
    calm_s: count('calm', values.calm ?? (quick ? '3' : '60')),
    syscalls: values.syscalls,
    direction,
    json,
    report,
    markdown: values.markdown,
    from,
    help: values.help,
  };
}
