// The flows of an association by their headers, and in the order of their last datagrams.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FlowTable, Tabled } from '../../../src/protocol/udp/flow-table.js';
import { headerOfIp, headerOfName } from '../../../src/protocol/udp/header.js';

class One extends Tabled {}

const ofIp = (last: number, port = 53): One => new One(headerOfIp(Uint8Array.of(192, 0, 2, last), port));
const find = (table: FlowTable<One>, header: Uint8Array): One | undefined => table.find(header, 0, header.length);

describe('a table of flows', () => {
  test('a flow is found by its header, at any place, and by no other one', () => {
    const table = new FlowTable<One>(7);
    const flows = [
      ofIp(1),
      ofIp(2),
      ofIp(1, 54),
      new One(headerOfName('a.test', 53)),
      new One(headerOfName('A.test', 53)),
    ];
    for (const flow of flows) table.add(flow);
    for (const flow of flows) {
      assert.equal(find(table, flow.header.slice()), flow);
      const around = Uint8Array.of(1, 2, ...flow.header, 3);
      assert.equal(table.find(around, 2, flow.header.length), flow);
    }
    assert.equal(find(table, ofIp(3).header), undefined);
    assert.equal(find(table, headerOfIp(new Uint8Array(16), 53)), undefined);
    assert.equal(table.size, flows.length);
  });

  test('the oldest is the one that has not moved for the longest time', () => {
    const table = new FlowTable<One>(7);
    const flows = [1, 2, 3, 4].map((last) => ofIp(last));
    for (const flow of flows) table.add(flow);
    const [first, second, third, fourth] = flows as [One, One, One, One];
    assert.deepEqual(table.all(), flows);
    table.moved(first);
    table.moved(third);
    table.moved(third);
    assert.deepEqual(table.all(), [second, fourth, first, third]);
    assert.equal(table.oldest, second);
    table.remove(fourth);
    table.remove(third);
    table.remove(third);
    assert.deepEqual(table.all(), [second, first]);
    table.remove(second);
    table.remove(first);
    assert.deepEqual([table.all(), table.oldest, table.size], [[], undefined, 0]);
    table.add(second);
    assert.deepEqual(table.all(), [second]);
  });

  test('many flows come and go, and all that are left are found', () => {
    const table = new FlowTable<One>(99);
    const flows = Array.from(
      { length: 5000 },
      (_, i) => new One(headerOfIp(Uint8Array.of(10, 0, i >> 8, i & 255), 443)),
    );
    for (const flow of flows) {
      table.add(flow);
      if (table.size > 1000) table.remove(table.oldest as One);
    }
    assert.equal(table.size, 1000);
    for (const flow of flows.slice(0, 4000)) assert.equal(find(table, flow.header), undefined);
    for (const flow of flows.slice(4000)) assert.equal(find(table, flow.header), flow);
    assert.deepEqual(table.all(), flows.slice(4000));
  });
});
