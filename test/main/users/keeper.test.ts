// The users of a file that changes while they are in use: read again in a thread, published, and kept where the new version is
// wrong. Nothing of it is left at the end.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileStateNow } from '../../../src/files/file-state.js';
import { Notices } from '../../../src/main/process/notices.js';
import { UserKeeper } from '../../../src/main/users/keeper.js';
import type { KnownUser } from '../../../src/protocol/users/user-entry.js';
import { captureLog } from '../../helpers/capture-log.js';
import { until } from '../../helpers/until.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-users-'));
after(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'users.json');
const threads = (): number => readdirSync('/proc/self/task').length;

function write(text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

test('a changed file is read again, and a wrong one changes nothing and is told with all mistakes', async () => {
  write('{"bob": {"password": "b"}}');
  const { log, records } = captureLog();
  const published: (readonly KnownUser[])[] = [];
  const keeper = new UserKeeper({
    users: {
      inline: [{ name: 'alice', password: 'a', lines: undefined }],
      file: { path, state: fileStateNow(path), users: [{ name: 'bob', password: 'b', lines: undefined }] },
    },
    lines: [{ name: 'direct', number: 3 }],
    ...{ log, notices: new Notices(log) },
    publish: async (users) => {
      published.push(users);
    },
  });
  const code = async (name: string, password: string) =>
    (await keeper.judge.judge({ name, password, client: name, network: name })).code;
  // libuv starts its own threads at their first use, and keeps them.
  await stat(path);
  const before = threads();
  await keeper.start();
  try {
    assert.deepEqual(
      published.map((users) => users.map(({ name }) => name)),
      [['alice', 'bob']],
    );
    assert.deepEqual(
      [await code('alice', 'a'), await code('bob', 'b'), await code('carol', 'c')],
      ['known', 'known', 'unknown'],
    );

    write('{"bob": {"password": "new"}, "carol": {"password": "c", "lines": ["direct"], "limits": {"rate": 5}}}');
    await until('the file is read again', () => published.length === 2);
    assert.deepEqual(
      published[1]?.map(({ name, lines }) => [name, lines]),
      [
        ...[
          ['alice', undefined],
          ['bob', undefined],
        ],
        ['carol', [3]],
      ],
    );
    assert.deepEqual(
      published[1]?.map(({ limits }) => limits?.rate),
      [undefined, undefined, 5],
    );
    assert.deepEqual(published[0]?.[0], published[1]?.[0]);
    assert.notEqual(published[0]?.[1]?.mark, published[1]?.[1]?.mark);
    assert.deepEqual([await code('bob', 'new'), await code('carol', 'c')], ['known', 'known']);
    assert.equal((await keeper.judge.judge({ name: 'bob', password: 'b', client: 'x', network: 'x' })).code, 'unknown');

    const told = () => records.filter(({ level, msg }) => level === 'warn' && msg.includes('stay as they were'));
    write('{"alice": {"password": "x"}, "b+b": {"password": "hunter2"}, "bob": {"password": "x", "lines": ["none"]}}');
    await until('it is told', () => told().length === 1);
    const problems = told()[0]?.['problems'] as string[];
    assert.equal(problems.length, 3);
    for (const problem of problems) assert.ok(problem.startsWith(`${path}: `), problem);
    assert.doesNotMatch(JSON.stringify(records), /hunter2/);
    assert.deepEqual([await code('alice', 'a'), await code('bob', 'new'), published.length], ['known', 'known', 2]);

    rmSync(path);
    await until('it is told that the file has gone', () => told().length === 2);
    assert.deepEqual(told()[1]?.['problems'], [`${path}: no such file`]);
    assert.equal(await code('bob', 'new'), 'known');

    write('{}');
    await until('nobody is in the file', () => published.length === 3);
    assert.deepEqual(
      published[2]?.map(({ name }) => name),
      ['alice'],
    );
  } finally {
    await keeper.stop();
  }
  await until('its threads have ended', () => threads() <= before);
});

test('a file that stays as it was read is not read again, and a keeper that is stopped reads nothing', async () => {
  write('{"bob": {"password": "b"}}');
  const { log } = captureLog();
  let published = 0;
  const keeper = new UserKeeper({
    users: { inline: [], file: { path, state: 'another', users: [] } },
    ...{ lines: [], log, notices: new Notices(log) },
    publish: async () => {
      published += 1;
    },
  });
  await keeper.start();
  // Its state is another one than that noted, so it is read once.
  await until('it is read', () => published === 2);
  await keeper.stop();
  write('{}');
  assert.equal(published, 2);
});

test('wrong claims have one line a minute for each network, which names users, and others only at level debug', async () => {
  for (const level of ['info', 'debug'] as const) {
    const { log, records } = captureLog(level);
    const users = { inline: [{ name: 'alice', password: 'a', lines: undefined }], file: undefined };
    const publish = async (): Promise<void> => {};
    const keeper = new UserKeeper({ users, lines: [], log, notices: new Notices(log), publish });
    await keeper.start();
    const claim = (name: string, network: string) =>
      keeper.judge.judge({ name, password: 'wrong', client: network, network });
    for (let times = 0; times < 30; times += 1) await claim(`hunter${times}`, '192.0.2.1');
    await claim('alice', 'unix');
    await keeper.stop();
    const told = records.filter((record) => record.level === 'warn');
    assert.deepEqual(
      told.map(({ msg, user }) => [msg, user]),
      [
        ['a client at 192.0.2.1 gave a wrong name or password', level === 'debug' ? 'hunter0' : undefined],
        ['a client of a Unix socket gave a wrong name or password', 'alice'],
      ],
    );
  }
});
