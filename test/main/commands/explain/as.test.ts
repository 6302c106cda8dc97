import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClientTexts, clientAsked } from '../../../../src/main/commands/explain/as.js';
import type { UsersOptions } from '../../../../src/protocol/users/user-entry.js';

const NOTHING: ClientTexts = { client: undefined, user: undefined, tag: undefined, listener: undefined };
const asked = (texts: Partial<ClientTexts>, users?: UsersOptions) =>
  clientAsked({ ...NOTHING, ...texts }, ['lan', 'local'], users);

test('a client is what is said of it, and for the rest one of this machine', () => {
  const here = { ip: Uint8Array.of(127, 0, 0, 1), user: undefined, listener: 0 };
  const clientOf = (texts: Partial<ClientTexts>) => {
    const found = asked(texts);
    return found.code === 'asked' ? found.as?.client : found.reason;
  };
  assert.equal(clientOf({}), undefined);
  assert.deepEqual(clientOf({ listener: 'local' }), { ...here, listener: 1 });
  assert.deepEqual(clientOf({ user: 'alice', tag: 'work' }), { ...here, user: { name: 'alice', tag: 'work' } });
  assert.deepEqual(clientOf({ client: '10.0.0.7' }), { ...here, ip: Uint8Array.of(10, 0, 0, 7) });
  assert.deepEqual(clientOf({ client: 'unix', user: 'bob' }), {
    ...{ ip: undefined, listener: 0 },
    user: { name: 'bob', tag: undefined },
  });
});

test('an unknown listener is told, with those that there are', () => {
  assert.deepEqual(asked({ listener: 'wan' }), {
    code: 'wrong',
    reason: '--listener: "wan" is not the name of a listener; allowed: lan, local',
  });
});

test('a user brings its lines along, from the configuration or the file, and a stranger is told', () => {
  const entry = (name: string, lines: readonly number[] | undefined) => ({ name, password: 'secret', lines });
  const users = {
    inline: [entry('alice', [0, 2])],
    file: { path: 'users.json', state: '', users: [entry('bob', [1]), entry('carol', undefined)] },
  };
  const linesOf = (user: string) => {
    const found = asked({ user }, users);
    return found.code === 'asked' ? found.as?.lines : found.reason;
  };
  assert.deepEqual(['alice', 'bob', 'carol'].map(linesOf), [[0, 2], [1], undefined]);
  assert.equal(linesOf('dave'), '--user: "dave" is not the name of a user');
  // Without users, rules may name some all the same.
  assert.equal(asked({ user: 'dave' }).code, 'asked');
});
