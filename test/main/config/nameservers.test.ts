import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsIn, loadJson, optionsOf } from './load-text.js';

const nameservers = (value: unknown) => optionsOf(loadJson({ nameservers: value })).nameservers;

test('one server, with or without a port, of either family', () => {
  assert.equal(nameservers('system'), 'system');
  assert.deepEqual(nameservers('8.8.8.8'), [{ address: '8.8.8.8', port: 53 }]);
  assert.deepEqual(nameservers('127.0.0.1:5353'), [{ address: '127.0.0.1', port: 5353 }]);
  assert.deepEqual(nameservers('::1'), [{ address: '::1', port: 53 }]);
  assert.deepEqual(nameservers('[::1]'), [{ address: '::1', port: 53 }]);
  assert.deepEqual(nameservers('[2001:DB8::1]:5353'), [{ address: '2001:db8::1', port: 5353 }]);
});

test('a list keeps its order', () => {
  assert.deepEqual(nameservers(['8.8.8.8', '[::1]:5353']), [
    { address: '8.8.8.8', port: 53 },
    { address: '::1', port: 5353 },
  ]);
});

test('whatever is no server is refused, each with its index', () => {
  const wrong = ['8.8.8.8:0', '8.8.8.8:65536', '8.8.8.8:', 'dns.google', '[8.8.8.8]:53', '456.1.1.1', '', 53, null];
  assert.deepEqual(
    errorsIn({ nameservers: wrong }).map((error) => error.split(': ')[0]),
    wrong.map((_, index) => `nameservers[${index}]`),
  );
  for (const value of [...wrong, [], {}, true, Array(17).fill('8.8.8.8')]) {
    assert.equal(errorsIn({ nameservers: value }).length, 1, JSON.stringify(value));
  }
});

test('"system" within a list is refused with what is allowed', () => {
  assert.deepEqual(errorsIn({ nameservers: ['system', '8.8.8.8'] }), [
    'nameservers[0]: "system" is not allowed; allowed: an IP address, with or without a port: 8.8.8.8, 127.0.0.1:5353, ::1, [::1]:53 ("system" only stands alone)',
  ]);
});

test('nameservers_backup may also be none', () => {
  const backup = (value: unknown) => optionsOf(loadJson({ nameservers_backup: value })).nameservers_backup;
  assert.equal(backup(null), undefined);
  assert.equal(backup([]), undefined);
  assert.equal(backup('system'), 'system');
  assert.deepEqual(backup('8.8.8.8'), [{ address: '8.8.8.8', port: 53 }]);
});
