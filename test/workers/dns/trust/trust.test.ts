import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { Options } from '../../../../src/protocol/options.js';
import type { BadAddressChange } from '../../../../src/protocol/trust/evidence.js';
import type { TrustOptions } from '../../../../src/protocol/trust-options.js';
import { serve } from '../../../../src/threads/port.js';
import type { Reply } from '../../../../src/workers/dns/ask/exchange.js';
import { Trust, type TrustParts } from '../../../../src/workers/dns/trust/trust.js';
import { defaultOptions } from '../../../helpers/default-options.js';
import { Injector } from '../../../helpers/injector.js';
import { until } from '../../../helpers/until.js';

const SERVER = { id: 'udp://8.8.8.8:53', public: true };
const FORGED = '8.7.198.45';
const HOUR_MS = 3_600_000;

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A connection actor: what it has been told, and a wait until that many pushes have come. */
function subscriptionTo(trust: Trust) {
  const { port1: near, port2: far } = new MessageChannel();
  const pushes: { changes: readonly BadAddressChange[]; whole: boolean }[] = [];
  let pushed = (): void => {};
  const subscriber = {
    async badAddressesChanged(changes: readonly BadAddressChange[], whole: boolean) {
      pushes.push({ changes, whole });
      pushed();
    },
  };
  serve(subscriber, near);
  trust.subscribe(far);
  ends.push(() => near.close());
  const count = async (wanted: number): Promise<void> => {
    while (pushes.length < wanted) {
      await new Promise<void>((resolve) => {
        pushed = resolve;
      });
    }
  };
  return { pushes, count, near, far };
}

test('the list of the last run serves from the first answer on, and until the first probe is done', async () => {
  const state_file = path.join(directory(), 'bad.json');
  const clock = { ms: 1000 };
  const before = makeTrust({ state_file }, { clock, hijacked: true });
  await probed(before);
  await before.stop();
  // Long after all evidence has expired.
  clock.ms += 1000 * HOUR_MS;
  const after = makeTrust({ state_file }, { clock, hijacked: false });
  assert.equal(after.judge(SERVER, 'site.com', [FORGED]).suspect, true);
  await probed(after);
  assert.equal(after.judge(SERVER, 'site.com', [FORGED]).suspect, false);
});

test('what the first probe finds again was bad all the time', async () => {
  const state_file = path.join(directory(), 'bad.json');
  const clock = { ms: 1000 };
  const before = makeTrust({ state_file }, { clock, hijacked: true });
  await probed(before);
  await before.stop();
  clock.ms += 1000 * HOUR_MS;
  const after = makeTrust({ state_file }, { clock, hijacked: true });
  const { pushes, count } = subscriptionTo(after);
  await count(1);
  await probed(after);
  await count(2);
  const seen = pushes.flatMap(({ changes }) => changes.map(({ verdict }) => verdict));
  assert.ok(seen.length > 0 && seen.every((verdict) => verdict !== undefined));
  assert.equal(after.list()[0]?.evidence[0]?.since, 1000);
});

test('without probes the last list serves only as long as its evidence would have', async () => {
  const state_file = path.join(directory(), 'bad.json');
  const clock = { ms: 1000 };
  const before = makeTrust({ state_file }, { clock, hijacked: true });
  await probed(before);
  await before.stop();
  const { probe } = defaultOptions().dns;
  const off = makeTrust({ state_file, probe: { ...probe, enabled: 'off' } }, { clock });
  assert.equal(off.list().length, 1);
  clock.ms += 1000 * HOUR_MS;
  assert.equal(makeTrust({ state_file, probe: { ...probe, enabled: 'off' } }, { clock }).list().length, 0);
});

test('a state file that cannot be used is warned of once, ignored, and replaced', async () => {
  const folder = directory();
  for (const [name, text] of Object.entries({
    'older.json': '{"format":"tcproute-bad-addresses","version":0,"addresses":[]}',
    'damaged.json': '{"format":"tcproute-bad-addresses","version":1,"addresses":[{"address":"x"}]}',
  })) {
    const state_file = path.join(folder, name);
    writeFileSync(state_file, text);
    const warnings: string[] = [];
    const trust = makeTrust({ state_file }, { warnings, hijacked: true });
    assert.deepEqual(trust.list(), []);
    await probed(trust);
    await trust.stop();
    assert.equal(warnings.length, 1, name);
    assert.match(warnings[0] as string, new RegExp(`${name} is ignored: `));
    assert.equal(JSON.parse(readFileSync(state_file, 'utf8')).addresses.length, 1);
  }
});

test('a file that is not one of ours is warned of, ignored and left as it is', async () => {
  const state_file = path.join(directory(), 'notes.txt');
  writeFileSync(state_file, 'not JSON {');
  const warnings: string[] = [];
  const trust = makeTrust({ state_file }, { warnings, hijacked: true });
  assert.deepEqual(trust.list(), []);
  await probed(trust);
  await trust.stop();
  assert.deepEqual(
    warnings.map((text) => text.replace(state_file, 'FILE')),
    [warnings[0]?.replace(state_file, 'FILE'), 'FILE cannot be written: what is in it was not written by this program'],
  );
  assert.match(warnings[0] as string, /notes\.txt is ignored: /);
  assert.equal(readFileSync(state_file, 'utf8'), 'not JSON {');
});

test('no state file is no news; it is written whole, for nobody else, and nothing is left beside it', async () => {
  const folder = directory();
  const warnings: string[] = [];
  const trust = makeTrust({ state_file: path.join(folder, 'bad.json') }, { warnings, hijacked: true });
  await probed(trust);
  await trust.stop();
  assert.deepEqual(warnings, []);
  assert.deepEqual(readdirSync(folder), ['bad.json']);
  assert.equal(statSync(path.join(folder, 'bad.json')).mode & 0o777, 0o600);
});

test('a state file that cannot be written is warned of once', async () => {
  const folder = directory();
  // Whoever may do everything may not replace a directory with a file.
  mkdirSync(path.join(folder, 'bad.json'));
  mkdirSync(path.join(folder, 'bad.json', 'within'));
  const warnings: string[] = [];
  const trust = makeTrust({ state_file: path.join(folder, 'bad.json') }, { warnings, hijacked: true });
  await probed(trust);
  await trust.stop();
  assert.equal(warnings.filter((text) => text.includes('cannot be written')).length, 1);
  assert.deepEqual(readdirSync(folder), ['bad.json']);
});

test('whoever subscribes is told everything that stands, then each change, until it goes', async () => {
  const trust = makeTrust({});
  trust.injected(SERVER.id, 'site.com', [FORGED]);
  const { pushes, count, far, near } = subscriptionTo(trust);
  await count(1);
  assert.deepEqual(
    pushes.map(({ changes, whole }) => [changes.map(({ address }) => address), whole]),
    [[[FORGED], true]],
  );
  trust.undo(FORGED);
  await count(2);
  assert.deepEqual(pushes[1], { changes: [{ address: FORGED, verdict: undefined }], whole: false });
  const gone = new Promise((resolve) => far.once('close', resolve));
  near.close();
  await gone;
  trust.injected(SERVER.id, 'site.com', [FORGED]);
  assert.equal(pushes.length, 2);
});

test('what expires is told too', async () => {
  const clock = { ms: 0 };
  const trust = makeTrust({ bad_ttl_s: 10 }, { clock });
  trust.injected(SERVER.id, 'site.com', [FORGED]);
  const { pushes, count } = subscriptionTo(trust);
  await count(1);
  clock.ms = 9999;
  trust.expire();
  assert.equal(trust.list().length, 1);
  clock.ms = 10_000;
  trust.expire();
  await count(2);
  // Nothing was pushed between them: pushes come in their order.
  assert.deepEqual(pushes[1].changes, [{ address: FORGED, verdict: undefined }]);
});

test('an injected address that shows a certificate for another name is bad only where it was injected', async () => {
  const injector = await Injector.start({ 'www.one.com': [FORGED], 'www.other.org': [FORGED] });
  ends.push(() => injector.close());
  const probe = {
    ...defaultOptions().dns.probe,
    names: ['www.one.com', 'www.other.org'],
    phantom_servers: [injector.at],
  };
  const clock = { ms: 0 };
  const asked: string[] = [];
  const verified = { yes: false };
  const verify: TrustParts['verify'] = (address, name) => {
    asked.push(`${address} ${name}`);
    return { outcome: Promise.resolve(verified.yes), end: () => {} };
  };
  const trust = makeTrust({ probe: { ...probe, rounds: 1 } }, { clock, verify });
  await probed(trust);
  assert.equal(trust.judge(SERVER, 'www.one.com', [FORGED]).suspect, true);
  assert.deepEqual(asked, []);
  assert.equal(trust.judge(SERVER, 'live.net', [FORGED]).suspect, true);
  assert.deepEqual(asked, [`${FORGED} live.net`]);
  // Not at every lookup.
  trust.judge(SERVER, 'live.net', [FORGED]);
  assert.equal(asked.length, 1);
  clock.ms += HOUR_MS;
  verified.yes = true;
  const { count } = subscriptionTo(trust);
  await count(1);
  assert.equal(trust.judge(SERVER, 'live.net', [FORGED]).suspect, true);
  await count(2);
  assert.equal(trust.judge(SERVER, 'live.net', [FORGED]).suspect, false);
  assert.equal(trust.judge(SERVER, 'www.one.com', [FORGED]).suspect, true);
});

test('that all DNS traffic is taken over is warned of once', async () => {
  const injector = await Injector.start({ '*': ['93.184.216.34'] });
  ends.push(() => injector.close());
  const warnings: string[] = [];
  const probe = { ...defaultOptions().dns.probe, phantom_servers: [injector.at], rounds: 1 };
  const trust = makeTrust({ probe }, { warnings });
  await probed(trust);
  await probed(trust);
  assert.equal(warnings.length, 1);
  assert.deepEqual(trust.list(), []);
});

test('connections clear, suspect and absolve', () => {
  const trust = makeTrust({});
  const observed = (address: string, result: 'tls' | 'failed'): void =>
    trust.observed([{ name: 'site.com', address, result }]);
  for (let i = 0; i < 2; i += 1) observed(FORGED, 'failed');
  observed('93.184.216.34', 'tls');
  assert.deepEqual(trust.judge(SERVER, 'site.com', [FORGED, '93.184.216.34']).clean, ['93.184.216.34', FORGED]);
  observed(FORGED, 'tls');
  assert.deepEqual(trust.judge(SERVER, 'site.com', [FORGED, '93.184.216.34']).clean, [FORGED, '93.184.216.34']);
  assert.deepEqual(trust.list(), []);
});

test('one that takes the place of another has its evidence, and writes the state file in its place', async () => {
  const state_file = path.join(directory(), 'bad');
  const clock = { ms: 1000 };
  const before = makeTrust({ state_file }, { hijacked: true, clock });
  await probed(before);
  assert.deepEqual(before.judge(SERVER, 'site.com', [FORGED]).clean, []);
  const after = makeTrust({ state_file }, { hijacked: true, clock, evidence: before.evidence() });
  assert.deepEqual(after.judge(SERVER, 'site.com', [FORGED]).clean, []);
  assert.deepEqual(after.list(), before.list());
  await before.retire();
  await before.save();
  const written = existsSync(state_file) ? readFileSync(state_file, 'utf8') : '';
  after.undo(FORGED);
  await before.save();
  assert.equal(existsSync(state_file) ? readFileSync(state_file, 'utf8') : '', written);
  await after.save();
  assert.doesNotMatch(readFileSync(state_file, 'utf8'), new RegExp(FORGED));
});

test('what an operator says and undoes is written at once, and is there after a restart', async () => {
  const state_file = path.join(directory(), 'bad');
  const before = makeTrust({ state_file });
  const written = (): string => (existsSync(state_file) ? readFileSync(state_file, 'utf8') : '');
  for (let octet = 1; octet < 10; octet += 1) before.say(`198.51.100.${octet}`, undefined, Number.POSITIVE_INFINITY);
  before.say(FORGED, 'site.com', HOUR_MS);
  await until('it is written', () => written().includes(FORGED));
  const after = makeTrust({ state_file });
  assert.deepEqual(after.list(), before.list());
  assert.deepEqual(after.judge(SERVER, 'site.com', [FORGED, '198.51.100.1']).clean, []);
  before.undo(FORGED);
  await until('that is written too', () => !written().includes(FORGED));
});

test('what another gateway says is pushed to connection actors, and own eyes go before it', async () => {
  const clock = { ms: 1000 };
  const trust = makeTrust({}, { clock });
  const { pushes, count } = subscriptionTo(trust);
  await count(1);
  const word = (address: string, name = 'site.com') => ({
    ...{ gateway: 'b', address, name, suspects: false, for_ms: HOUR_MS },
  });
  trust.siteSays([word(FORGED)], [], 3);
  await count(2);
  assert.deepEqual(
    pushes[1]?.changes.map(({ address, verdict }) => [address, verdict?.told]),
    [[FORGED, ['site.com']]],
  );
  // It answers TLS here: the word is over, and counts for nothing when it is said again.
  trust.observed([{ name: 'site.com', address: FORGED, result: 'tls' }]);
  await count(3);
  assert.deepEqual(pushes[2]?.changes, [{ address: FORGED, verdict: undefined }]);
  const mapped = `::ffff:${FORGED}`;
  trust.siteSays([word(FORGED), word(mapped), word('2002:807:c62d::1'), word(FORGED, 'other.org')], [], 3);
  assert.deepEqual(trust.find(FORGED)?.verdict.told, ['other.org']);
  // What has failed here since then may be said again.
  trust.observed([{ name: 'site.com', address: FORGED, result: 'failed' }]);
  trust.siteSays([word(FORGED)], [], 3);
  assert.deepEqual(trust.find(FORGED)?.verdict.told, ['other.org', 'site.com']);
  trust.siteSays([], [{ gateway: 'b', address: FORGED }], 3);
  assert.equal(trust.find(FORGED), undefined);
});

test('that a connection works without TLS does not clear what others say', () => {
  const trust = makeTrust({});
  trust.siteSays([{ gateway: 'b', address: FORGED, name: 'site.com', suspects: false, for_ms: 1000 }], [], 3);
  trust.observed([{ name: 'site.com', address: FORGED, result: 'plain' }]);
  assert.deepEqual(trust.find(FORGED)?.verdict.told, ['site.com']);
});

interface Surroundings {
  readonly clock?: { readonly ms: number };
  readonly warnings?: string[];
  readonly evidence?: string;
  /** Whether the server makes an address up for names that do not exist. */
  readonly hijacked?: boolean;
  readonly verify?: TrustParts['verify'];
}

function makeTrust(dns: Partial<TrustOptions>, surroundings: Surroundings = {}): Trust {
  const { clock = { ms: 0 }, warnings = [], hijacked = false, verify, evidence } = surroundings;
  const defaults = defaultOptions();
  const probe = { ...defaults.dns.probe, phantom_servers: [], rounds: 1 };
  const { id } = SERVER;
  const options: Options = {
    ...defaults,
    nameservers: [{ kind: 'udp', id, host: '8.8.8.8', port: 53, path: '', via: undefined }],
    dns: { ...defaults.dns, try_timeout_ms: 100, probe, ...dns },
  };
  const trust = new Trust(options, {
    ask: (_server, { type }, hear) => {
      const isForged = hijacked && type === 'A';
      const reply: Reply = isForged
        ? { kind: 'addresses', addresses: [FORGED], ttl_s: 60 }
        : { kind: 'nxdomain', ttl_s: undefined };
      queueMicrotask(() => hear(reply));
      return { cancel: () => {} };
    },
    warn: (message) => warnings.push(message),
    now: () => clock.ms,
    evidence,
    ...(verify === undefined ? {} : { verify }),
  });
  ends.push(() => trust.stop());
  return trust;
}

async function probed(trust: Trust): Promise<void> {
  trust.start();
  const before = trust.probed.probes;
  while (trust.probed.probes === before) await new Promise((next) => setImmediate(next));
}

function directory(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'tcproute-trust-'));
  ends.push(() => rmSync(made, { recursive: true }));
  return made;
}
