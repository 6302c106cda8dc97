// What the API tells of a line.
import { type Static, Type } from 'typebox';
import { Count, fields, oneOf, orNull } from '../../endpoint/schemas.js';
import { HEALTH } from '../../shared/line-health.js';
import { LINE_UDP } from '../../shared/line-udp.js';

/** Milliseconds with fractions. */
const Time_ms = Type.Number({ minimum: 0 });

export const LineName = Type.String({ minLength: 1, maxLength: 255, description: 'The name of the line' });

const Buckets = Type.Array(fields({ le_ms: orNull(Type.Number()), count: Count }), {
  description: 'How many took up to `le_ms`, and longer than the bucket before; null: any time',
});

const Circuit = fields({
  failures: Count,
  for_ms: Type.Number({ minimum: 0, description: 'Until a trial is due' }),
  why: orNull(fields({ cause: Type.String(), detail: orNull(Type.String()), address: Type.String() })),
});

const BudgetOfLine = fields({
  budget: Type.String(),
  bytes_used: Count,
  bytes: Count,
  spent: Type.Boolean(),
  begins: Type.String({ description: 'The first day of the month' }),
  ends: Type.String({ description: 'The first day of the next one' }),
});

const Udp = fields({
  state: oneOf(LINE_UDP),
  ago_ms: orNull(Type.Number({ minimum: 0, description: 'Since its proxies were last asked' })),
  cause: orNull(Type.String({ description: 'Why they could not be asked, or failed' })),
  silent_ms: orNull(
    Type.Number({ minimum: 0, description: 'For how long it still goes last, since no datagram comes back over it' }),
  ),
});

export const LineState = fields({
  line: LineName,
  proxies: Type.Array(fields({ kind: Type.String(), host: Type.String(), port: Count }), {
    description: 'In the order in which they are reached; none for a direct line',
  }),
  source: fields({
    ip: orNull(Type.String()),
    interface: orNull(Type.String()),
    mark: orNull(Type.Integer()),
  }),
  tier: Type.Integer({ minimum: 0, description: 'With what spent budgets add to it' }),
  cost_ms: Count,
  weight: orNull(Count),
  health: oneOf(HEALTH),
  paused: Type.Boolean({ description: 'By an operator: no new connection uses it' }),
  pinned: Type.Boolean({ description: 'By an operator: connections that may use it use no other' }),
  circuit: orNull(Circuit),
  link: orNull(fields({ at: Type.String(), fault: orNull(Type.String()) })),
  udp: Udp,
  answers_early: Type.Boolean({ description: 'It says "connected" before it is' }),
  doubted: Type.Boolean({ description: 'Something speaks against it as a whole' }),
  budgets: Type.Array(BudgetOfLine),
  attempts: Type.Integer({ minimum: 0, description: 'Dials of races' }),
  connected: Count,
  failures: Type.Integer({ minimum: 0, description: 'Dials that failed by themselves before their race was over' }),
  wins: Type.Integer({ minimum: 0, description: 'Connections that it carries, or has carried' }),
  win_share: orNull(Type.Number({ minimum: 0, maximum: 1, description: 'Of the wins of all lines' })),
  rescues: Type.Integer({ minimum: 0, description: 'Wins where another line was the first choice' }),
  unanswered: Type.Integer({ minimum: 0, description: 'Servers that did not answer over it as TLS does' }),
  bytes_up: Count,
  bytes_down: Count,
  connect_ms: orNull(Time_ms),
  connect: Buckets,
  first_byte_ms: orNull(Time_ms),
  first_byte: Buckets,
});
export type LineState = Static<typeof LineState>;

export const Lines = fields({
  lines: Type.Array(LineState, { description: 'In the order of the configuration' }),
  pinned: orNull(LineName),
  pins: Type.Integer({ minimum: 0, description: 'Destinations that are pinned to a line' }),
});

export const Steered = fields({ changed: Type.Boolean(), line: LineState });
