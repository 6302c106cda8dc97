// Replays what races say of lines (test/fixtures/lines) on the pure health of lines, in several actors that tell each other
// with a delay, without sockets or threads; the only clock is the record's times.
import assert from 'node:assert/strict';
import { parseIp } from '../../src/protocol/address/address.js';
import { isNear, networkNumber } from '../../src/protocol/address/network-number.js';
import { WHOLE_LINE } from '../../src/protocol/lines/health/doubt.js';
import { type LineEvent, LineHealth } from '../../src/protocol/lines/health/health.js';

/** All times in ms. */
export interface LinesRecording {
  /** What the recording shows. */
  readonly about: string;
  readonly lines: readonly string[];
  /** How long an event takes from one actor to another. */
  readonly delay_ms: number;
  readonly events: readonly RecordedLineEvent[];
  /** How lines stand in an actor at some times. */
  readonly expect: readonly (readonly [at: number, actor: string, line: string, state: LineStanding])[];
}

/**
 * `lost`: an attempt over the line to the address, begun `for_ms` before, lost its race to another line; without an address, on
 * the way of all connections. `hangs`: a session to the address does.
 */
export type RecordedLineEvent = readonly [
  at: number,
  actor: string,
  kind: 'lost' | 'hangs' | 'works',
  line: string,
  address?: string | null,
  for_ms?: number,
];

/** `doubted`: its sessions are worth a look. */
export type LineStanding = 'well' | 'doubted' | 'dead';

interface Message {
  readonly at: number;
  readonly from: string;
  readonly event: LineEvent;
}

export function replayLines({ lines, delay_ms, events, expect }: LinesRecording): LineStanding[] {
  const actors = new Map<string, LineHealth>();
  for (const actor of [...events, ...expect].map(([, actor]) => actor)) actors.set(actor, new LineHealth(lines.length));
  const numberOf = (name: string): number => {
    assert.ok(lines.includes(name), name);
    return lines.indexOf(name);
  };
  const messages: Message[] = [];
  const deliver = (until: number): void => {
    while (messages.length > 0 && messages[0].at <= until) {
      const { at, from, event } = messages.shift() as Message;
      for (const [name, health] of actors) if (name !== from) health.apply(event, at);
    }
  };
  const happen = ([at, actor, kind, name, address, for_ms = 0]: RecordedLineEvent): void => {
    const health = actors.get(actor) as LineHealth;
    const line = numberOf(name);
    const ip = address ? (parseIp(address) as Uint8Array) : undefined;
    const network = ip ? networkNumber(ip) : WHOLE_LINE;
    const near = ip !== undefined && isNear(ip);
    const tell = (isNews: boolean, event: LineEvent): void => {
      if (isNews) messages.push({ at: at + delay_ms, from: actor, event });
    };
    if (kind === 'works') tell(health.works(line, at, near), { kind, line, near, ago_ms: 0 });
    else if (kind === 'hangs') tell(health.hangs(line, network, at), { kind, line, network });
    else tell(health.lost(line, network, at - for_ms, at), { kind, line, network, for_ms });
  };
  const standing = (at: number, actor: string, name: string): LineStanding => {
    const health = actors.get(actor) as LineHealth;
    if (health.isDead(numberOf(name), at)) return 'dead';
    return health.doubtedSince(numberOf(name), at) === undefined ? 'well' : 'doubted';
  };
  let next = 0;
  return expect.map(([at, actor, line]) => {
    for (; next < events.length && events[next][0] <= at; next += 1) {
      deliver(events[next][0]);
      happen(events[next]);
    }
    deliver(at);
    return standing(at, actor, line);
  });
}
