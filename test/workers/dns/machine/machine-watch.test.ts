import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MachineWatch, type Outdated } from '../../../../src/workers/dns/machine/machine-watch.js';

/** Hosts files as names, and servers, that the test changes; every look is the test's. */
function watched() {
  const machine = { content: named('localhost'), servers: 'one' as string | undefined };
  const heard: Outdated[] = [];
  const watch = new MachineWatch({
    hosts: machine,
    servers: () => machine.servers,
    changed: (outdated) => heard.push(outdated),
  });
  return { machine, watch, heard };
}

function named(...names: string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(names.map((name) => [name, ['192.0.2.1']]));
}

test('names that are new in the hosts file are told, after one more look', () => {
  const { machine, watch, heard } = watched();
  watch.look();
  machine.content = named('localhost', 'a.test', 'b.test');
  watch.look();
  assert.deepEqual(heard, []);
  watch.look();
  watch.look();
  assert.deepEqual(heard, [{ names: ['a.test', 'b.test'], servers: false }]);
});

test('names that are gone or have moved are not: what a hosts file says holds for seconds', () => {
  const { machine, watch, heard } = watched();
  machine.content = new Map([['localhost', ['::1']]]);
  watch.look();
  machine.content = named();
  watch.look();
  watch.look();
  assert.deepEqual(heard, []);
});

test('a long list of new names, and other servers, outdate everything', () => {
  const { machine, watch, heard } = watched();
  machine.content = named(...Array.from({ length: 1001 }, (_, index) => `n${index}.test`));
  watch.look();
  machine.servers = 'two';
  watch.look();
  watch.look();
  assert.deepEqual(heard, [
    { names: undefined, servers: false },
    { names: undefined, servers: true },
  ]);
});
