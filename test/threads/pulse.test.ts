import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Pulse } from '../../src/threads/pulse.js';

/** Runs `body` with timers that only the test moves. */
function withTimers(body: (pass: (ms: number) => void) => void): void {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    body((ms) => mock.timers.tick(ms));
  } finally {
    mock.timers.reset();
  }
}

test('all regular work is done at each beat, which main can read without asking', () => {
  withTimers((pass) => {
    const memory = Pulse.memory();
    const pulse = new Pulse(memory);
    const done: string[] = [];
    pulse.each(() => done.push('one'));
    pulse.each(() => done.push('two'));
    assert.equal(Pulse.read(memory), 0);
    pulse.start();
    assert.deepEqual([Pulse.read(memory), done], [1, ['one', 'two']]);
    pass(1000);
    assert.deepEqual([Pulse.read(memory), done.length], [2, 4]);
    pulse.stop();
    pass(60_000);
    assert.equal(Pulse.read(memory), 2);
  });
});

test('a thread at rest beats every four seconds, and sooner once it is busy', () => {
  withTimers((pass) => {
    const memory = Pulse.memory();
    const pulse = new Pulse(memory);
    const beatsIn = (ms: number): number => {
      const before = Pulse.read(memory);
      for (let passed = 0; passed < ms; passed += 100) pass(100);
      return Pulse.read(memory) - before;
    };
    pulse.start();
    beatsIn(1000);
    assert.equal(beatsIn(20_000), 5);
    pulse.busy();
    assert.equal(beatsIn(5000), 2);
    let busy = true;
    pulse.each(() => {
      if (busy) pulse.busy();
    });
    beatsIn(4000);
    assert.equal(beatsIn(10_000), 10);
    busy = false;
    beatsIn(5000);
    assert.equal(beatsIn(8000), 2);
    pulse.stop();
  });
});

test('how late the last beat was can be read', () => {
  let now = 500;
  const clock = mock.method(performance, 'now', () => now);
  withTimers((pass) => {
    const memory = Pulse.memory();
    const pulse = new Pulse(memory);
    pulse.start();
    assert.equal(Pulse.late_ms(memory), 0);
    now += 1012.34;
    pass(1000);
    assert.deepEqual([Pulse.read(memory), Pulse.late_ms(memory)], [2, 12.3]);
    now += 4000;
    pass(4000);
    assert.deepEqual([Pulse.read(memory), Pulse.late_ms(memory)], [3, 0]);
    pulse.stop();
  });
  clock.mock.restore();
});
