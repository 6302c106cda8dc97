// Connections whose two ends act by dice, at the same time and in any order. What each end has read and how it ended is
// compared with what the other end did. A seed repeats the acts, though not their timing.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { ECONNRESET, EPIPE } from '../../src/linux/errno.js';
import { errorName } from '../../src/linux/error-name.js';
import * as libc from '../../src/linux/libc.js';
import { mapMemory, unmap } from '../../src/linux/memory.js';
import { closeFd } from '../../src/linux/sockets.js';
import type { Dice } from './dice.js';
import type { RawEnds } from './socks-raw.js';
import { Content, End, someActs } from './turmoil-end.js';

/** Rounds pass quickly when ends only wait for rounds to pass. */
const ROUND_MS = 1;
/** Bytes that are still missing after this time are lost. */
const PATIENCE_MS = 10_000;

export interface Pair {
  /** The destination's port. */
  readonly port: number;
  readonly client: End;
  readonly destination: End;
}

/** The content that both ends of a pair send. */
export const CONTENT = new Content();

/** `early` is the number of bytes that the client has sent already. */
export const somePair = ({ client, destination, port }: RawEnds, early: number, roll: Dice): Pair => ({
  port,
  client: new End(client, someActs(roll), CONTENT, CONTENT, early),
  destination: new End(destination, someActs(roll), CONTENT, CONTENT),
});

const isOpen = ({ client, destination }: Pair): boolean => !client.isOver || !destination.isOver;

export const described = ({ port, client, destination }: Pair): string =>
  `\nclient ${client}\ndestination ${destination}, port ${port}`;

/** Runs until all connections have ended. */
export async function runTurmoil(pairs: readonly Pair[]): Promise<void> {
  const ends = pairs.flatMap(({ client, destination }) => [client, destination]);
  await goRound(ends, () => pairs.filter(isOpen).map(described).join());
}

/** Runs until all ends are over. `joining` returns new ends. `told` describes the state for the error when nothing happens. */
export async function goRound(
  ends: readonly End[],
  told: () => string,
  joining: () => End[] = () => [],
): Promise<void> {
  let open = [...ends];
  try {
    let quietSince = performance.now();
    while (open.length > 0) {
      const pollfds = mapMemory(open.length * 8);
      open.forEach(({ fd, events }, i) => {
        pollfds.ints[2 * i] = fd;
        pollfds.words[2 * i + 1] = events;
      });
      const waiting = open.some(({ isWaiting }) => isWaiting);
      const ready = libc.poll(pollfds.address, open.length, ROUND_MS);
      const events = open.map((_, i) => pollfds.words[2 * i + 1] >>> 16);
      unmap(pollfds);
      if (ready > 0 || waiting) quietSince = performance.now();
      assert.ok(performance.now() - quietSince <= PATIENCE_MS, `nothing more happens:${told()}`);
      // Lets libuv read the gateway's output.
      await turn();
      open.forEach((end, i) => {
        end.round(events[i]);
      });
      open = [...open.filter(({ isOver }) => !isOver), ...joining()];
    }
  } finally {
    for (const end of open) if (!end.isOver) closeFd(end.fd);
  }
}

/** Asserts that what `end` has seen is the truth about `other`. */
function judge(end: End, other: End): void {
  assert.ok(end.read <= other.sent, 'more was read than was sent');
  if (end.found === 0) {
    assert.ok(other.halfClosed, 'an end was read that the other side has not sent');
    assert.equal(end.read, other.sent, 'the end came before all bytes had');
  } else if (end.found !== undefined) {
    assert.ok([-ECONNRESET, -EPIPE].includes(end.found), errorName(end.found));
    assert.ok(other.reset, 'a reset was read that the other side has not sent');
  } else assert.ok(end.reset, 'nothing was read to the end');
}

export function judgePair(pair: Pair): void {
  try {
    judge(pair.client, pair.destination);
    judge(pair.destination, pair.client);
  } catch (error) {
    throw new Error(`${(error as Error).message}${described(pair)}`);
  }
}
