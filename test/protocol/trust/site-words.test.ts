// What other gateways say against addresses: it orders, and it displaces nothing that was found here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Blacklist, type BlacklistOptions } from '../../../src/protocol/trust/blacklist.js';
import type { AnsweringServer } from '../../../src/protocol/trust/evidence.js';
import { quorumOf, SITE_WORD_MS_MAX, type SiteWord, SiteWords } from '../../../src/protocol/trust/site-words.js';
import { encodeSnapshot } from '../../../src/protocol/trust/snapshot.js';

const HOUR_MS = 3_600_000;
const OPTIONS: BlacklistOptions = { fixed: [], rebindAllow: [], trusted: [], addresses_max: 100, ttl_ms: HOUR_MS };
const SERVER: AnsweringServer = { id: 'udp://8.8.8.8:53', public: true };
const NAME = 'www.site.com';
const ADDRESS = '8.7.198.45';
const GOOD = '93.184.216.34';

function blacklist(gateways: number, options: Partial<BlacklistOptions> = {}): Blacklist {
  const list = new Blacklist({ ...OPTIONS, ...options });
  list.gateways = gateways;
  return list;
}

const word = (gateway: string, of: Partial<SiteWord> = {}): SiteWord => ({
  ...{ gateway, address: ADDRESS, name: NAME, suspects: false, for_ms: 60_000 },
  ...of,
});

test('the word of one or two gateways leaves an answer as it is, and only says that others may go before', () => {
  const list = blacklist(3);
  for (const gateway of ['b', 'c']) list.heard(word(gateway), 0);
  const answer = list.judge(SERVER, NAME, [ADDRESS, GOOD], 0);
  assert.deepEqual(answer, { clean: [ADDRESS, GOOD], dropped: [], suspect: false });
  const { names, last, told, everywhere } = list.verdict(ADDRESS) ?? {};
  assert.deepEqual({ names, last, told, everywhere }, { names: [], last: [], told: [NAME], everywhere: false });
});

test('three gateways that are a third of the site make an address bad for the name, and for no other', () => {
  const list = blacklist(9);
  for (const gateway of ['b', 'c', 'd']) list.heard(word(gateway), 0);
  assert.deepEqual(list.judge(SERVER, NAME, [ADDRESS, GOOD], 0), {
    clean: [GOOD],
    dropped: [{ address: ADDRESS, why: 'site' }],
    suspect: false,
  });
  assert.deepEqual(list.judge(SERVER, 'other.org', [ADDRESS], 0).clean, [ADDRESS]);
  const { names, told, said } = list.verdict(ADDRESS) ?? {};
  assert.deepEqual({ names, told, said }, { names: [NAME], told: undefined, said: [NAME] });
});

test('so many must agree', () => {
  assert.deepEqual([0, 1, 3, 9, 10, 12, 13, 1000].map(quorumOf), [3, 3, 3, 3, 4, 4, 5, 334]);
  const list = blacklist(10);
  for (const gateway of ['b', 'c', 'd']) list.heard(word(gateway), 0);
  assert.deepEqual(list.verdict(ADDRESS)?.names, []);
  list.heard(word('e'), 0);
  assert.deepEqual(list.verdict(ADDRESS)?.names, [NAME]);
});

test('one gateway that says it often, or under other names of one address, counts once', () => {
  const list = blacklist(3);
  for (let n = 0; n < 10; n += 1) list.heard(word('b'), n);
  list.heard(word('b', { address: `::ffff:${ADDRESS}` }), 10);
  assert.deepEqual(list.verdict(ADDRESS)?.names, []);
  assert.equal(list.find(ADDRESS, 10)?.evidence.length, 1);
});

test('that connections of many gateways fail makes an address no worse than suspect', () => {
  const list = blacklist(3);
  for (const gateway of ['b', 'c', 'd']) list.heard(word(gateway, { suspects: true }), 0);
  const { names, told } = list.verdict(ADDRESS) ?? {};
  assert.deepEqual({ names, told }, { names: [], told: [NAME] });
});

test('an own TLS answer for the name clears what was said of it, however many said so', () => {
  const list = blacklist(3);
  for (const gateway of ['b', 'c', 'd']) list.heard(word(gateway), 0);
  list.heard(word('b', { name: 'other.org' }), 0);
  list.clear(ADDRESS, NAME, 1);
  const { names, told } = list.verdict(ADDRESS) ?? {};
  assert.deepEqual({ names, told }, { names: [], told: ['other.org'] });
});

test('where this gateway has found that an address was injected for the name, TLS does not clear what others say either', () => {
  const list = blacklist(3);
  list.add({ address: ADDRESS, how: 'injection', by: SERVER.id, name: NAME }, 0);
  for (const gateway of ['b', 'c', 'd']) list.heard(word(gateway), 0);
  list.clear(ADDRESS, NAME, 1);
  assert.equal(list.find(ADDRESS, 1)?.evidence.length, 4);
  assert.equal(list.verdict(ADDRESS)?.said, undefined);
});

test('a gateway takes back what it has said of an address, and nothing that others have', () => {
  const list = blacklist(3);
  for (const gateway of ['b', 'c', 'd']) list.heard(word(gateway), 0);
  list.retracted({ gateway: 'b', address: ADDRESS });
  list.retracted({ gateway: 'b', address: GOOD });
  assert.deepEqual(list.verdict(ADDRESS)?.names, []);
  assert.deepEqual(
    list.find(ADDRESS, 0)?.evidence.map(({ by }) => by),
    ['c', 'd'],
  );
});

test('a word ends by its own time, ten minutes after it was said at the latest, also where it says otherwise', () => {
  const list = blacklist(3);
  list.heard(word('b', { for_ms: 1000 }), 0);
  list.heard(word('c', { for_ms: 10 * HOUR_MS }), 0);
  list.expire(1000);
  assert.deepEqual(
    list.find(ADDRESS, 1000)?.evidence.map(({ by }) => by),
    ['c'],
  );
  assert.equal(list.find(ADDRESS, SITE_WORD_MS_MAX - 1)?.evidence.length, 1);
  assert.equal(list.find(ADDRESS, SITE_WORD_MS_MAX), undefined);
});

test('nothing is said against an address that is trusted', () => {
  const list = blacklist(3, { trusted: [ADDRESS] });
  for (const gateway of ['b', 'c', 'd']) list.heard(word(gateway), 0);
  assert.equal(list.verdict(ADDRESS), undefined);
});

test('with the evidence of this gateway too, the word of one other changes nothing', () => {
  const list = blacklist(3);
  list.add({ address: ADDRESS, how: 'outcome', by: 'connections', name: NAME }, 0);
  list.heard(word('b'), 0);
  list.heard(word('c'), 0);
  const { names, last, told } = list.verdict(ADDRESS) ?? {};
  assert.deepEqual({ names, last, told }, { names: [], last: [NAME], told: [NAME] });
});

test('what others say is not kept over a restart', () => {
  const list = blacklist(3);
  for (const gateway of ['b', 'c', 'd']) list.heard(word(gateway), 0);
  list.add({ address: GOOD, how: 'injection', by: SERVER.id, name: NAME }, 0);
  assert.equal(encodeSnapshot(list.found()).includes(ADDRESS), false);
  assert.equal(encodeSnapshot(list.found()).includes(GOOD), true);
});

test('a gateway that says everything of everything displaces only its own words', () => {
  const list = blacklist(2, { addresses_max: 40 });
  for (let n = 0; n < 10; n += 1) list.add({ address: `9.0.0.${n}`, how: 'spoofing', by: 'x', name: NAME }, 0);
  for (let n = 0; n < 5; n += 1) list.add({ address: `9.0.1.${n}`, how: 'outcome', by: 'x', name: NAME }, 0);
  list.heard(word('c'), 0);
  for (let n = 0; n < 1000; n += 1) list.heard(word('b', { address: `10.1.${n >> 8}.${n & 255}` }), 1);
  const by = (gateway: string) => list.found().filter(({ evidence }) => evidence.some((one) => one.by === gateway));
  assert.deepEqual([by('x').length, by('c').length, by('b').length], [15, 1, 5]);
});

test('words of others make room for what is found here', () => {
  const list = blacklist(1, { addresses_max: 16 });
  for (let n = 0; n < 4; n += 1) list.heard(word('b', { address: `10.0.0.${n}` }), 0);
  for (let n = 0; n < 8; n += 1) list.add({ address: `9.0.0.${n}`, how: 'outcome', by: 'x', name: NAME }, 1);
  // Half of the table is full, with evidence of this gateway alone.
  assert.deepEqual(list.kinds, {
    ...{ 'error-correction': 0, spoofing: 0, injection: 0, outcome: 8, operator: 0, site: 0 },
  });
  for (let n = 0; n < 4; n += 1) list.heard(word('b', { address: `10.0.0.${n}` }), 2);
  for (let n = 0; n < 4; n += 1) list.heard(word('b', { address: `10.0.1.${n}` }), 2);
  assert.deepEqual([list.size, list.kinds.outcome, list.kinds.site], [12, 8, 4]);
});

test('many names said of one address displace no evidence against it', () => {
  const list = blacklist(1, { addresses_max: 4096 });
  for (let n = 0; n < 10; n += 1) list.add({ address: ADDRESS, how: 'injection', by: 'x', name: `n${n}.org` }, 0);
  for (let n = 0; n < 1000; n += 1) list.heard(word('b', { name: `m${n}.org` }), 1);
  const evidence = list.find(ADDRESS, 1)?.evidence ?? [];
  assert.equal(evidence.filter(({ how }) => how === 'injection').length, 10);
  assert.equal(evidence.filter(({ how }) => how === 'site').length, 256);
});

test('a gateway that renews its words keeps no address in the table for longer', () => {
  const list = blacklist(1, { addresses_max: 4 });
  list.add({ address: ADDRESS, how: 'spoofing', by: 'x', name: NAME }, 0);
  for (let n = 0; n < 4; n += 1) {
    list.heard(word('b'), n);
    list.add({ address: `9.0.0.${n}`, how: 'spoofing', by: 'x', name: NAME }, n);
  }
  assert.equal(list.verdict(ADDRESS), undefined);
});

test('where the table is full, what others say goes first', () => {
  const list = blacklist(1, { addresses_max: 8 });
  for (let n = 0; n < 6; n += 1) list.add({ address: `9.0.0.${n}`, how: 'spoofing', by: 'x', name: NAME }, n);
  list.add({ address: GOOD, how: 'spoofing', by: 'x', name: NAME }, 6);
  list.undo(GOOD);
  list.undo('9.0.0.5');
  list.heard(word('b'), 7);
  for (let n = 10; n < 14; n += 1) list.add({ address: `9.0.0.${n}`, how: 'spoofing', by: 'x', name: NAME }, n);
  assert.deepEqual([list.size, list.kinds.spoofing, list.kinds.site], [8, 8, 0]);
});

test('the share of a gateway is the smaller the more there are, and never nothing', () => {
  const shareOf = (gateways: number): number => {
    const words = new SiteWords(4096);
    words.gateways = gateways;
    return words.max;
  };
  assert.deepEqual([0, 1, 4, 10, 1000, 5000].map(shareOf), [256, 256, 256, 102, 1, 1]);
});

test('no number of words of a third of the gateways, less one, makes an address bad or removes it from an answer', () => {
  const poisoned = ['b', 'c'];
  const said = fc.record({
    gateway: fc.constantFrom(...poisoned),
    address: fc.constantFrom(ADDRESS, GOOD, '9.9.9.9', `::ffff:${GOOD}`),
    name: fc.constantFrom(NAME, 'other.org'),
    suspects: fc.boolean(),
    for_ms: fc.integer({ min: 0, max: HOUR_MS }),
  });
  fc.assert(
    fc.property(fc.array(said, { maxLength: 50 }), (words) => {
      const list = blacklist(9);
      for (const [at, one] of words.entries()) list.heard(one, at);
      const answer = list.judge(SERVER, NAME, [ADDRESS, GOOD, '9.9.9.9'], words.length);
      assert.deepEqual(answer.clean, [ADDRESS, GOOD, '9.9.9.9']);
    }),
  );
});
