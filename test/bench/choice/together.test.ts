// Trials that begin together wait for no trial whose subject is missing or does not start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Together } from '../../../bench/choice/load/together.js';

test('all begin when the last one has come, and who comes twice counts once', async () => {
  const [one, other, broken] = [{}, {}, {}];
  const together = new Together(3);
  const begun: string[] = [];
  const trial = together.come(one).then(() => begun.push('one'));
  void together.come(one);
  void together.come(other);
  await Promise.resolve();
  assert.deepEqual(begun, []);
  void together.come(broken);
  await trial;
  assert.deepEqual(begun, ['one']);
});
