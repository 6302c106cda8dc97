// How the warnings of the gateway of explain are put into sentences.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Said } from '../../../../src/main/commands/explain/said.js';

test('a warning names its line and address once, also where it begins with the line', () => {
  const said = new Said();
  said.log.warn({ line: 'fibre', address: '192.0.2.1', detail: 'ECONNREFUSED' }, 'refused');
  said.log.warn({ line: 'fibre' }, 'line "fibre": the interface g2 is switched off');
  said.log.warn({ line: 'fibre', address: '192.0.2.1' }, 'line "fibre" is down: its proxy cannot be reached');
  said.log.warn({ line: 'lte' }, 'line "fibre" is slow');
  said.log.warn('no line is up');
  assert.deepEqual(said.warnings, [
    'line "fibre" at 192.0.2.1: refused: ECONNREFUSED',
    'line "fibre": the interface g2 is switched off',
    'line "fibre" is down: its proxy cannot be reached',
    'line "lte": line "fibre" is slow',
    'no line is up',
  ]);
});
