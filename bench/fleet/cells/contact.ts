// What a hint is worth: the first contact of a gateway with destinations at which the line that connects first is silent, where another
// gateway of its site knows them, and where nobody does.
import { setTimeout as sleep } from 'node:timers/promises';
import { clientHello } from '../../../test/helpers/tls-hello.js';
import { TLS_NAME } from '../../../test/helpers/tls-server.js';
import type { Outcome } from '../../choice/cells/cell.js';
import { tlsWords, type Visited, visit, type Words } from '../../race/requests/visit.js';
import { median } from '../../results/median.js';
import { engineFigures } from '../ground/engine-figures.js';
import { Fleet } from '../ground/fleet.js';
import { type Silence, silentLine } from '../ground/names.js';
import type { FleetCell } from './cell.js';

const LINES = 3;
/** Only some destinations: a line that is silent everywhere would be found dead. */
const SILENT_EACH = 4;
const TIMEOUT_MS = 10_000;
const AT_A_TIME = 4;
/** A gateway connects to the engine beside its start, and what it learns is written some tenths of a second later. */
const SETTLE_MS = 1500;
const WRITTEN_MS = 20_000;
const LOOK_MS = 100;

/** The line that connects first. */
const SILENCE: Silence = { each: SILENT_EACH, lines: 1 };
const isSilent = (destination: number): boolean => silentLine(destination, SILENCE) !== undefined;

interface Contact extends Visited {
  readonly destination: number;
  readonly dials: number;
}

/** Visits each destination once. */
async function contacts(fleet: Fleet, entry: number, destinations: number, words: Words): Promise<Contact[]> {
  const all: (Visited & { readonly destination: number })[] = [];
  const before = await fleet.dials();
  let next = 0;
  const client = async (): Promise<void> => {
    for (let destination = next++; destination < destinations; destination = next++) {
      const visited = await visit(entry, fleet.target(destination), words, TIMEOUT_MS);
      all.push({ destination, ...visited });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, client));
  const dials = await fleet.dials();
  return all.map((one) => ({ ...one, dials: (dials[one.destination] ?? 0) - (before[one.destination] ?? 0) }));
}

const at = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN;

function rowOf(name: string, made: readonly Contact[]): string[] {
  const times = made.map(({ ms }) => ms);
  const dials = made.reduce((sum, one) => sum + one.dials, 0) / made.length;
  const failed = made.filter(({ failure }) => failure !== undefined).length;
  return [
    ...[name, median(times).toFixed(1), at(times, 0.99).toFixed(1), dials.toFixed(2), `${failed} / ${made.length}`],
  ];
}

export const contact: FleetCell = async ({ quick }, told): Promise<Outcome> => {
  const destinations = quick ? 40 : 400;
  const fleet = await Fleet.lay({ destinations, lines: LINES, ttl_s: 600, lookup_ms: 15, silence: SILENCE });
  const words = tlsWords(await clientHello({ servername: TLS_NAME }));
  try {
    const entryOf = async (name: string | undefined): Promise<number> => {
      const daemon = await fleet.gateway(name);
      if (daemon === undefined) throw new Error('the gateway is not built');
      await sleep(SETTLE_MS);
      return daemon.listen.echo;
    };
    told('contact: one gateway learns');
    const first = await entryOf('a');
    // A second time, by the line that has answered.
    for (let round = 0; round < 2; round += 1) await contacts(fleet, first, destinations, words);
    const written = async (): Promise<number> => engineFigures(await fleet.engine.ask('INFO')).keys;
    for (let waited = 0; waited < WRITTEN_MS && (await written()) < destinations; waited += LOOK_MS)
      await sleep(LOOK_MS);
    told('contact: another one of the site, and one that is alone');
    const made = {
      with: await contacts(fleet, await entryOf('b'), destinations, words),
      without: await contacts(fleet, await entryOf(undefined), destinations, words),
    };
    const silent = (all: readonly Contact[]) => all.filter(({ destination }) => isSilent(destination));
    const usual = (all: readonly Contact[]) => all.filter(({ destination }) => !isSilent(destination));
    const middle = (all: readonly Contact[]): number => median(all.map(({ ms }) => ms));
    const failed = [...made.with, ...made.without].filter(({ failure }) => failure !== undefined);
    const isWorth = middle(silent(made.with)) < middle(silent(made.without)) / 2;
    return {
      table: {
        title: 'The first contact of a gateway, where another one knows the destination',
        notes: [
          `${destinations} destinations over ${LINES} lines; at one of ${SILENT_EACH} the first line connects at once and never answers. A name takes 15 ms.`,
          `The other gateway has told of ${Math.min(destinations, await written())} of them.`,
        ],
        headings: ['first contact', 'median ms', 'p99 ms', 'dials', 'failed'],
        rows: [
          rowOf('silent winner, with hints', silent(made.with)),
          rowOf('silent winner, alone', silent(made.without)),
          rowOf('all answer, with hints', usual(made.with)),
          rowOf('all answer, alone', usual(made.without)),
        ],
      },
      broken: [
        ...(failed.length > 0 ? [`contact: ${failed.length} connections failed (${failed[0]?.failure})`] : []),
        ...(isWorth ? [] : ['contact: hints do not halve the time to the first byte where the usual winner is silent']),
      ],
    };
  } finally {
    await fleet.close();
  }
};
