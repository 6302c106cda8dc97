import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenLog } from '../../../src/main/process/log.js';
import { LogWriter, type Output } from '../../../src/main/process/log-writer.js';
import { until } from '../../helpers/until.js';

type Done = Parameters<Output>[1];

/** A file that does what the test says: each write waits for `answer`. */
class Held {
  text = '';
  readonly pending: { readonly bytes: Uint8Array; readonly done: Done }[] = [];
  readonly output: Output = (bytes, done) => void this.pending.push({ bytes, done });

  /** Takes so many bytes of the one write that is pending. */
  take(octets = Number.POSITIVE_INFINITY): void {
    const [{ bytes, done }] = this.pending.splice(0, 1);
    const taken = Math.min(octets, bytes.length);
    this.text += Buffer.from(bytes.subarray(0, taken)).toString();
    done(null, taken);
  }

  fail(code: string): void {
    const [{ done }] = this.pending.splice(0, 1);
    done(Object.assign(new Error(code), { code }), 0);
  }

  takeAll(): void {
    while (this.pending.length > 0) this.take();
  }
}

function writerTo(output: Output): LogWriter {
  return new LogWriter({ output, droppedLine: (dropped, why) => `dropped ${dropped} ${why}\n` });
}

test('one write at a time: lines that come meanwhile go together', () => {
  const file = new Held();
  const writer = writerTo(file.output);
  for (const line of ['a\n', 'b\n', 'c\n']) writer.write(line);
  assert.equal(file.pending.length, 1);
  file.take();
  assert.equal(file.text, 'a\n');
  file.take();
  assert.equal(file.text, 'a\nb\nc\n');
  assert.equal(file.pending.length, 0);
});

test('a line of which a part is taken is not torn', () => {
  const file = new Held();
  const writer = writerTo(file.output);
  writer.write('long ü\n');
  writer.write('next\n');
  file.take(6); // within the ü
  file.take(1);
  file.takeAll();
  assert.match(file.text, /^long .*\nnext\n$/);
});

test('a full disk is tried again, and nothing that has waited is lost', async () => {
  const file = new Held();
  const writer = writerTo(file.output);
  writer.write('first\n');
  file.take(3);
  file.fail('ENOSPC');
  writer.write('second\n');
  await until('it tries again', () => file.pending.length === 1);
  file.fail('EDQUOT');
  await until('it tries again', () => file.pending.length === 1);
  file.takeAll();
  assert.equal(file.text, 'first\nsecond\n');
  assert.equal(writer.dropped, 0);
});

test('a reader that stands still costs a MiB, then lines, which are counted and told of in their place', async () => {
  const file = new Held();
  const writer = writerTo(file.output);
  const line = `${'x'.repeat(1023)}\n`;
  for (let i = 0; i < 2000; i += 1) writer.write(line);
  // One is in flight.
  assert.equal(writer.dropped, 2000 - 1025);
  assert.equal(file.pending.length, 1);
  assert.equal(await writer.end(20), false);
  file.takeAll();
  writer.write('again\n');
  file.takeAll();
  assert.equal(file.text, `${line.repeat(1025)}dropped 975 undefined\nagain\n`);
  assert.equal(await writer.end(20), true);
});

test('a change of the output comes between two lines, and what has waited goes to the old one', async () => {
  const [old, young] = [new Held(), new Held()];
  const writer = writerTo(old.output);
  for (const line of ['in flight\n', 'waits\n']) writer.write(line);
  const changed = writer.change(young.output);
  writer.write('later\n');
  old.take(4);
  old.take();
  assert.deepEqual([old.pending.length, young.pending.length], [1, 0]);
  old.take();
  await changed;
  young.takeAll();
  assert.deepEqual([old.text, young.text], ['in flight\nwaits\n', 'later\n']);
  assert.equal(await writer.end(20), true);
});

test('given up, it writes nothing more, counts what is lost, and waits for the write in progress', async () => {
  const file = new Held();
  const writer = writerTo(file.output);
  for (const text of ['in flight\n', 'two\nlines\n']) writer.write(text);
  let isOver = false;
  const over = writer.giveUp().then(() => {
    isOver = true;
  });
  await new Promise(setImmediate);
  assert.equal(isOver, false);
  file.take();
  await over;
  assert.deepEqual([file.text, file.pending.length, writer.dropped], ['in flight\n', 0, 3]);
  // A full disk is not waited for.
  writerTo(file.output).write('x\n');
  const full = writerTo(file.output);
  file.pending.splice(0);
  full.write('y\n');
  file.fail('ENOSPC');
  await full.giveUp();
  assert.equal(full.dropped, 1);
});

test('where nothing waits the output changes at once', async () => {
  const [old, young] = [new Held(), new Held()];
  const writer = writerTo(old.output);
  await writer.change(young.output);
  writer.write('later\n');
  young.takeAll();
  assert.deepEqual([old.text, young.text], ['', 'later\n']);
});

test('an old output that fails is left at once, and the new one gets whole lines', async () => {
  const [old, young] = [new Held(), new Held()];
  const writer = writerTo(old.output);
  writer.write('first\n');
  for (const line of ['second\n', 'third\n']) writer.write(line);
  old.take();
  old.take(10); // within the third
  const changed = writer.change(young.output);
  old.fail('ENOSPC');
  await changed;
  young.takeAll();
  assert.deepEqual([old.text, young.text], ['first\nsecond\nthi', 'third\n']);
});

test('an output that was waited for is left without a further try', async () => {
  const [old, young] = [new Held(), new Held()];
  const writer = writerTo(old.output);
  writer.write('first\n');
  old.take(2);
  old.fail('ENOSPC');
  await writer.change(young.output);
  assert.equal(old.pending.length, 0);
  young.takeAll();
  assert.equal(young.text, 'first\n');
  assert.equal(writer.dropped, 0);
});

test('the line about what was dropped has the form of the others, says why, and is written at every level', async () => {
  for (const readable of [false, true]) {
    const file = new Held();
    const access = { enabled: 'off', destination: null, format: 'auto' } as const;
    const to = { fd: -1, path: undefined, isTerminal: readable };
    const opened = new OpenLog('fatal', { destination: 'stdout', format: 'auto', access }, { log: to }, file.output);
    const { log } = opened;
    const heard: unknown[] = [];
    opened.hearDropped = (...dropped) => void heard.push(dropped);
    log.fatal('x'.repeat(500_000));
    log.fatal('x'.repeat(500_000));
    file.fail('ENOSPC');
    for (let i = 0; i < 3; i += 1) log.fatal({ i }, 'x'.repeat(500_000));
    await until('it tries again', () => file.pending.length === 1);
    file.takeAll();
    const last = file.text.trimEnd().split('\n').at(-1) as string;
    if (readable) assert.match(last, /WARN.*log lines were dropped .*"dropped":2,"why":"ENOSPC"/);
    else {
      const { time, ...record } = JSON.parse(last) as Record<string, unknown>;
      const msg = 'log lines were dropped here, since they could not be written';
      assert.deepEqual(record, { level: 'warn', dropped: 2, why: 'ENOSPC', msg });
      assert.ok(typeof time === 'string');
    }
    assert.deepEqual(opened.dropped, { log: 2, access: 0 });
    assert.deepEqual(heard, [
      ['log', 1],
      ['log', 1],
    ]);
  }
});
