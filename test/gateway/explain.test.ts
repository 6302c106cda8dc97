// `tcproute explain` as its users run it: real servers, bad and good lines, and a process that ends by itself.
import assert from 'node:assert/strict';
import type { Explanation } from '../../src/main/commands/explain/explain.js';
import { explainText } from '../../src/main/commands/explain/text.js';
import { whyNoCertificate } from '../helpers/certificate.js';
import { DnsServer, deferred } from '../helpers/dns-server.js';
import { explain, explained, HERE, multipath, results } from '../helpers/explain-command.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { bannerServer, echoServer, TestServer } from '../helpers/servers.js';
import { TLS_NAME, tlsServer } from '../helpers/tls-server.js';
import { type TlsTrick, TrickTls } from '../helpers/tls-trick.js';
import { until } from '../helpers/until.js';

inBothEngines('one line dead, one good: who won and why, and what the DNS servers said', async (world) => {
  const server = world.use(await echoServer());
  const dns = world.use(await DnsServer.start({ 'a.test': { A: ['127.0.0.1'], ttl_s: 60 } }));
  const dead = { type: 'socks5', host: '127.0.0.1', port: await freePort(), name: 'dead', username: 'u' };
  const upstream = multipath({ ...dead, password: 'hunter2' }, { type: 'direct', name: 'good' });
  const config = { nameservers: `127.0.0.1:${dns.port}`, upstream, dns: { ...HERE.dns, ipv6: 'off' } };
  const told = await explain(world, config, `A.test:${server.port}`);
  assert.deepEqual([told.status, told.stderr], [0, '']);
  assert.ok(!told.stdout.includes('hunter2'));
  const shape = told.stdout
    .replaceAll(String(server.port), 'PORT')
    .replaceAll(String(dns.port), 'DNS')
    .replaceAll(/ +\d+\.\d(?![\d.])/g, ' N')
    .replaceAll(/\|.*\|/g, '|BAR|');
  assert.equal(
    shape,
    `a.test:PORT

dns
  udp://127.0.0.1:DNS  A N ms  127.0.0.1 (clean)
  lines without a proxy get 127.0.0.1 (ttl 60 s)
  the others leave the name to their proxy

before the race
  next   dead  127.0.0.1: nothing is known of it for this destination
  next   good  127.0.0.1: nothing is known of it for this destination
  nothing goes first: those that are next start all at once

race: 2 attempts, N ms (all times in ms from its beginning)
     line  address     started  connected     asked  first byte
  1  dead  127.0.0.1 N          -         -           -
  2  good  127.0.0.1 N N         -           -

  1  |BAR|  proxy-unreachable
  2  |BAR|  won
     0 N ms
     - connecting   = connected   ~ asked   * first byte   x failed
  1  proxy-unreachable: ECONNREFUSED

won: good 127.0.0.1: the others failed: dead 127.0.0.1 (proxy-unreachable) (reply 00 to the client)
protocol: not tried, the destination waits for the client to speak
`,
  );
});

inBothEngines(
  'a line that connects and is silent loses against one that answers the ClientHello',
  async (world) => {
    const server = world.use(await tlsServer());
    const silent = world.use(await TrickTls.listen('silent'));
    const early = world.use(await TrickProxy.listen({ early: silent.port }));
    // Not before the other one has been asked.
    const asked = deferred();
    const good = world.use(await TrickProxy.listen({ after: asked.promise }));
    const upstream = multipath({ ...early.line, name: 'early' }, { ...good.line, name: 'good' });
    const target = `${TLS_NAME}:${server.port}`;
    const telling = explained(world, { upstream }, target, '--tls');
    await until('the silent server has been asked', () => silent.hellos.length > 0);
    asked.resolve();
    const told = await telling;
    assert.deepEqual([told.status, told.usable, told.resolved, told.target], [0, true, 'by-proxy', target]);
    assert.equal(told.dns, undefined);
    const { race, answer } = told;
    assert.deepEqual([race.target, race.winner, race.reply, race.cause], [target, 1, 0, undefined]);
    assert.ok(answer.kind === 'tls' && answer.protocol === 'TLSv1.3');
    assert.equal(answer.certificate, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    const [first, second] = race.attempts;
    assert.deepEqual([first.line, first.address, second.line], ['early', '127.0.0.1', 'good']);
    assert.deepEqual([race.why, first.result, first.answered_ms], ['answered-first', 'silent', undefined]);
    assert.ok(Number(second.asked_ms) > Number(first.asked_ms));
    assert.ok(Number(second.answered_ms) >= Number(second.asked_ms));
    assert.deepEqual([race.total_ms, first.ended_ms], [second.answered_ms, second.answered_ms]);
    assert.deepEqual(good.asked, [TLS_NAME]);
  },
  30_000,
  whyNoCertificate(),
);

inBothEngines(
  'one line alone has its times to the first byte, too',
  async (world) => {
    const server = world.use(await tlsServer());
    const told = await explained(world, {}, `127.0.0.1:${server.port}`, '--tls');
    assert.deepEqual([told.status, told.resolved, told.race.why], [0, 'literal', 'only-attempt']);
    const [{ started_ms, connected_ms, asked_ms, answered_ms, result }] = told.race.attempts;
    const times = [started_ms, connected_ms, asked_ms, answered_ms].map(Number);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.deepEqual([result, told.race.total_ms], ['connected', answered_ms]);
  },
  30_000,
  whyNoCertificate(),
);

inBothEngines(
  'what a rule blocks is neither resolved nor dialled, and the rule is named with its line',
  async (world) => {
    const config = {
      rules: [
        { domain: 'other.test', use: ['good'] },
        { domain_suffix: 'a.test', block: true },
      ],
    };
    const lines = { upstream: { type: 'direct', name: 'good' } };
    const told = await explained(world, { ...lines, ...config }, 'www.a.test:80');
    assert.deepEqual([told.status, told.resolved, told.dns, told.race.cause], [1, 'blocked', undefined, 'blocked']);
    assert.deepEqual([told.race.rule, told.race.detail, told.race.reply], [1, 'rules[1]', 2]);
    assert.match(String(told.rule), /: line \d+: rules\[1\]$/);
    const text = explainText(told).replaceAll(/\s+/g, ' ');
    assert.match(text, /not asked: a rule blocks the name/);
    assert.match(text, /blocks the destination: \S+ line \d+: rules\[1\] \(reply 02 to the client\)/);
  },
);

inBothEngines(
  'it asks as for another client, and says which rules are passed over',
  async (world) => {
    const server = world.use(await echoServer());
    const config = {
      upstream: multipath({ type: 'direct', name: 'good' }, { type: 'direct', name: 'other' }),
      users: { alice: { password: 'sekrit' } },
      listen: [{ port: 7070, users: false, allow_clients: ['127.0.0.1', '10.0.0.0/8'] }],
      rules: [
        { client: '10.0.0.0/8', user: 'alice', tag: 'work', block: true },
        { client: '10.0.0.0/8', use: ['other'], sticky: 'site' },
        { use: ['good'] },
      ],
    };
    const target = `127.0.0.1:${server.port}`;
    const placesOf = ({ ruled_by, passed_over }: Explanation) =>
      [ruled_by, ...(passed_over ?? [])].map((place) => /rules\[\d\]$/.exec(place ?? '')?.[0]);
    const lan = ['--client', '10.1.2.3', '--user', 'alice'];
    const told = [
      await explained(world, config, target),
      await explained(world, config, target, ...lan),
      await explained(world, config, target, ...lan, '--tag', 'work'),
    ];
    assert.deepEqual(told.map(placesOf), [
      ['rules[2]', 'rules[0]', 'rules[1]'],
      ['rules[1]', 'rules[0]'],
      ['rules[0]'],
    ]);
    assert.deepEqual(
      told.map(({ race }) => race.cause ?? race.attempts[0]?.line),
      ['good', 'other', 'blocked'],
    );
    const shut = await explain(world, config, target, '--client', '8.8.8.8');
    assert.match(shut.stderr, /^warning: the listener 127\.0\.0\.1:7070 closes connections of 8\.8\.8\.8, /);
    assert.match(shut.stdout, /^rules$/m);
  },
  90_000,
);

inBothEngines(
  'it asks as for a user, who has only some lines',
  async (world) => {
    const server = world.use(await echoServer());
    const config = {
      upstream: multipath({ type: 'direct', name: 'good' }, { type: 'direct', name: 'other' }),
      users: {
        alice: { password: 'sekrit', lines: ['other'] },
        bob: { password: 'sekrit' },
      },
      rules: [{ domain: 'good.test', use: ['good'] }],
      hosts: { 'good.test': '127.0.0.1', 'any.test': '127.0.0.1' },
    };
    const asked = (host: string, ...as: string[]) => explained(world, config, `${host}:${server.port}`, ...as);
    const alice = await asked('any.test', '--user', 'alice');
    const told = [await asked('127.0.0.1', '--user', 'alice'), alice, await asked('any.test', '--user', 'bob')];
    assert.deepEqual(
      told.map(({ race, user_lines }) => [new Set(race.attempts.map(({ line }) => line)), user_lines]),
      [
        [new Set(['other']), ['other']],
        [new Set(['other']), ['other']],
        [new Set(['good', 'other']), undefined],
      ],
    );
    const kept = await asked('good.test', '--user', 'alice');
    assert.deepEqual([kept.status, kept.race.cause, kept.race.attempts], [1, 'kept-away', []]);
    assert.equal(kept.race.detail, 'rules[0] leaves only good; user alice may use only other');
    assert.match(explainText(alice), /^the user may use only: other$/m);
    const stranger = await explain(world, config, `any.test:${server.port}`, '--user', 'carol');
    assert.deepEqual([stranger.status, stranger.stderr], [1, 'error: --user: "carol" is not the name of a user\n']);
  },
  90_000,
);

inBothEngines('a target that refuses exits with 1 and the cause', async (world) => {
  const target = `127.0.0.1:${await freePort()}`;
  const told = await explained(world, {}, target);
  assert.deepEqual([told.status, told.usable, told.race.cause, told.race.reply], [1, false, 'refused', 5]);
  assert.deepEqual([results(told), told.race.winner, told.race.why], [[['direct', 'refused']], undefined, undefined]);
  assert.deepEqual(told.answer, { kind: 'not-connected' });
  assert.match(explainText(told), /\nfailed: the connection was refused: ECONNREFUSED \(reply 05 to the client\)\n$/);
});

inBothEngines('what is no TLS, or no word at all, is told and is no success', async (world) => {
  const config = { race: { connect_timeout_ms: 300 } };
  const tricks: readonly (readonly [TlsTrick, RegExp, string])[] = [
    ['silent', /^no handshake within 2300 ms$/, 'connected'],
    ['resets', /./, 'silent'],
    ['ends', /./, 'silent'],
    ['plain-text', /wrong version number|packet length too long/, 'connected'],
    ['alert', /alert handshake failure/, 'silent'],
  ];
  for (const [trick, reason, result] of tricks) {
    const server = world.use(await TrickTls.listen(trick));
    const told = await explained(world, config, `127.0.0.1:${server.port}`, '--tls');
    assert.ok(told.answer.kind === 'tls-failed');
    assert.match(told.answer.reason, reason);
    assert.deepEqual([trick, told.status, told.usable, told.race.winner], [trick, 1, false, 0]);
    assert.deepEqual([trick, told.race.attempts[0].result], [trick, result]);
    assert.equal(server.hellos.length, 1);
  }
});

inBothEngines('without TLS a word of the destination is waited for', async (world) => {
  const banner = world.use(await bannerServer('SSH-2.0-test\r\n'));
  const spoke = await explained(world, {}, `127.0.0.1:${banner.port}`);
  assert.deepEqual([spoke.status, spoke.answer], [0, { kind: 'spoke-first' }]);
  assert.ok(spoke.race.attempts[0].answered_ms !== undefined);
  const ends = world.use(await TestServer.listen((socket) => socket.end()));
  const ended = await explained(world, {}, `127.0.0.1:${ends.port}`);
  assert.deepEqual([ended.status, ended.usable, ended.answer], [1, false, { kind: 'ended' }]);
});
