// The command line of the bench of restarts.
import { parseArgs } from 'node:util';
import { count, list } from '../plan/options.js';

export const USAGE = `Usage: npm run bench:restart -- [options]

Upgrades and reloads the gateway under a mixed load, and HAProxy beside it in the same run: short connections by SOCKS5, by
CONNECT of HTTP and over a Unix socket, handshakes that stop for seconds in the middle, idle connections and downloads, some
of them from the beginning to the end. The bytes of every connection are checked up to the end of both sides.

  --quick           a few seconds for each subject
  --engine LIST     of the gateway: uring, epoll                      (default: both)
  --alone           without HAProxy
  --connections N   that begin in all                                 (default: 100000, quick 1000)
  --upgrades N      evenly between them                               (default: 20, quick 2)
  --reloads N       the same                                          (default: 20, quick 2)
  --rate N          connections that begin in a second, on average, as long as fewer than 2000 are open
                                                                      (default: 1000, quick 500)
  --workers N       of each subject                                   (default: 2)
  --json FILE       where the results go                              (default: bench/results/)
  --help            show this text

The exit status is 1 when the gateway lost a connection, or a process of it did not end as it should.
`;

const FLAGS = {
  quick: { type: 'boolean', default: false },
  engine: { type: 'string', default: 'uring,epoll' },
  alone: { type: 'boolean', default: false },
  connections: { type: 'string' },
  upgrades: { type: 'string' },
  reloads: { type: 'string' },
  rate: { type: 'string' },
  workers: { type: 'string', default: '2' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const ENGINES = ['uring', 'epoll'];
const CHANGES_MAX = 1000;
/** More than one process can begin. */
const RATE_MAX = 20_000;

/** What each subject goes through. */
export interface Plan {
  readonly connections: number;
  readonly upgrades: number;
  readonly reloads: number;
  /** Connections that begin in a second, on average. */
  readonly rate: number;
  readonly workers: number;
  /** The longest pause of a client, and the longest stay of one that does not last throughout. */
  readonly lasting_ms: number;
  /** Idle clients that last throughout, and as many downloads. */
  readonly throughout: number;
  /** A connection without progress for so long is lost. */
  readonly patience_ms: number;
}

export interface RestartOptions {
  readonly engines: readonly string[];
  readonly alone: boolean;
  readonly plan: Plan;
  readonly json: string | undefined;
  readonly help: boolean;
}

const changes = (flag: string, text: string): number => (text === '0' ? 0 : count(flag, text, CHANGES_MAX));

/** Throws an Error with a sentence for the user. */
export function parseOptions(argv: readonly string[]): RestartOptions {
  const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true });
  const { quick, alone, json, help } = values;
  const engines = list(values.engine) ?? [];
  if (engines.length === 0 || !engines.every((engine) => ENGINES.includes(engine))) {
    throw new Error(`--engine ${values.engine}: there are ${ENGINES.join(', ')}`);
  }
  return {
    engines,
    alone,
    json,
    help,
    plan: {
      connections: count('connections', values.connections ?? (quick ? '1000' : '100000')),
      upgrades: changes('upgrades', values.upgrades ?? (quick ? '2' : '20')),
      reloads: changes('reloads', values.reloads ?? (quick ? '2' : '20')),
      rate: count('rate', values.rate ?? (quick ? '500' : '1000'), RATE_MAX),
      workers: count('workers', values.workers),
      lasting_ms: quick ? 1500 : 6000,
      throughout: quick ? 5 : 20,
      patience_ms: 10_000,
    },
  };
}
