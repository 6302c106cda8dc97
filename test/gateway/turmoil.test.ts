// Many connections at once whose ends do as dice tell them: whatever they do, each side is told the truth about the
// other, by its bytes and by how it ends, and so is the log. TCPROUTE_TURMOIL_ROUNDS asks for more of it.
import assert from 'node:assert/strict';
import { dice } from '../helpers/dice.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { rawThrough } from '../helpers/socks-raw.js';
import { CONTENT, described, judgePair, type Pair, runTurmoil, somePair } from '../helpers/turmoil.js';
import { narrow } from '../linux/peers.js';

const ROUNDS = Number(process.env['TCPROUTE_TURMOIL_ROUNDS'] ?? 15);
const FIRST_SEED = Number(process.env['TCPROUTE_TURMOIL_SEED'] ?? 1);
const CONNECTIONS = 32;

function endingsOf({ client, destination }: Pair): string[] {
  const endings: string[] = [];
  if (client.reset) endings.push('reset-by-client');
  if (destination.reset) endings.push('reset-by-destination');
  // One that resets last, when both directions have ended, is not heard any more.
  if (client.halfClosed && destination.halfClosed) endings.push('complete');
  return endings;
}

async function turmoil(gateway: Gateway, seed: number): Promise<void> {
  const roll = dice(seed);
  gateway.forgetConnections();
  const pairs = Array.from({ length: CONNECTIONS }, () => {
    const early = roll(2) * roll(3000);
    const ends = rawThrough(gateway.port, CONTENT.at(0, early));
    for (const fd of [ends.client, ends.destination]) if (roll(3) === 0) narrow(fd, 16_384, 32_768);
    return somePair(ends, early, roll);
  });
  await runTurmoil(pairs);
  for (const pair of pairs) {
    judgePair(pair);
    const { port, client, destination } = pair;
    const { ending, bytes_up, bytes_down } = await gateway.connection({ host: '127.0.0.1', port });
    assert.ok(endingsOf(pair).includes(String(ending)), `it ended ${ending}${described(pair)}`);
    const up = Number(bytes_up);
    const down = Number(bytes_down);
    assert.ok(destination.read <= up && up <= client.sent, `${up} bytes up${described(pair)}`);
    assert.ok(client.read <= down && down <= destination.sent, `${down} bytes down${described(pair)}`);
  }
  await gateway.idle();
}

for (const way of ['directly', 'through another gateway'] as const) {
  inBothEngines(
    `whatever two ends do, each is told the truth about the other, ${way}`,
    async (world) => {
      const last = await world.shared({ workers: 2, log_level: 'debug' });
      const upstream = { type: 'socks5', host: '127.0.0.1', port: last.port };
      const entry = way === 'directly' ? last : await world.gateway({ workers: 2, log_level: 'debug', upstream });
      for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed += 1) {
        try {
          await turmoil(entry, seed);
        } catch (error) {
          throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
        }
      }
    },
    30_000 + ROUNDS * 5000,
  );
}
