// What connections carry now, from what they had carried when they were last seen. Pure but for what it remembers: those of the last
// answer only.
import type { Part } from '../admin/part.js';

/** Less tells more of the moment than of the connection. */
const APART_MS = 400;

interface Seen {
  readonly bytes: number;
  readonly at: number;
  /** Bytes a second, both ways together; undefined until it is seen twice. */
  readonly rate: number | undefined;
}

export class ConnectionRates {
  #seen = new Map<string, Seen>();

  /** `now`: a clock in ms. */
  see(connections: readonly Part[], now: number): void {
    const before = this.#seen;
    this.#seen = new Map(
      connections.map((row) => {
        const id = row.text('id') ?? '';
        return [id, seen(before.get(id), bytesOf(row), now)];
      }),
    );
  }

  /** What the gateway has measured stands in until a connection is seen twice. */
  of(row: Part): number | undefined {
    const own = this.#seen.get(row.text('id') ?? '')?.rate;
    const [up, down] = [row.number('bytes_up_per_s'), row.number('bytes_down_per_s')];
    return own ?? (up === undefined && down === undefined ? undefined : (up ?? 0) + (down ?? 0));
  }
}

function seen(before: Seen | undefined, bytes: number, at: number): Seen {
  if (before === undefined) return { bytes, at, rate: undefined };
  const apart_ms = at - before.at;
  return apart_ms < APART_MS ? before : { bytes, at, rate: Math.max(0, ((bytes - before.bytes) * 1000) / apart_ms) };
}

const bytesOf = (row: Part): number => (row.number('bytes_up') ?? 0) + (row.number('bytes_down') ?? 0);
