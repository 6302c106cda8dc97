// Lost packets and a network that is gone for a while, in a namespace of its own: what arrives is whole, and what has been
// silent for too long ends for both sides.
import assert from 'node:assert/strict';
import { inBothEngines } from '../helpers/gateway-world.js';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';
import type { Outcome, Partition } from '../helpers/partition-machine.js';

const MACHINE = new URL('../helpers/partition-machine.js', import.meta.url);
const SEED = Number(process.env['TCPROUTE_TEST_SEED'] ?? 1);
const missing = withoutNamespaces();

inBothEngines(
  'streams through a network that loses packets arrive as they were sent',
  async (world) => {
    const machine = world.use(await Namespace.start<Partition, Outcome>(MACHINE));
    const { whole, transfers, wrong } = await machine.ask({ kind: 'loss', engine: world.engine, seed: SEED });
    assert.equal(whole, transfers, `seed ${SEED}`);
    assert.deepEqual(wrong, []);
  },
  60_000,
  missing,
);

inBothEngines(
  'a connection that is cut off for longer than it may be silent is reset for both sides',
  async (world) => {
    const machine = world.use(await Namespace.start<Partition, Outcome>(MACHINE));
    const { endings, wrong } = await machine.ask({ kind: 'partition', engine: world.engine, seed: SEED });
    for (const ending of endings) assert.match(ending, /^(ECONNRESET|EPIPE)$/);
    assert.deepEqual(wrong, []);
  },
  60_000,
  missing,
);
