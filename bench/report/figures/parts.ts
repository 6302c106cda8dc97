// The parts of the results: each load, each comparison, the base section and the system calls, each with its main
// quantities.
import { BASE, SYSCALLS } from '../../plan/load-names.js';
import type { BaseRow } from '../../results/base-rows.js';
import type { ComparisonRow } from '../../results/comparison-rows.js';
import type { Titled } from '../../results/measurements.js';
import type { Results } from '../../results/results.js';
import type { Row } from '../../results/summary.js';
import type { SyscallsRow } from '../../results/syscalls-rows.js';
import { baseTitle } from '../../tables/base-table.js';
import { syscallsTitle } from '../../tables/syscalls-table.js';
import {
  BASE_MEMORY,
  BASE_REST,
  BASE_START,
  BASE_WAKES,
  COMPARED_CPU,
  COMPARED_P99,
  COMPARED_P99_RATIO,
  COMPARED_RATIO,
  SYSTEM_CALLS,
} from './further-quantities.js';
import { mainQuantitiesOf, type Quantity } from './quantities.js';

export interface Part<Some> extends Titled {
  /** At least one row. */
  readonly rows: readonly Some[];
  readonly quantities: readonly Quantity<Some>[];
}

export interface Parts {
  readonly loads: readonly Part<Row>[];
  readonly comparisons: readonly Part<ComparisonRow>[];
  /** One part, or none where it was not measured; the same holds for system calls. */
  readonly base: readonly Part<BaseRow>[];
  readonly syscalls: readonly Part<SyscallsRow>[];
}

/** Parts with titles come in the order of the titles; rows without one follow under their own name. */
function partsBy<Some>(
  titles: readonly Titled[],
  rows: readonly Some[],
  nameOf: (row: Some) => string,
  quantitiesOf: (name: string, rows: readonly Some[]) => readonly Quantity<Some>[],
): Part<Some>[] {
  const known = new Map(titles.map(({ name, title }) => [name, title]));
  return [...new Set([...known.keys(), ...rows.map(nameOf)])].flatMap((name) => {
    const some = rows.filter((row) => nameOf(row) === name);
    if (some.length === 0) return [];
    return [{ name, title: known.get(name) ?? name, rows: some, quantities: quantitiesOf(name, some) }];
  });
}

/** Latencies are not in the results of earlier versions. */
const comparedOf = (_name: string, rows: readonly ComparisonRow[]): readonly Quantity<ComparisonRow>[] =>
  [COMPARED_CPU, COMPARED_RATIO, COMPARED_P99, COMPARED_P99_RATIO].filter(({ of }) =>
    rows.some((row) => Number.isFinite(of(row))),
  );

export function partsOf({ loads, comparisons, summary, measured }: Results): Parts {
  const { base, syscalls } = measured;
  return {
    loads: partsBy(loads, summary.loads, ({ load }) => load, mainQuantitiesOf),
    comparisons: partsBy(comparisons, summary.comparisons, ({ comparison }) => comparison, comparedOf),
    base: partsBy(
      base === undefined ? [] : [{ name: BASE, title: baseTitle(base.extent) }],
      summary.base,
      () => BASE,
      () => [BASE_START, BASE_MEMORY, BASE_REST, BASE_WAKES],
    ),
    syscalls: partsBy(
      syscalls === undefined ? [] : [{ name: SYSCALLS, title: syscallsTitle(syscalls) }],
      summary.syscalls,
      () => SYSCALLS,
      () => [SYSTEM_CALLS],
    ),
  };
}
