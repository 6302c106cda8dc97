// How lines are now, asked of those who know it.
import type { Line } from '../../../../protocol/lines/line.js';
import type { Steering } from '../../../../protocol/steering/steering.js';
import type { Refusal } from '../../endpoint/endpoint.js';
import { told } from '../../endpoint/told.js';
import type { AdminParts } from '../../shared/parts.js';
import { lineState } from './line-state.js';
import type { LineState } from './schemas.js';

/** The parts of the admin actor that this asks. */
export type LineParts = Pick<AdminParts, 'options' | 'gateway' | 'routes' | 'counts' | 'udpLines'>;

export interface Looked {
  readonly code: 'looked';
  /** In the order of the configuration. */
  readonly lines: readonly LineState[];
  readonly steering: Steering;
}

/** Of those that are wanted. */
export async function look(
  { options, gateway, routes, counts, udpLines }: LineParts,
  wants: (line: Line) => boolean = () => true,
): Promise<Looked | Refusal> {
  const [known, budgets] = await Promise.all([
    told('the route actor', routes()?.lines()),
    told('the main thread', gateway.budgets()),
  ]);
  if (known.code !== 'told') return known;
  if (budgets.code !== 'told') return budgets;
  const { lines } = options();
  const counted = counts();
  const of = new Map(lines.map(({ number }) => [number, counted.line(number)]));
  const wins = [...of.values()].reduce((sum, one) => sum + one.wins, 0);
  const { steering } = known.value;
  return {
    code: 'looked',
    steering,
    lines: lines.filter(wants).map((line) =>
      lineState({
        ...{ line, steering, budgets: budgets.value, wins },
        now: known.value.lines.find((one) => one.line === line.number),
        counts: of.get(line.number) ?? counted.line(line.number),
        carried: counted.carried(line.number),
        udp: udpLines.of(line.number),
      }),
    ),
  };
}
