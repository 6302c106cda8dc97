// One file by HTTP/3 through a subject: gtlsclient over the shim, to a relay before the real server that plays a trick with each
// line.
import { fetchByQuic } from '../../../test/helpers/quic/client.js';
import { QUIC_TEXT } from '../../../test/helpers/quic/server.js';
import type { TrickRelay, UdpTrick } from '../../../test/helpers/quic/trick-relay.js';
import { UdpShim } from '../../../test/helpers/udp/shim.js';

/** The client's patience, and its repetition of the first flight after a second is within it. */
const HANDSHAKE_S = 5;

/** Bytes of a datagram with an Initial of a client (RFC 9000 section 14.1). */
const INITIAL_MIN = 1200;

export interface Visit {
  /** Whether the file came. */
  readonly ok: boolean;
  /** From the client's first datagram to the first one that it was given; undefined if there was none. */
  readonly answered_ms: number | undefined;
  /** How often the client's first datagram left the gateway. */
  readonly copies: number;
  /** The source of the line that brought answers. */
  readonly winner: string | undefined;
  /** Whether a line with a fault was asked. */
  readonly isStruck: boolean;
}

/** `tricks`: by the source of a line; others pass. */
export async function visit(
  entry: number,
  relay: TrickRelay,
  tricks: Readonly<Record<string, UdpTrick>>,
): Promise<Visit> {
  relay.tricks.clear();
  for (const [source, trick] of Object.entries(tricks)) relay.tricks.set(source, trick);
  relay.came.length = 0;
  relay.answers.clear();
  const shim = await UdpShim.open({ host: '127.0.0.1', port: entry }, relay);
  try {
    const { text } = await fetchByQuic(shim, { handshake_s: HANDSHAKE_S });
    const { firstUp_ms = Number.NaN, firstDown_ms } = shim;
    // Last words of an earlier visit may come after its end.
    const flights = relay.came.filter(({ bytes }) => bytes.length >= INITIAL_MIN);
    const first = flights.at(0);
    return {
      ok: text === QUIC_TEXT,
      answered_ms: firstDown_ms === undefined ? undefined : firstDown_ms - firstUp_ms,
      copies: first === undefined ? 0 : flights.filter(({ bytes }) => bytes.equals(first.bytes)).length,
      winner: [...relay.answers].sort(([, a], [, b]) => b - a).at(0)?.[0],
      isStruck: flights.some(({ from }) => from in tricks),
    };
  } finally {
    await shim.close();
  }
}
