// What is measured: sizes of datagrams, and how they are spread over associations and destinations. Pure.
import type { Shape } from './load/messages.js';

export interface Cell {
  readonly name: string;
  /** Bytes of a datagram. */
  readonly size: number;
  readonly shape: Shape;
  /** Datagrams that clients send as one (UDP GSO), as programs with QUIC do; 1 for none. */
  readonly joined: number;
}

/** A voice or a game, and a full packet of QUIC. */
const SIZES = [64, 1200];

/**
 * One flow; a thousand flows of one association, and of half as many. More associations the gateway does not take by a limit of
 * 20 000 descriptors, of which it leaves most to connections.
 */
const SHAPES: readonly Shape[] = [
  { associations: 1, destinations: 1 },
  { associations: 1, destinations: 1000 },
  { associations: 500, destinations: 2 },
];

const SEPARATE: readonly Cell[] = SIZES.flatMap((size) =>
  SHAPES.map((shape) => ({
    name: `${size}-${shape.associations}x${shape.destinations}`,
    ...{ size, shape, joined: 1 },
  })),
);

const JOINED: Cell = { name: '1200-joined', size: 1200, shape: SHAPES[0], joined: 16 };

export const CELLS: readonly Cell[] = [...SEPARATE, JOINED];

export function titleOf({ size, shape: { associations, destinations }, joined }: Cell): string {
  const of = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  const each = associations === 1 ? '' : ' each';
  const together = joined === 1 ? '' : `, ${joined} sent as one`;
  return `datagrams of ${size} B: ${of(associations, 'association')}, ${of(destinations, 'destination')}${each}${together}`;
}
