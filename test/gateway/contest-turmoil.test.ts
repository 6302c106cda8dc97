// The race to the first byte with servers and clients that do as dice tell them: whoever wins, the client is told the truth
// about it, and nobody else is told what the client says. TCPROUTE_TURMOIL_ROUNDS asks for more of it.
import assert from 'node:assert/strict';
import { dice } from '../helpers/dice.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { goRound } from '../helpers/turmoil.js';
import { ContestedClient } from '../helpers/turmoil-contest.js';

const ROUNDS = Number(process.env['TCPROUTE_TURMOIL_ROUNDS'] ?? 15);
const FIRST_SEED = Number(process.env['TCPROUTE_TURMOIL_SEED'] ?? 1);
const CONNECTIONS = 16;

const direct = (name: string) => ({ type: 'direct', name });
const CONFIG = {
  workers: 2,
  log_level: 'debug',
  upstream: { type: 'multipath', list: [direct('a'), direct('b'), direct('c')] },
  race: { margin_ms: 5, hold_ms: 60, connect_timeout_ms: 250 },
};

inBothEngines(
  'whatever servers and clients do in a race to the first byte, nobody is told what is not so',
  async (world) => {
    const gateway = await world.gateway(CONFIG);
    for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed += 1) {
      const roll = dice(seed);
      gateway.forgetConnections();
      const contested = Array.from({ length: CONNECTIONS }, () => new ContestedClient(gateway.port, roll));
      try {
        await goRound(
          contested.map(({ client }) => client),
          () => contested.join(''),
          () => contested.flatMap((one) => one.joining()),
        );
        for (const one of contested) {
          one.judge();
          const { ending } = await gateway.connection({ host: '127.0.0.1', port: one.port });
          assert.match(String(ending), /^(?:complete|reset-by-client|reset-by-destination)$/, `${one}`);
        }
        await gateway.idle();
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      } finally {
        for (const one of contested) one.close();
      }
    }
  },
  30_000 + ROUNDS * 10_000,
);
