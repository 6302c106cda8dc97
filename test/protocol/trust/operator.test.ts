// What an operator has said of addresses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Blacklist, type BlacklistOptions } from '../../../src/protocol/trust/blacklist.js';
import type { AnsweringServer } from '../../../src/protocol/trust/evidence.js';
import { encodeSnapshot, parseSnapshot } from '../../../src/protocol/trust/snapshot.js';

const OPTIONS: BlacklistOptions = { fixed: [], rebindAllow: [], trusted: [], addresses_max: 100, ttl_ms: 1000 };
const SERVER: AnsweringServer = { id: 'udp://8.8.8.8:53', public: true };
const NAME = 'www.site.com';
const BAD = '8.7.198.45';
const GOOD = '93.184.216.34';
const FOREVER = Number.POSITIVE_INFINITY;

const blacklist = (options: Partial<BlacklistOptions> = {}): Blacklist => new Blacklist({ ...OPTIONS, ...options });

/** What another list has after a restart at that time. */
function restarted(list: Blacklist, now: number, options: Partial<BlacklistOptions> = {}): Blacklist {
  const parsed = parseSnapshot(encodeSnapshot(list.found()), now, OPTIONS.addresses_max);
  assert.ok(parsed.kind === 'snapshot');
  const next = blacklist(options);
  for (const { address, evidence } of parsed.addresses) for (const one of evidence) next.restore(address, one);
  return next;
}

test('an address of which an operator has said so is bad for all names, and alone in its answer', () => {
  const list = blacklist();
  assert.equal(list.say(BAD, undefined, FOREVER, 0), 'added');
  const dropped = [{ address: BAD, why: 'operator' }];
  assert.deepEqual(list.judge(SERVER, NAME, [BAD, GOOD], 0), { clean: [GOOD], dropped, suspect: false });
  assert.deepEqual(list.judge(SERVER, 'other.org', [BAD], 0), { clean: [], dropped, suspect: true });
  assert.equal(list.verdict(BAD)?.everywhere, true);
});

test('said of one name, it is bad for that name only', () => {
  const list = blacklist();
  list.say(BAD, NAME, FOREVER, 0);
  assert.deepEqual(list.judge(SERVER, NAME, [BAD, GOOD], 0).clean, [GOOD]);
  assert.deepEqual(list.judge(SERVER, 'other.org', [BAD, GOOD], 0).clean, [BAD, GOOD]);
});

test('an address that was also injected makes its whole answer suspect, as without the operator', () => {
  const list = blacklist();
  list.say(BAD, undefined, FOREVER, 0);
  list.add({ address: BAD, how: 'injection', by: SERVER.id, name: NAME }, 0);
  assert.deepEqual(
    list.judge(SERVER, NAME, [BAD, GOOD], 0).dropped.map(({ why }) => why),
    ['injection', 'companion'],
  );
  assert.deepEqual(list.judge(SERVER, 'other.org', [BAD, GOOD], 0).clean, [GOOD]);
});

test('neither a certificate nor a connection that works takes it back, but undoing does', () => {
  const list = blacklist();
  list.say(BAD, undefined, FOREVER, 0);
  list.clear(BAD, 'other.org', 0);
  list.absolve(BAD, NAME);
  assert.equal(list.verdict(BAD)?.everywhere, true);
  assert.equal(list.undo(BAD), true);
  assert.equal(list.verdict(BAD), undefined);
});

test('it holds until its time is over, or until it is undone, also after a restart', () => {
  const list = blacklist();
  list.say(BAD, undefined, 500, 0);
  list.say(GOOD, undefined, FOREVER, 0);
  const next = restarted(list, 400);
  next.expire(499);
  assert.deepEqual([next.verdict(BAD)?.expires, next.verdict(GOOD)?.expires], [500, FOREVER]);
  // The first probe has not been done: what was found holds meanwhile, but this is no finding.
  next.expire(500);
  assert.deepEqual([next.verdict(BAD), next.verdict(GOOD)?.everywhere], [undefined, true]);
});

test('a later word takes the place of an earlier one, also for a shorter time', () => {
  const list = blacklist();
  list.say(BAD, undefined, FOREVER, 0);
  list.say(BAD, undefined, 500, 100);
  const [{ evidence }] = list.found();
  assert.deepEqual(
    evidence.map(({ since, renewed, expires }) => [since, renewed, expires]),
    [[0, 100, 500]],
  );
});

test('an earlier version reads the file without what an operator has said', () => {
  const list = blacklist();
  list.say(BAD, undefined, FOREVER, 0);
  list.add({ address: GOOD, how: 'spoofing', by: SERVER.id, name: NAME }, 0);
  const file: { addresses: { address: string; evidence: { how: string }[] }[] } = JSON.parse(
    encodeSnapshot(list.found()),
  );
  assert.deepEqual(
    file.addresses.map(({ address, evidence }) => [address, ...evidence.map(({ how }) => how)]),
    [[GOOD, 'spoofing']],
  );
});

test('addresses that are trusted are not taken, nor more than there is room for', () => {
  const list = blacklist({ trusted: ['8.7.0.0/16'], addresses_max: 4 });
  assert.equal(list.say(BAD, undefined, FOREVER, 0), 'trusted');
  assert.equal(list.say('1.0.0.1', undefined, FOREVER, 0), 'added');
  assert.equal(list.say('1.0.0.2', undefined, FOREVER, 0), 'added');
  assert.equal(list.say('1.0.0.3', undefined, FOREVER, 0), 'full');
  // The same again needs no room.
  assert.equal(list.say('1.0.0.2', undefined, 500, 0), 'added');
  list.undo('1.0.0.1');
  assert.equal(list.say('1.0.0.3', undefined, FOREVER, 0), 'added');
});

test('of one address an operator may speak for 32 names', () => {
  const list = blacklist();
  for (let name = 0; name < 32; name += 1) assert.equal(list.say(BAD, `n${name}.org`, FOREVER, 0), 'added');
  assert.equal(list.say(BAD, 'one-more.org', FOREVER, 0), 'full');
});

test('what is found takes no room of what was said', () => {
  const list = blacklist({ addresses_max: 4 });
  list.say(BAD, undefined, FOREVER, 0);
  for (let name = 0; name < 32; name += 1) list.say(BAD, `n${name}.org`, FOREVER, 0);
  for (let octet = 1; octet < 50; octet += 1) {
    list.add({ address: `1.0.0.${octet}`, how: 'spoofing', by: SERVER.id, name: NAME }, 0);
    list.add({ address: BAD, how: 'spoofing', by: SERVER.id, name: `f${octet}.org` }, 0);
  }
  assert.equal(list.size, 4);
  const bad = list.find(BAD, 0);
  assert.equal(bad?.evidence.length, 64);
  assert.equal(bad.evidence.filter(({ how }) => how === 'operator').length, 32);
});
