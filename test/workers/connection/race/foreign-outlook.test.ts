// What an outlook says of a first contact that another gateway's hint would order: the same that its race would do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outlook } from '../../../../src/protocol/race/outlook/outlook.js';
import { destinationKey } from '../../../../src/protocol/routes/destination-key.js';
import type { ForeignHint } from '../../../../src/threads/contracts/share.js';
import { outlook } from '../../../../src/workers/connection/race/outlook.js';
import { LineSteering } from '../../../../src/workers/connection/shared/line-steering.js';
import { A, type Changes, found, RaceWorld, SITE } from './race-world.js';

const KEY = destinationKey(SITE.asked, SITE.port, undefined);
const CLIENT = { ip: undefined, user: undefined, listener: 0 };
const HINT: ForeignHint = {
  ...{ destination: KEY, line: 1, ip: undefined, connect_ms: 20, first_byte_ms: 40, mute: [] },
  ...{ from: 'b', age_ms: 12_000 },
};

class World extends RaceWorld<{ now: number }> {
  readonly steering = new LineSteering();
  readonly rules = { match: () => undefined };

  constructor(changes: Changes = {}) {
    super({ now: 100_000 }, { lines: [0, 1], isSharing: true, ...changes });
  }

  /** Of each line with a turn: its name, when it starts, and why. */
  async look(hint: Partial<ForeignHint> | undefined): Promise<readonly unknown[]> {
    const looked = outlook(this, SITE, CLIENT, undefined);
    if (hint !== undefined) this.foreignHints.told([{ ...HINT, ...hint }]);
    this.answer('site.test', found(A));
    const { lines } = (await looked) as Outlook;
    const turns = lines.filter(({ turn }) => turn !== 'never');
    return turns.map(({ line, why, addresses: [first] }) => [line, first.starts_ms, ...why]);
  }
}

test('the line that is told of begins, and says whose word that is; the other waits for it', async () => {
  const world = new World();
  const starts_ms = 3 * HINT.connect_ms + world.options.race.margin_ms;
  assert.deepEqual(await world.look({}), [
    ['second', 0, { kind: 'told-by-gateway', gateway: 'b', ago_ms: 12_000 }],
    ['first', starts_ms, { kind: 'held-back', by: 'told', starts_ms }],
  ]);
});

test('a line that is mute elsewhere says so, and waits longer', async () => {
  assert.deepEqual(await new World().look({ mute: [0] }), [
    ['second', 0, { kind: 'told-by-gateway', gateway: 'b', ago_ms: 12_000 }],
    ['first', 250, { kind: 'mute-elsewhere', gateway: 'b' }, { kind: 'held-back', by: 'told', starts_ms: 250 }],
  ]);
});

test('without a hint, with one for a line that has nothing to dial, and where nothing is shared, all start at once', async () => {
  const all = [
    ['first', 0],
    ['second', 0],
  ];
  assert.deepEqual(await new World().look(undefined), all);
  assert.deepEqual(await new World().look({ line: 2 }), all);
  assert.deepEqual(await new World({ isSharing: false }).look({}), all);
});
