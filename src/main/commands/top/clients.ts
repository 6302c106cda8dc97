// Clients and users by what their live connections do: rows made of connections. Pure.
import type { Part } from '../admin/part.js';
import { bytesText, rateText, UNKNOWN } from '../drawing/figures.js';
import type { Column } from '../drawing/table.js';

export interface ClientRow {
  /** An address, or `unix`. */
  readonly client: string;
  readonly user: string;
  readonly live: number;
  readonly up: number;
  readonly down: number;
  /** Bytes a second, both ways together. */
  readonly rate: number;
}

/** `rateOf`: bytes a second of a connection, both ways together. */
export function clientsOf(connections: readonly Part[], rateOf: (connection: Part) => number): readonly ClientRow[] {
  const rows = new Map<string, ClientRow>();
  for (const connection of connections) {
    const client = addressOf(connection.text('client') ?? UNKNOWN);
    const user = connection.text('user') ?? '';
    const key = JSON.stringify([client, user]);
    const known = rows.get(key) ?? { client, user, live: 0, up: 0, down: 0, rate: 0 };
    const of = (name: string): number => connection.number(name) ?? 0;
    rows.set(key, {
      ...known,
      live: known.live + 1,
      up: known.up + of('bytes_up'),
      down: known.down + of('bytes_down'),
      rate: known.rate + rateOf(connection),
    });
  }
  return [...rows.values()];
}

/** Without the port. */
const addressOf = (client: string): string => client.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

export const CLIENT_COLUMNS: readonly Column<ClientRow>[] = [
  { heading: 'client', of: ({ client }) => client, least: 15 },
  { heading: 'user', of: ({ user }) => user, least: 8 },
  { heading: 'live', of: ({ live }) => String(live), side: 'right' },
  { heading: 'up', of: ({ up }) => bytesText(up), side: 'right' },
  { heading: 'down', of: ({ down }) => bytesText(down), side: 'right' },
  { heading: 'rate', of: ({ rate }) => rateText(rate), side: 'right', leave: 1 },
];
