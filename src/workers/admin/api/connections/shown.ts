// Connections as the API shows them. Pure.
import type { Static } from 'typebox';
import { type ConnectionId, formatConnectionId } from '../../../../protocol/connections/connection-id.js';
import type { ConnectionSummary } from '../../../../protocol/connections/summary.js';
import type { ConnectionRecord } from '../../../../protocol/race/record.js';
import type { Detailed, Summary } from './schemas.js';

type Shown = Static<typeof Summary>;

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** Without what the connection does not have. */
export function shown(id: ConnectionId, summary: ConnectionSummary): Shown {
  const { rate, opened_at, duration_ms, ...rest } = summary;
  const ended = summary.ending === undefined ? {} : { ended_at: timeOf(opened_at + duration_ms) };
  const rates = rate && { bytes_up_per_s: rate.up, bytes_down_per_s: rate.down };
  const all = { id: formatConnectionId(id), ...rest, ...rates, opened_at: timeOf(opened_at), ...ended, duration_ms };
  return present(all);
}

/** With its race. */
export function shownWhole(id: ConnectionId, summary: ConnectionSummary, record: ConnectionRecord) {
  const { race } = record;
  const attempts = race?.attempts.map(present) ?? [];
  const whole = race === undefined ? {} : { race: { ...present(race), attempts } };
  return { ...shown(id, summary), ...whole } as Static<typeof Detailed>;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** What is undefined is left out. */
export function present<T extends object>(of: T): Present<T> {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as Present<T>;
}
