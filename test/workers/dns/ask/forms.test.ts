import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Forms, PLAIN } from '../../../../src/workers/dns/ask/forms.js';

const HOUR_MS = 3_600_000;
const written = ({ current: { edns, mixed } }: Forms): string =>
  `${edns ? 'edns' : ''}${mixed ? ' mixed' : ''}`.trim() || 'plain';

function formsAt(clock = { ms: 0 }): Forms {
  return new Forms(() => clock.ms);
}

/** As questions do that only a plain query was answered. */
function fail(forms: Forms, times: number): void {
  for (let question = 0; question < times; question += 1) forms.failed(forms.current);
}

test('a form that fails twice is followed by the next, mixed case is given up last', () => {
  const forms = formsAt();
  const seen: string[] = [];
  for (let rung = 0; rung < 5; rung += 1) {
    seen.push(written(forms));
    fail(forms, 2);
  }
  assert.deepEqual(seen, ['edns mixed', 'mixed', 'edns', 'plain', 'plain']);
});

test('one failure, or one before the form works after all, changes nothing', () => {
  const forms = formsAt();
  fail(forms, 1);
  forms.worked(forms.current);
  fail(forms, 100);
  assert.equal(written(forms), 'edns mixed');
});

test('what a server does not like is tried again after an hour', () => {
  const clock = { ms: 0 };
  const forms = formsAt(clock);
  forms.refusedEdns(false);
  assert.deepEqual([forms.lostCase(), forms.lostCase()], [true, true]);
  assert.equal(written(forms), 'plain');
  clock.ms = HOUR_MS - 1;
  assert.equal(written(forms), 'plain');
  clock.ms = HOUR_MS;
  assert.equal(written(forms), 'edns mixed');
});

test('one question that came back in another case is asked again in one case, and no more', () => {
  const forms = formsAt();
  assert.equal(forms.lostCase(), true);
  assert.equal(written(forms), 'edns mixed');
  forms.keptCase();
  assert.deepEqual([forms.lostCase(), forms.lostCase()], [false, false]);
  assert.equal(written(forms), 'edns mixed');
  assert.equal(forms.lostCase(), true);
  assert.equal(written(forms), 'edns');
});

test('a server that returns EDNS has to refuse it thrice, since a forger may do so once', () => {
  const forms = formsAt();
  for (let refusals = 0; refusals < 2; refusals += 1) {
    assert.deepEqual(forms.refusedEdns(true), { edns: false, mixed: true });
    assert.equal(written(forms), 'edns mixed');
  }
  forms.returnedEdns();
  for (let refusals = 0; refusals < 2; refusals += 1) forms.refusedEdns(true);
  assert.equal(written(forms), 'edns mixed');
  forms.refusedEdns(true);
  assert.equal(written(forms), 'mixed');
});

test('a plain answer of a server that keeps the case is doubtful, until the server is doubted', () => {
  const forms = formsAt();
  assert.equal(forms.doubtsPlain, false);
  forms.worked(PLAIN);
  assert.equal(forms.isProven, false);
  forms.worked(forms.current);
  assert.deepEqual([forms.isProven, forms.doubtsPlain, forms.isSilent], [true, true, false]);
  for (let questions = 0; questions < 3; questions += 1) forms.silent();
  assert.deepEqual([forms.doubtsPlain, forms.isSilent], [true, true]);
  forms.doubt();
  assert.deepEqual([forms.isProven, forms.doubtsPlain], [false, false]);
});
