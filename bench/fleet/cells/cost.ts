// What sharing adds to a connection: the gateway with an engine and without one, in turns, by the connect load of the main bench.
import { startRedis } from '../../../test/helpers/redis.js';
import type { Outcome } from '../../choice/cells/cell.js';
import { compare } from '../../measuring/compare.js';
import { withEnds } from '../../measuring/with-ends.js';
import { gatewayUring } from '../../peers/gateway.js';
import type { Comparison } from '../../plan/comparison.js';
import { firstWarmUp } from '../../plan/warm-up.js';
import type { ComparisonMeasurement } from '../../results/measurements.js';
import { median } from '../../results/median.js';
import { quartiles } from '../../results/quartiles.js';
import type { FleetCell } from './cell.js';

const ROUNDS = 9;
const CONNECTIONS = 64;
const RATIO_MAX = 1.01;

const costOf = ({ cpu, verified }: ComparisonMeasurement['with']): number => (cpu.user + cpu.system) / verified;

export const cost: FleetCell = async ({ quick }, told): Promise<Outcome> => {
  const found = gatewayUring.find();
  if (found === undefined) throw new Error('the gateway is not built');
  const entrant = { peer: gatewayUring, ...found, workers: 1 };
  const redis = await startRedis();
  const comparison: Comparison = {
    ...{ name: 'share', title: 'connect with what is learned shared, compared with not', who: 'this gateway' },
    without: { setting: { kind: 'shared', url: undefined } },
    with: { setting: { kind: 'shared', url: redis.url } },
    ...{ duration_ms: quick ? 100 : 1500, warmUp_ms: firstWarmUp({ quick, lengthen: 1 }), roundsMax: ROUNDS },
  };
  const failures: string[] = [];
  const made: ComparisonMeasurement[] = [];
  try {
    await withEnds(async (ends) => {
      const rounds = quick ? 1 : ROUNDS;
      for (let round = 1; round <= rounds; round += 1) {
        told(`cost: round ${round} of ${rounds}`);
        const result = await compare(entrant, comparison, CONNECTIONS, ends);
        failures.push(...result.failures.map(({ cause, count }) => `cost: ${cause} (${count} times)`));
        if (result.measurement !== undefined) made.push(result.measurement);
      }
    });
  } finally {
    await redis.stop();
  }
  const ratios = made.map((one) => costOf(one.with) / costOf(one.without));
  const [low, high] = quartiles(ratios);
  const costs = (of: 'with' | 'without'): string => median(made.map((one) => costOf(one[of]))).toFixed(1);
  const p99 = (of: 'with' | 'without'): string =>
    median(made.map((one) => one[of].latency?.p99 ?? Number.NaN)).toFixed(2);
  return {
    table: {
      title: 'A connection with and without sharing',
      notes: [
        `${CONNECTIONS} at a time to destinations that are remembered, over two lines, in ${made.length} rounds of ${comparison.duration_ms * 2} ms for each side.`,
        'CPU time of the whole gateway, with its share actor. Ratio: the median of rounds, and between which half of them lie.',
      ],
      headings: ['', 'CPU µs', 'p99 ms'],
      rows: [
        ['without', costs('without'), p99('without')],
        ['with', costs('with'), p99('with')],
        ['ratio', `${median(ratios).toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`, ''],
      ],
    },
    broken: [
      ...failures,
      // Half of the rounds say more than that it may be so.
      ...(!quick && low > RATIO_MAX ? [`cost: a connection takes ${median(ratios).toFixed(3)} times as much`] : []),
    ],
  };
};
