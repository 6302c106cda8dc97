import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPlaceOf, startPlaceShown, startPlaceText } from '../../../src/protocol/routes/start-place.js';

test('a URL without a path is that of an admin API', () => {
  const url = 'http://10.0.0.2:9090/api/v1/routes/snapshot';
  for (const text of ['http://10.0.0.2:9090', 'http://10.0.0.2:9090/', 'HTTP://10.0.0.2:9090/#there'])
    assert.deepEqual(startPlaceOf(text), { kind: 'http', url });
  assert.deepEqual(startPlaceOf('https://gw.test'), {
    kind: 'http',
    url: 'https://gw.test/api/v1/routes/snapshot',
  });
});

test('any other path is asked for as it is, and a query is not shown', () => {
  const place = startPlaceOf('https://files.test/a.routes?key=hunter2');
  assert.deepEqual(place, { kind: 'http', url: 'https://files.test/a.routes?key=hunter2' });
  assert.equal(place && startPlaceShown(place), 'https://files.test/a.routes');
  assert.equal(place && startPlaceText(place), 'https://files.test/a.routes?key=hunter2');
  const asked = startPlaceOf('http://gw.test/?a=b');
  assert.deepEqual(asked, { kind: 'http', url: 'http://gw.test/?a=b' });
});

test('a socket and a file are known by their paths, and what is written for them is read again', () => {
  for (const [text, kind, path] of [
    ['unix:/run/a', 'unix', '/run/a'],
    ['/var/a', 'file', '/var/a'],
    ['a/b', 'file', 'a/b'],
    ['./c:d', 'file', './c:d'],
  ] as const) {
    const place = startPlaceOf(text);
    assert.deepEqual(place, { kind, path });
    assert.deepEqual(place && [startPlaceText(place), startPlaceShown(place)], [text, text]);
  }
});

test('what is no place is none', () => {
  const long = `http://a.test/${'a'.repeat(2048)}`;
  for (const text of [
    '',
    'unix:',
    'ftp://a.test',
    'http:a.test',
    'http://',
    'http://u:p@a.test',
    'file:///a',
    'a\0b',
    long,
  ])
    assert.equal(startPlaceOf(text), undefined, text.slice(0, 40));
});
