// What a sick engine costs connections: those of a gateway that shares beside those of one that does not, in turns, while the engine
// serves, is slow, hangs, is full and is gone.
import { setTimeout as sleep } from 'node:timers/promises';
import { clientHello } from '../../../test/helpers/tls-hello.js';
import { TLS_NAME } from '../../../test/helpers/tls-server.js';
import type { Outcome } from '../../choice/cells/cell.js';
import { tlsWords, type Visited, visit } from '../../race/requests/visit.js';
import { median } from '../../results/median.js';
import { Fleet } from '../ground/fleet.js';
import type { FleetCell } from './cell.js';

const TIMEOUT_MS = 10_000;
const SETTLE_MS = 1500;
/** First connections of two new gateways, which are not counted. */
const WARMING = 50;
/** Commands wait for up to so long, again and again. */
const SLOW_MS = 150;
/** A connection of one gateway is later than that of the other one to the same destination, just before or after it. */
const LATER_MS = 5;
/** A median that is so much more is no chance; so is being the later one so often where that should be as often as the other. */
const MEDIAN_MAX = 1.1;
const LATER_MAX = 2;
const LATER_LEAST = 0.03;

interface State {
  readonly name: string;
  /** Gives what ends it. */
  begin(engine: Fleet['engine']): Promise<() => Promise<unknown>>;
}

const STATES: readonly State[] = [
  { name: 'serves', begin: async () => async () => {} },
  {
    name: 'is slow',
    begin: async (engine) => {
      let isOver = false;
      const slowing = (async () => {
        while (!isOver) {
          await engine.ask('CLIENT', 'PAUSE', String(SLOW_MS), 'ALL').catch(() => {});
          await sleep(SLOW_MS);
        }
      })();
      return () => {
        isOver = true;
        return slowing;
      };
    },
  },
  {
    name: 'is full',
    begin: async (engine) => {
      await engine.ask('CONFIG', 'SET', 'maxmemory', '1');
      return () => engine.ask('CONFIG', 'SET', 'maxmemory', '0');
    },
  },
  {
    name: 'hangs',
    begin: async (engine) => {
      engine.pause();
      return async () => engine.resume();
    },
  },
  {
    name: 'is gone',
    begin: async (engine) => {
      await engine.kill();
      return () => engine.start();
    },
  },
];

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN;

const msOf = (made: readonly Visited[]): number[] => made.map(({ ms }) => ms);

export const faults: FleetCell = async ({ quick }, told): Promise<Outcome> => {
  const each = quick ? 20 : 300;
  const fleet = await Fleet.lay({
    ...{ destinations: WARMING + each * STATES.length, lines: 2, ttl_s: 600, lookup_ms: 10 },
    silence: { each: Number.POSITIVE_INFINITY, lines: 1 },
  });
  const words = tlsWords(await clientHello({ servername: TLS_NAME }));
  const rows: string[][] = [];
  const broken: string[] = [];
  try {
    const entryOf = async (name: string | undefined): Promise<number> => {
      const daemon = await fleet.gateway(name);
      if (daemon === undefined) throw new Error('the gateway is not built');
      await sleep(SETTLE_MS);
      return daemon.listen.echo;
    };
    const entries = { with: await entryOf('a'), without: await entryOf(undefined) };
    for (let one = 0; one < WARMING; one += 1) {
      for (const entry of Object.values(entries)) await visit(entry, fleet.target(one), words, TIMEOUT_MS);
    }
    for (const [place, { name, begin }] of STATES.entries()) {
      told(`faults: the engine ${name}`);
      const end = await begin(fleet.engine);
      const made: Record<keyof typeof entries, Visited[]> = { with: [], without: [] };
      const first = WARMING + place * each;
      for (let one = first; one < first + each; one += 1) {
        // In turns, so that neither is always the second one.
        const order = one % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const);
        for (const which of order) made[which].push(await visit(entries[which], fleet.target(one), words, TIMEOUT_MS));
      }
      await end();
      const failed = [...made.with, ...made.without].filter(({ failure }) => failure !== undefined);
      if (failed.length > 0) broken.push(`faults: ${failed.length} connections failed while the engine ${name}`);
      const later = (one: readonly Visited[], other: readonly Visited[]): number =>
        one.filter(({ ms }, at) => ms - (other[at]?.ms ?? 0) > LATER_MS).length;
      const [later_with, later_without] = [later(made.with, made.without), later(made.without, made.with)];
      if (!quick && median(msOf(made.with)) > median(msOf(made.without)) * MEDIAN_MAX)
        broken.push(`faults: connections take longer while the engine ${name}`);
      if (!quick && later_with > LATER_MAX * later_without + LATER_LEAST * each)
        broken.push(`faults: more connections are late while the engine ${name}`);
      rows.push([
        `it ${name}`,
        ...[made.with, made.without].flatMap((all) => [
          median(msOf(all)).toFixed(2),
          percentile(msOf(all), 0.99).toFixed(2),
        ]),
        ...[`${later_with}`, `${later_without}`, `${failed.length} / ${2 * each}`],
      ]);
    }
    return {
      table: {
        title: 'First contacts while the engine is sick',
        notes: [
          `${each} destinations for each state, one after the other, over 2 lines, by a gateway of a site and by one that is alone, in turns. A name takes 10 ms.`,
        ],
        headings: [
          'the engine',
          'median ms',
          'p99 ms',
          'alone: median ms',
          'p99 ms',
          'later by 5 ms',
          'alone: later',
          'failed',
        ],
        rows,
      },
      broken,
    };
  } finally {
    await fleet.close();
  }
};
