import assert from 'node:assert/strict';
import { test } from 'node:test';
import { steerAlike } from '../../../../src/main/commands/explain/steer-alike.js';
import { USUAL } from '../../../../src/protocol/lines/preference.js';
import type { LineOutlook, Outlook } from '../../../../src/protocol/race/outlook/outlook.js';
import type { Reason } from '../../../../src/protocol/race/outlook/reason.js';

const line = (name: string, ...why: readonly Reason[]): LineOutlook => ({
  ...{ line: name, ...USUAL, turn: 'others', why, addresses: [] },
});
const outlook: Outlook = {
  ...{ alone_ms: undefined, stagger_ms: 0 },
  lines: [
    line('a', { kind: 'pinned', all: true }),
    line('b', { kind: 'paused' }),
    line('c', { kind: 'pinned-elsewhere', line: 'a', all: true }),
    line('d', { kind: 'kept-away-by-rule' }),
  ],
};

async function steered(outlook_of: 'running' | 'own'): Promise<unknown[]> {
  const asked: unknown[] = [];
  const steer = async (what: unknown) => {
    asked.push(what);
    return 'changed' as const;
  };
  await steerAlike({ steer }, { outlook, outlook_of });
  return asked;
}

test('what is paused or pinned in the gateway that runs is not dialled by explain', async () => {
  assert.deepEqual(await steered('running'), [
    { kind: 'pause', line: 'b' },
    { kind: 'pause', line: 'c' },
  ]);
  assert.deepEqual(await steered('own'), []);
});
