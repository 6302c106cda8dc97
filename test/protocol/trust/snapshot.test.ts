import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Blacklist } from '../../../src/protocol/trust/blacklist.js';
import { encodeSnapshot, parseSnapshot } from '../../../src/protocol/trust/snapshot.js';

const blacklist = (): Blacklist =>
  new Blacklist({ fixed: ['9.9.9.9'], rebindAllow: [], trusted: [], addresses_max: 8, ttl_ms: 1000 });
const PHANTOM = 'udp://192.0.2.53:53';

function filled(): Blacklist {
  const list = blacklist();
  list.add({ address: '8.0.0.1', how: 'spoofing', by: PHANTOM, name: 'www.site.com' }, 100);
  list.add({ address: '2001:4860::1', how: 'error-correction', by: 'system', name: undefined }, 200);
  list.add({ address: '8.0.0.2', how: 'outcome', by: 'connections', name: 'www.site.com' }, 300);
  return list;
}

test('the list survives as text, but for what the configuration says and what connections ran into', () => {
  const parsed = parseSnapshot(encodeSnapshot(filled().list(400)), 500, 8);
  assert.ok(parsed.kind === 'snapshot');
  assert.deepEqual(parsed.addresses, [
    {
      address: '8.0.0.1',
      evidence: [{ how: 'spoofing', by: PHANTOM, name: 'www.site.com', since: 100, renewed: 100, expires: 1100 }],
    },
    {
      address: '2001:4860::1',
      evidence: [{ how: 'error-correction', by: 'system', name: undefined, since: 200, renewed: 200, expires: 1200 }],
    },
  ]);
});

test('what was restored serves beyond its time until it is released, and what was found anew goes on', () => {
  const parsed = parseSnapshot(encodeSnapshot(filled().found()), 90_000, 8);
  assert.ok(parsed.kind === 'snapshot');
  const list = blacklist();
  for (const { address, evidence } of parsed.addresses) for (const one of evidence) list.restore(address, one);
  list.expire(90_000);
  assert.equal(list.size, 2);
  assert.equal(list.judge({ id: 'x', public: true }, 'www.site.com', ['8.0.0.1'], 90_000).suspect, true);
  list.add({ address: '8.0.0.1', how: 'spoofing', by: PHANTOM, name: 'www.site.com' }, 90_000);
  list.release(90_001);
  assert.deepEqual(
    list.found().map(({ address, evidence }) => [address, evidence[0]?.since, evidence[0]?.expires]),
    [['8.0.0.1', 100, 91_000]],
  );
});

test('the last renewed are kept when there are too many, and nothing from the future', () => {
  const text = encodeSnapshot(filled().found());
  const one = parseSnapshot(text, 500, 1);
  assert.ok(one.kind === 'snapshot');
  assert.deepEqual(
    one.addresses.map(({ address }) => address),
    ['2001:4860::1'],
  );
  assert.deepEqual(parseSnapshot(text, 50, 8), { kind: 'snapshot', addresses: [] });
});

test('what is not ours, of another version or damaged gives nothing', () => {
  const good = JSON.parse(encodeSnapshot(filled().found()));
  const why = (value: unknown): string => {
    const parsed = parseSnapshot(typeof value === 'string' ? value : JSON.stringify(value), 500, 8);
    return parsed.kind === 'invalid' ? parsed.why : 'taken';
  };
  assert.equal(why(''), 'not JSON');
  assert.equal(why(encodeSnapshot(filled().found()).slice(0, -10)), 'not JSON');
  assert.equal(why([]), 'not a list of bad addresses');
  assert.equal(why(null), 'not a list of bad addresses');
  assert.equal(why({ ...good, version: 2 }), 'version 2');
  assert.equal(why({ ...good, version: { toString: 1 } }), 'version {"toString":1}');
  assert.equal(why({ ...good, addresses: {} }), 'no addresses');
  const [first] = good.addresses;
  for (const wrong of [
    ...[null, {}, { ...first, address: 'site.com' }, { ...first, evidence: 1 }],
    { ...first, evidence: [{ ...first.evidence[0], how: 'static' }] },
    { ...first, evidence: [{ ...first.evidence[0], name: 'No Name' }] },
    { ...first, evidence: [{ ...first.evidence[0], expires: 'never' }] },
  ]) {
    assert.equal(why({ ...good, addresses: [wrong] }), 'damaged');
  }
  assert.equal(why(good), 'taken');
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseSnapshot(text, 0, 8)));
});
