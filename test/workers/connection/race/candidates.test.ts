// What a race may choose from, as lookups answer: what is offered at once, later, last or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIp, parseIp } from '../../../../src/protocol/address/address.js';
import { type Target, targetOfIp, targetOfName } from '../../../../src/protocol/address/target.js';
import type { Hop } from '../../../../src/protocol/lines/line.js';
import { type FailureCode, failureOf } from '../../../../src/protocol/race/failure.js';
import type { RacePlan } from '../../../../src/protocol/race/plan.js';
import type { Client } from '../../../../src/protocol/users/client.js';
import { Candidates, type CandidatesParts } from '../../../../src/workers/connection/race/candidates.js';
import type { KnownDestination } from '../../../../src/workers/connection/race/known/destination.js';
import type { DialLine } from '../../../../src/workers/connection/shared/dialling/dial-lines.js';
import type { NameOutcome } from '../../../../src/workers/connection/shared/replicas/name-outcome.js';

type Waiter = (outcome: NameOutcome, more: boolean) => void;

const DIRECT: DialLine = {
  ...{ number: 0, name: 'direct', sourceIp: undefined, sourcePort: 0, device: undefined, mark: 0, hops: [] },
  ...{ isDirect: true, isTunnel: false, hasLink: false, isAuto: false, dials: 'destination', proxyIp: undefined },
};
const HOP: Hop = { kind: 'socks5', host: 'proxy.test', port: 1080, username: undefined, password: undefined };
const PROXY: DialLine = { ...DIRECT, number: 1, name: 'proxy', hops: [HOP], isDirect: false, dials: 'line' };
const SITE = targetOfName('site.test', 443) as Target;
const CLIENT: Client = { ip: undefined, user: undefined, listener: 0 };

const bytes = (text: string): Uint8Array => parseIp(text) as Uint8Array;
const found = (...ips: string[]): NameOutcome => ({ kind: 'found', ips: ips.map(bytes), proof: 'all' });
const lost = (code: FailureCode): NameOutcome => ({ kind: 'failed', failure: failureOf(code), proof: 'none' });

interface Refusals {
  readonly forbidden?: Readonly<Record<string, FailureCode>>;
  readonly last?: readonly string[];
  readonly mute?: readonly string[];
  readonly down?: readonly number[];
  readonly kept?: number;
}

/** Answers are given with `answer`; what is offered is noted as `line address`, in brackets what comes last. */
function world(target: Target, { forbidden = {}, last = [], mute = [], down = [], kept }: Refusals = {}) {
  const waiters = new Map<string, Set<Waiter>>();
  const offered: string[] = [];
  const renewed: string[] = [];
  let looked = 0;
  const parts: CandidatesParts = {
    engine: { now: 0 },
    lines: [DIRECT, PROXY],
    names: {
      lookup: (name, _now, waiter) => {
        waiters.set(name, (waiters.get(name) ?? new Set()).add(waiter));
        return undefined;
      },
      follow: () => true,
      forget: (name, waiter) => void waiters.get(name)?.delete(waiter),
      renew: (name, _now, waiter) => {
        renewed.push(name);
        waiters.set(name, new Set([waiter]));
        return true;
      },
    },
    health: {
      mayUse: (line) => !down.includes(line),
      isDead: () => false,
      mayHaveMoved: () => false,
      proxyIsAt: () => assert.fail('it cannot have moved'),
    },
    routes: { tell: () => {} },
    egress: {
      mayDial: (_line, ip, _target, client) => {
        assert.equal(client, CLIENT);
        const code = forbidden[formatIp(ip)];
        return code === undefined ? { code: 'allowed' } : failureOf(code);
      },
    },
    badAddresses: { isLast: (ip) => last.includes(formatIp(ip)) },
  };
  const settled: number[] = [];
  const plan: Pick<RacePlan, 'isGated' | 'begin' | 'offer' | 'settled'> = {
    ...{ isGated: false, begin: () => {}, settled: (line) => void settled.push(line) },
    offer: (some, isLast) => {
      for (const { line, ip } of some) {
        const what = `${line} ${formatIp(ip)}`;
        offered.push(isLast ? `(${what})` : what);
      }
    },
  };
  const known: Pick<KnownDestination, 'isMute' | 'kept'> = { isMute: ({ ip }) => mute.includes(formatIp(ip)), kept };
  const candidates = new Candidates(parts, target, CLIENT, plan, known, {
    looked: () => {
      looked += 1;
    },
  });
  const answer = (name: string, outcome: NameOutcome, more = false): void => {
    for (const waiter of waiters.get(name) ?? []) waiter(outcome, more);
  };
  return { candidates, offered, answer, waiters, renewed, settled, looks: () => looked };
}

test('an address is offered at once, and nothing is looked up for it', () => {
  const { candidates, offered, waiters } = world(targetOfIp(bytes('192.0.2.1'), 443));
  candidates.begin([0]);
  assert.deepEqual([offered, waiters.size, candidates.done], [['0 192.0.2.1'], 0, true]);
});

test('what comes late joins: the second family, and only what is new in it', () => {
  const { candidates, offered, answer, looks } = world(SITE);
  candidates.begin([0]);
  assert.deepEqual([offered, candidates.done], [[], false]);
  answer('site.test', found('2001:db8::1'), true);
  assert.deepEqual([offered, candidates.done], [['0 2001:db8::1'], false]);
  answer('site.test', found('2001:db8::1', '192.0.2.1'));
  assert.deepEqual([offered, candidates.done, looks()], [['0 2001:db8::1', '0 192.0.2.1'], true, 2]);
});

test('the name of a proxy is looked up for its line, and that it is not found is the failure of the line', () => {
  const { candidates, offered, answer } = world(SITE);
  candidates.begin([0, 1]);
  answer('proxy.test', lost('no-such-name'));
  assert.deepEqual([candidates.failure?.code, candidates.failure?.whose], ['proxy-unreachable', 'line']);
  answer('site.test', lost('no-such-name'));
  assert.deepEqual([candidates.failure?.code, candidates.failure?.whose], ['no-such-name', 'destination']);
  assert.deepEqual([offered, candidates.done], [[], true]);
});

test('what must not be dialled is left out with its cause', () => {
  const { candidates, offered, answer } = world(SITE, { forbidden: { '192.0.2.1': 'blocked' } });
  candidates.begin([0]);
  answer('site.test', found('192.0.2.1', '192.0.2.2'));
  assert.deepEqual([offered, candidates.failure?.code], [['0 192.0.2.2'], 'blocked']);
});

test('what only ever failed is offered last, once every lookup has been heard of', () => {
  const { candidates, offered, answer } = world(SITE, { last: ['192.0.2.1'], mute: ['192.0.2.2'], down: [1] });
  candidates.begin([0, 1]);
  answer('site.test', found('192.0.2.1', '192.0.2.2', '192.0.2.3'));
  assert.deepEqual(offered, ['0 192.0.2.3']);
  answer('proxy.test', found('192.0.2.9'));
  assert.deepEqual(offered, ['0 192.0.2.3', '(0 192.0.2.1)', '(0 192.0.2.2)', '(1 192.0.2.9)']);
});

test('where one line is kept all addresses of the others are offered last', () => {
  const { candidates, offered, answer } = world(SITE, { kept: 0 });
  candidates.begin([0, 1]);
  answer('proxy.test', found('192.0.2.9'));
  answer('site.test', found('192.0.2.1', '192.0.2.2'));
  assert.deepEqual(offered, ['0 192.0.2.1', '0 192.0.2.2', '(1 192.0.2.9)']);
});

test('whether a remembered candidate may lead is asked of the same rules', () => {
  const { candidates } = world(SITE, { forbidden: { '192.0.2.1': 'blocked' }, last: ['192.0.2.2'] });
  const isUsual = (address: string): boolean => candidates.isUsual({ line: 0, ip: bytes(address) });
  assert.deepEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map(isUsual), [false, false, true]);
});

test('at the end nobody is waited for', () => {
  const { candidates, offered, answer, waiters } = world(SITE);
  candidates.begin([0, 1]);
  candidates.end();
  assert.deepEqual(
    [...waiters.values()].map(({ size }) => size),
    [0, 0],
  );
  answer('site.test', found('192.0.2.1'));
  assert.deepEqual(offered, []);
});

test('a line is settled once all that its name has is known', () => {
  const { candidates, answer, settled } = world(SITE);
  candidates.begin([0, 1]);
  answer('site.test', found('192.0.2.1'), true);
  answer('proxy.test', lost('no-such-name'));
  assert.deepEqual(settled, [1]);
  answer('site.test', found('192.0.2.1', '192.0.2.2'));
  assert.deepEqual(settled, [1, 0]);
});

test('what has failed is asked for anew, once; what is new joins, and no answer is no failure', () => {
  const { candidates, offered, answer, renewed } = world(SITE);
  candidates.begin([0, 1]);
  answer('site.test', found('192.0.2.1'));
  answer('proxy.test', lost('no-such-name'));
  assert.deepEqual([candidates.done, candidates.failure?.code], [true, 'proxy-unreachable']);
  candidates.renew();
  assert.deepEqual([renewed, candidates.done], [['site.test', 'proxy.test'], false]);
  answer('site.test', found('192.0.2.1', '192.0.2.2'));
  assert.deepEqual([offered, candidates.done], [['0 192.0.2.1', '0 192.0.2.2'], false]);
  answer('proxy.test', lost('dns-failed'));
  assert.deepEqual([candidates.done, candidates.failure?.code], [true, 'proxy-unreachable']);
  candidates.renew();
  assert.equal(renewed.length, 2);
});

test('names whose servers are silent, or whose addresses must not be dialled, are not asked for anew', () => {
  const { candidates, answer, renewed } = world(SITE, { forbidden: { '192.0.2.1': 'egress-denied' } });
  candidates.begin([0, 1]);
  answer('site.test', found('192.0.2.1'));
  answer('proxy.test', lost('dns-failed'));
  candidates.renew();
  assert.deepEqual([renewed, candidates.done], [[], true]);
});

test('an answer that nobody waits for any more goes nowhere, also one that was asked for anew', () => {
  const { candidates, offered, answer, waiters } = world(SITE);
  candidates.begin([0]);
  answer('site.test', found('192.0.2.1'));
  candidates.renew();
  candidates.end();
  assert.equal(waiters.get('site.test')?.size, 0);
  answer('site.test', found('192.0.2.2'));
  assert.deepEqual(offered, ['0 192.0.2.1']);
});
