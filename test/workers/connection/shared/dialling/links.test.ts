import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../../../src/protocol/address/address.js';
import { LineHealth } from '../../../../../src/protocol/lines/health/health.js';
import { lineOf } from '../../../../../src/protocol/lines/line.js';
import type { Failure } from '../../../../../src/protocol/race/failure.js';
import type { LineLink, LinkFault } from '../../../../../src/protocol/uplinks/line-link.js';
import { type DialLine, dialLines } from '../../../../../src/workers/connection/shared/dialling/dial-lines.js';
import { Links } from '../../../../../src/workers/connection/shared/dialling/links.js';

const [AUTO, PLAIN, FIXED] = dialLines([
  lineOf(0, 'auto', { ip: undefined, port: 4000, device: 'eth1', auto: true }, []),
  lineOf(1, 'plain', { ip: undefined, port: 0, device: 'eth1' }, []),
  lineOf(2, 'fixed', { ip: '10.0.0.1', port: 0 }, []),
]) as [DialLine, DialLine, DialLine];
const [FOUR, SIX] = ['10.0.0.1', '2001:db8::1'].map((text) => parseIp(text) as Uint8Array) as [Uint8Array, Uint8Array];

const link = (line: number, fault?: LinkFault, more: Partial<LineLink> = {}): LineLink => ({
  ...{ line, fault, at: 'eth1', news: 0, ip4: undefined, ip6: undefined },
  ...more,
});

function world() {
  const health = new LineHealth(0);
  const changed: number[] = [];
  const links = new Links(health, (line) => changed.push(line));
  const under = (line: number): { failed: string[]; end: () => void } => {
    const failed: string[] = [];
    const one = {
      linkDown: ({ code, detail }: Failure) => void failed.push(`${code}: ${detail}`),
    };
    links.begins(line, one);
    return { failed, end: () => links.ends(line, one) };
  };
  return { health, changed, links, under };
}

test('what is under way over a line ends with its link, and only that', () => {
  const { health, changed, links, under } = world();
  links.set([link(0), link(1)], 0);
  const [own, ended, other] = [under(1), under(1), under(0)];
  ended.end();
  links.set([link(0), link(1, 'no-carrier')], 10);
  assert.deepEqual([own.failed, ended.failed, other.failed], [['link-down: the link of eth1 is down'], [], []]);
  assert.deepEqual([changed, health.isLinkDown(1), health.isLinkDown(0)], [[1], true, false]);
  links.set([link(0), link(1, 'absent')], 20);
  assert.deepEqual([own.failed.length, changed], [1, [1]]);
  links.set([link(0), link(1)], 30);
  assert.deepEqual([health.mayUse(1, 30), health.outage(1)], [true, { from: 10, to: 30 }]);
  assert.deepEqual(changed, [1, 1]);
});

test('a line that was down when this began is out, and one that has news is tried again', () => {
  const { health, changed, links } = world();
  links.set([link(1, 'absent')], 0);
  assert.deepEqual([health.mayUse(1, 0), changed], [false, [1]]);
  links.set([link(1)], 10);
  for (let i = 0; i < 3; i += 1) health.proxyFailed(1, 20);
  links.set([link(1)], 30);
  assert.equal(health.mayUse(1, 30), false);
  links.set([link(1, undefined, { news: 1 })], 40);
  assert.equal(health.mayUse(1, 40), true);
  assert.deepEqual(changed, [1, 1, 1]);
});

test('only where nothing can get out it is not even tried', () => {
  const { links } = world();
  const whyOut = (line: DialLine, fault?: LinkFault): string | undefined => {
    links.set([link(line.number, fault)], 0);
    return links.whyOut(line)?.detail;
  };
  assert.deepEqual([whyOut(PLAIN), links.whyOut(FIXED)], [undefined, undefined]);
  assert.equal(whyOut(PLAIN, 'no-carrier'), 'the link of eth1 is down');
  assert.equal(whyOut(PLAIN, 'switched-off'), 'the interface eth1 is switched off');
  for (const fault of ['absent', 'no-address', 'source-absent'] as const) assert.equal(whyOut(PLAIN, fault), undefined);
  assert.equal(whyOut(AUTO, 'no-address'), 'the interface eth1 has no address');
});

test('"auto" has the present address of the family, and dials no other family', () => {
  const { links } = world();
  const dials = (line: DialLine): readonly boolean[] => [FOUR, SIX].map((ip) => links.dialsFamily(line, ip));
  assert.deepEqual([links.sourceFor(AUTO, 4), dials(AUTO)], [undefined, [true, true]]);
  links.set([link(0, undefined, { ip4: FOUR })], 0);
  const { device, mark } = AUTO;
  assert.deepEqual(links.sourceFor(AUTO, 4), { sourceIp: FOUR, sourcePort: 4000, device, mark });
  assert.deepEqual([links.sourceFor(AUTO, 16), dials(AUTO)], [undefined, [true, false]]);
  links.set([link(0, undefined, { ip4: FOUR, ip6: SIX })], 0);
  assert.deepEqual([links.sourceFor(AUTO, 16)?.sourceIp, dials(AUTO)], [SIX, [true, true]]);
  assert.deepEqual(
    [dials(PLAIN), dials(FIXED)],
    [
      [true, true],
      [true, false],
    ],
  );
});
