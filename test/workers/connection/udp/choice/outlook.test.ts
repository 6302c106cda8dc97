// What a flow would do, and why, as it is told to people: nothing is tried by asking.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowOutlook } from '../../../../../src/protocol/udp/flow-outlook.js';
import { flowOutlookFor } from '../../../../../src/workers/connection/flow-outlook.js';
import { ChoiceWorld, FOUR_LINES, found, targetOf } from './choice-world.js';

const A = '203.0.113.1';
const SITE = 'site.test:443';

const ask = (world: ChoiceWorld, target = SITE, own?: readonly number[]): Promise<FlowOutlook> =>
  flowOutlookFor(world.parts, targetOf(target), world.client, own);

const texts = ({ lines }: FlowOutlook): string[] =>
  lines.map(({ line, why, addresses }) =>
    [
      line,
      ...why.map(({ kind }) => kind),
      ...addresses.map((one) => [one.turn, one.address, ...one.why.map(({ kind }) => kind)].join(' ')),
    ].join(' | '),
  );

test('lines and addresses in the order of their turns, and why others have none', async () => {
  const world = new ChoiceWorld();
  world.known.set('site.test', found(A));
  const first = await ask(world);
  assert.deepEqual(texts(first), [`one | 1 ${A}`, `two | 2 ${A}`, 'socks | not-asked | 3 ', 'web | unfit']);
  assert.equal(first.refused, undefined);
  const flow = world.flow(SITE);
  flow.silent('one');
  flow.answered('two', 30);
  world.udpLines.setRelays(2, true);
  world.steering.set({ paused: [3], pinned: undefined, pins: [] });
  world.engine.now += 1000;
  const second = await ask(world);
  assert.deepEqual(texts(second), [
    `two | 1 ${A} remembered`,
    'socks | relays | 2 ',
    `one | doubted | 3 ${A} doubted`,
    'web | steered-away',
  ]);
  const [{ addresses }] = second.lines;
  assert.deepEqual([addresses[0]?.answers_ms, addresses[0]?.worked_ms], [30, 1000]);
});

test('a name is waited for', async () => {
  const world = new ChoiceWorld();
  const asked = ask(world);
  world.answer('site.test', found(A), true);
  world.answer('site.test', found(A, '2001:db8::1'));
  assert.deepEqual(texts(await asked).slice(0, 2), [`one | address-unfit | 1 ${A}`, `two | 2 ${A} | 4 2001:db8::1`]);
  assert.equal(world.waiters.get('site.test')?.size ?? 0, 0);
});

test('what is refused says why, with the lines', async () => {
  const rules = [
    { domain_suffix: ['site.test'], block: true },
    { domain_suffix: ['web.test'], use: ['web'] },
  ];
  const world = new ChoiceWorld({ ...FOUR_LINES, rules });
  const blocked = await ask(world);
  assert.equal(blocked.refused?.cause, 'blocked');
  assert.deepEqual(texts(blocked), ['one | kept-away', 'two | kept-away', 'socks | kept-away', 'web | kept-away']);
  const none = await ask(world, 'web.test:443');
  assert.equal(none.refused?.cause, 'line-no-udp');
  assert.deepEqual(texts(none).at(-1), 'web | unfit');
  const own = await ask(world, `${A}:53`, [1]);
  assert.deepEqual(texts(own), [`two | 1 ${A}`, 'one | not-for-user', 'socks | not-for-user', 'web | not-for-user']);
});

test('addresses to which a line may not send are told with the reason, and a proxy that could not be asked', async () => {
  const rules = [{ cidr: A, use: ['two'] }];
  const world = new ChoiceWorld({ ...FOUR_LINES, rules });
  world.known.set('site.test', found(A, '2001:db8::1'));
  world.udpLines.failed(2, 'proxy-unreachable', false);
  world.engine.now += 12_000;
  const { lines } = await ask(world);
  const whyOf = (name: string) => lines.find(({ line }) => line === name)?.why;
  assert.deepEqual(whyOf('one'), [
    { kind: 'address-unfit', address: A, cause: 'kept-away', detail: 'rules[0]' },
    {
      ...{ kind: 'address-unfit', address: '2001:db8::1', cause: 'network-unreachable' },
      detail: 'its source has the other family',
    },
  ]);
  assert.deepEqual(whyOf('two'), []);
  assert.deepEqual(whyOf('socks'), [{ kind: 'not-reached', ago_ms: 12_000, cause: 'proxy-unreachable' }]);
  world.udpLines.failed(2, 'proxy-protocol', true);
  const again = await ask(world);
  assert.deepEqual(again.lines.find(({ line }) => line === 'socks')?.why, [
    { kind: 'not-said', ago_ms: 0, cause: 'proxy-protocol' },
  ]);
});

test('asking begins no trial of a cheaper line', async () => {
  const upstream = [
    { name: 'dear', type: 'direct', tier: 1 },
    { name: 'cheap', type: 'direct' },
  ];
  const world = new ChoiceWorld({ upstream });
  world.known.set('site.test', found(A));
  const flow = world.flow(SITE);
  flow.silent('cheap');
  flow.answered('dear');
  world.engine.now += 11_000;
  world.flow(SITE).answered('dear');
  world.engine.now += 11_000;
  for (let asked = 0; asked < 3; asked += 1)
    assert.deepEqual(texts(await ask(world)), [`cheap | 1 ${A} tried-again`, `dear | 2 ${A} remembered`]);
});
