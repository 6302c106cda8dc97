// What is said of a wrong request.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { problemsOf } from '../../../../src/workers/admin/endpoint/problems.js';
import { fields, limit, oneOf, orNull } from '../../../../src/workers/admin/endpoint/schemas.js';

const QUERY = fields({
  limit: limit(100, 500),
  how: Type.Optional(oneOf(['a', 'b'])),
  flag: Type.Optional(Type.Boolean()),
});

test('each problem has the name, the value and what is allowed, all at once', () => {
  assert.deepEqual(problemsOf('query', QUERY, { limit: 0, how: 'c', flag: 'maybe', stray: '1' }), [
    'query "stray" is not known; allowed: limit, how, flag',
    'query "limit": 0 is not allowed; allowed: an integer from 1 to 500',
    'query "how": "c" is not allowed; allowed: a, b',
    'query "flag": "maybe" is not allowed; allowed: true or false',
  ]);
});

test('what is right has no problems, and where nothing is allowed that is said', () => {
  assert.deepEqual(problemsOf('query', QUERY, { limit: 1, how: 'a' }), []);
  assert.deepEqual(problemsOf('query', fields({}), { of: 'what' }), ['query "of" is not known; nothing is allowed']);
});

test('missing, misshapen and inner values of a body', () => {
  const body = fields({
    name: Type.String({ minLength: 1, maxLength: 20 }),
    list: Type.Optional(Type.Array(fields({ port: Type.Integer({ minimum: 1 }) }))),
    end: Type.Optional(orNull(Type.String())),
  });
  assert.deepEqual(problemsOf('body', body, {}), ['body "name" is missing; needed: a text of 1 to 20 characters']);
  assert.deepEqual(problemsOf('body', body, 'no JSON'), [
    'body "no JSON" is not allowed; allowed: an object with name, list, end',
  ]);
  assert.deepEqual(problemsOf('body', body, { name: '', list: [{ port: 1 }, { port: 'x' }], end: 7 }), [
    'body "name": "" is not allowed; allowed: a text of 1 to 20 characters',
    'body "list.1.port": "x" is not allowed; allowed: an integer of at least 1',
    'body "end": 7 is not allowed; allowed: a text, or null',
  ]);
});

test('long values and many problems are cut', () => {
  const [long] = problemsOf('query', QUERY, { how: 'x'.repeat(100_000) });
  assert.ok(long !== undefined && long.length < 300);
  const many = problemsOf('query', QUERY, Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`s${at}`, 1])));
  assert.ok(many.length <= 21);
});
