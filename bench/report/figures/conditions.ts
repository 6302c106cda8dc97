// The conditions under which the results were measured, in words.
import type { Results } from '../../results/results.js';
import { participants } from './participants.js';

export interface Conditions {
  /** Such as `2026-11-25 18:03 UTC`. */
  readonly date: string;
  /** Cores, processor, kernel and Node, with full versions. */
  readonly machine: string;
  /** Cores, kernel and Node, with short versions and without the processor. */
  readonly size: string;
  readonly rounds: string;
  /** Each subject with results, once, whatever its numbers of workers. */
  readonly versions: readonly { readonly name: string; readonly version: string }[];
  /** Options by the names of their flags, without those that only say where results go. */
  readonly options: readonly (readonly [name: string, value: string])[];
}

const OUTPUTS = new Set(['json', 'report', 'markdown', 'from', 'help']);

function dateOf(began: string): string {
  const [day, time] = new Date(began).toISOString().split('T');
  return `${day} ${time.slice(0, 5)} UTC`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `v20.20.2` becomes 20.20, `6.18.44-cloud` becomes 6.18. */
const shortVersion = (version: string): string => /\d+\.\d+/.exec(version)?.[0] ?? version;

function roundsOf(results: Results): string {
  const { rounds, quick } = results.options;
  const how = rounds === 1 ? 'one round' : `medians of ${textOf(rounds)} interleaved rounds`;
  const workers = [...new Set(participants(results).map((one) => one.workers))].filter((number) => number > 0);
  const last = workers.pop();
  const working =
    last === undefined ? '' : `, ${workers.map((number) => `${number}, `).join('')}${counted(last, 'worker')}`;
  return `${how}${quick === true ? ' of a quick run' : ''}${working}`;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(textOf).join(', ') : JSON.stringify(value);
}

export function conditionsOf(results: Results): Conditions {
  const { began, machine, options } = results;
  const cores = counted(machine.cores, 'core');
  const versions = participants(results).map(({ subject, version }) => [subject, { name: subject, version }] as const);
  return {
    date: dateOf(began),
    machine: `${cores} (${machine.processor}), Linux ${machine.kernel}, Node ${machine.node.replace(/^v/, '')}`,
    size: `${cores}, Linux ${shortVersion(machine.kernel)}, Node ${shortVersion(machine.node)}`,
    rounds: roundsOf(results),
    versions: [...new Map(versions).values()],
    options: Object.entries(options).flatMap(([name, value]): [string, string][] =>
      value === undefined || value === false || OUTPUTS.has(name) ? [] : [[name.replace(/_s$/, ''), textOf(value)]],
    ),
  };
}
