// What an engine costs that nobody asks for anything.
import assert from 'node:assert/strict';
import { at, engineTest, replies } from '../../../helpers/engine-world.js';
import { until } from '../../../helpers/until.js';

const BEAT_MS = 500;
const LOOKS = 60;

engineTest(
  'one that is at rest is asked once in ten looks, and one that serves is not asked at all',
  async (world, test) => {
    const redis = await world.redis();
    test.mock.timers.enable({ apis: ['setInterval'] });
    const engine = await world.up([at(redis.port)], {}, BEAT_MS);
    const look = async (): Promise<void> => {
      test.mock.timers.tick(BEAT_MS);
      await until('all is answered', () => engine.counts.roundTrips === engine.counts.commands);
    };
    for (let looks = 0; looks < LOOKS; looks += 1) await look();
    const asked = engine.counts.commands;
    assert.ok(asked >= 3 && asked <= LOOKS / 10, `${asked} questions`);
    for (let looks = 0; looks < LOOKS; looks += 1) {
      await replies(engine, ['GET', 'a']);
      await look();
    }
    assert.equal(engine.counts.commands, asked + LOOKS);
  },
);
