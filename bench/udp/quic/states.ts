// What is tried with QUIC: what the gateway knows of a destination, and what is wrong with a line.
import { TrickRelay, type UdpTrick } from '../../../test/helpers/quic/trick-relay.js';
import { LINE_SOURCES } from '../subjects/subjects.js';
import { type Visit, visit } from './visit.js';

export interface State {
  readonly title: string;
  /** Programs with one way can do it. */
  readonly isClean: boolean;
  /** Visits a destination that nobody has visited before, and perhaps again; `index` counts them. */
  run(entry: number, relay: TrickRelay, index: number): Promise<Visit>;
}

const SWALLOWS: UdpTrick = 'swallows';
/** An answer of one who does not know the keys, behind which the line swallows. */
const FORGES: UdpTrick = { forges: ['initial', 'retry'] };

/** Whichever line comes first, half of the visits meet the fault there. */
const half = (index: number, trick: UdpTrick): Record<string, UdpTrick> => ({ [LINE_SOURCES[index % 2]]: trick });

/** The second visit of a destination, the winner of whose first one has the fault; or the first one, where that fails. */
const died = (title: string, trick: UdpTrick): State => ({
  title,
  isClean: false,
  async run(entry, relay) {
    const first = await visit(entry, relay, {});
    return first.winner === undefined || !first.ok ? first : visit(entry, relay, { [first.winner]: trick });
  },
});

export const STATES: readonly State[] = [
  { title: 'first contact', isClean: true, run: (entry, relay) => visit(entry, relay, {}) },
  {
    title: 'remembered',
    isClean: true,
    async run(entry, relay) {
      const first = await visit(entry, relay, {});
      return first.ok ? visit(entry, relay, {}) : first;
    },
  },
  {
    title: 'first contact, one of two lines swallows',
    isClean: false,
    run: (entry, relay, index) => visit(entry, relay, half(index, SWALLOWS)),
  },
  {
    title: 'first contact, one of two forges and swallows',
    isClean: false,
    run: (entry, relay, index) => visit(entry, relay, half(index, FORGES)),
  },
  died('remembered, and its line has begun to swallow', SWALLOWS),
  died('remembered, and its line has begun to forge', FORGES),
];

let destinations = 0;

/** A destination that no subject has been asked for. */
export function newDestination(server: { readonly host: string; readonly port: number }): Promise<TrickRelay> {
  destinations += 1;
  return TrickRelay.listen(server, {}, `127.78.${destinations >> 8}.${destinations & 255}`);
}
