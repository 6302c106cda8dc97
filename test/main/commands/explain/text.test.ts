import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Explanation } from '../../../../src/main/commands/explain/explain.js';
import { explainText } from '../../../../src/main/commands/explain/text.js';
import type { AttemptRecord } from '../../../../src/protocol/race/record.js';
import type { ServerAnswer } from '../../../../src/threads/contracts/dns.js';

const attempt: AttemptRecord = {
  line: 'direct',
  address: '192.0.2.1',
  remembered: false,
  started_ms: 0,
  connected_ms: undefined,
  asked_ms: undefined,
  answered_ms: undefined,
  ended_ms: undefined,
  result: 'connected',
};
const server: ServerAnswer = {
  server: 'udp://192.0.2.53:53',
  backup: false,
  type: 'A',
  time_ms: 12.34,
  kind: 'addresses',
  addresses: ['192.0.2.1', '198.51.100.1'],
  ttl_s: 60,
  verdict: 'partly clean',
  why: '198.51.100.1 spoofing',
};

test('the rule that applies, and those that are passed over, stand before all else', () => {
  const linesOf = (more: Partial<Explanation>) =>
    explainText({ ...RESCUED, ...more })
      .split('\n')
      .slice(2, 6);
  const passed_over = ['c.json: line 3: rules[0]', 'c.json: line 5: rules[2]'];
  assert.deepEqual(linesOf({ ruled_by: 'c.json: line 6: rules[3]', passed_over }), [
    'rules',
    '  passed over: c.json: line 3: rules[0] is for other clients',
    '  passed over: c.json: line 5: rules[2] is for other clients',
    '  c.json: line 6: rules[3] applies',
  ]);
  assert.deepEqual(linesOf({ passed_over: passed_over.slice(1) }).slice(2, 4), ['  none applies', '']);
  assert.deepEqual(linesOf({ ruled_by: 'rules[3]' }).slice(0, 3), ['rules', '  rules[3] applies', '']);
});

const RESCUED: Explanation = {
  target: 'a.test:443',
  resolved: 'here',
  dns: {
    name: 'a.test',
    hosts: undefined,
    answers: [
      server,
      { ...server, backup: true, type: 'AAAA', kind: 'no-answer', addresses: [], verdict: 'none', why: 'timed out' },
    ],
    choice: { code: 'found', addresses: ['192.0.2.1'], ttl_s: 60 },
  },
  denied: [],
  unfit: [],
  race: {
    target: 'a.test:443',
    attempts: [
      { ...attempt, remembered: true, connected_ms: 8, asked_ms: 16, ended_ms: 64, result: 'silent' },
      { ...attempt, line: 'second uplink', started_ms: 2, result: 'refused', ended_ms: 4 },
      { ...attempt, line: 'proxy', address: '203.0.113.9', started_ms: 4, result: 'abandoned', ended_ms: 64 },
      { ...attempt, line: 'last', started_ms: 4, connected_ms: 20, asked_ms: 48, answered_ms: 63 },
    ],
    winner: 3,
    why: 'answered-first',
    total_ms: 63,
    reply: 0,
    cause: undefined,
  },
  answer: { kind: 'tls', protocol: 'TLSv1.3', certificate: 'trusted', handshake_ms: 51.26 },
  usable: true,
};

test('names, figures, the waterfall, and why', () => {
  assert.equal(
    explainText(RESCUED),
    `a.test:443

dns
  udp://192.0.2.53:53  A        12.3 ms  192.0.2.1 198.51.100.1 (partly clean: 198.51.100.1
                                         spoofing)
  udp://192.0.2.53:53  AAAA     12.3 ms  no-answer (backup, timed out)
  clients get 192.0.2.1 (ttl 60 s)

race: 4 attempts, 63.0 ms (all times in ms from its beginning)
     line           address       started  connected     asked  first byte
  1  direct         192.0.2.1         0.0        8.0      16.0           -
  2  second uplink  192.0.2.1         2.0          -         -           -
  3  proxy          203.0.113.9       4.0          -         -           -
  4  last           192.0.2.1         4.0       20.0      48.0        63.0

  1  |--------========~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~x|  silent, remembered
  2  |  --x                                                           |  refused
  3  |    ------------------------------------------------------------|  abandoned
  4  |    ----------------============================~~~~~~~~~~~~~~~*|  won
     0                                                         64.0 ms
     - connecting   = connected   ~ asked   * first byte   x failed

won: last 192.0.2.1: it was the first to answer the ClientHello (reply 00 to the client)
tls: TLSv1.3 in 51.3 ms, certificate trusted
`,
  );
});

test('a line that has won since another gateway told of it says so', () => {
  const shown = explainText({ ...RESCUED, race: { ...RESCUED.race, why: 'told' } });
  assert.match(shown, /^won: last 192\.0\.2\.1: it works for another gateway, as that has told/m);
});

test('a race that is lost says the cause, and nothing of a protocol', () => {
  const lost: Explanation = {
    target: '192.0.2.1:80',
    resolved: 'literal',
    dns: undefined,
    denied: [],
    unfit: [],
    race: {
      target: '192.0.2.1:80',
      attempts: [{ ...attempt, ended_ms: 0, result: 'refused' }],
      winner: undefined,
      why: undefined,
      total_ms: 0,
      reply: 5,
      cause: 'refused',
    },
    answer: { kind: 'not-connected' },
    usable: false,
  };
  assert.equal(
    explainText(lost),
    `192.0.2.1:80

race: 1 attempt, 0.0 ms (all times in ms from its beginning)
     line    address     started  connected     asked  first byte
  1  direct  192.0.2.1       0.0          -         -           -

  1  |x                                                               |  refused
     0                                                          0.0 ms
     - connecting   = connected   ~ asked   * first byte   x failed

failed: the connection was refused (reply 05 to the client)
`,
  );
});

test('without any attempt there is no waterfall', () => {
  const { race } = RESCUED;
  const nothing = { ...race, attempts: [], winner: undefined, why: undefined, reply: 4, cause: 'dns-failed' } as const;
  const text = explainText({ ...RESCUED, resolved: 'by-proxy', race: nothing, answer: { kind: 'not-connected' } });
  assert.equal(
    text,
    `a.test:443

dns
  not asked: every line that may be used leaves names to its proxy

race: nothing could be tried

failed: no DNS server gave an answer (reply 04 to the client)
`,
  );
});

test('addresses that the egress policy leaves out are named, with the entry that denies them', () => {
  const denied = [{ address: '127.0.0.1', why: 'by default: loopback 127.0.0.0/8' }];
  assert.match(
    explainText({ ...RESCUED, denied }),
    /\nleft out by the egress policy: 127\.0\.0\.1 \(by default: loopback 127\.0\.0\.0\/8\)\n\nrace: /,
  );
});

test('lines that cannot carry the target are named, with the reason', () => {
  const unfit = [
    { line: 'old', why: 'the last proxy of the line has no addresses of this kind (SOCKS4 has no IPv6 addresses)' },
  ];
  assert.match(
    explainText({ ...RESCUED, unfit }),
    /\nleft out: old: the last proxy of the line has no addresses of this kind \(SOCKS4 has no IPv6\n +addresses\)\n\nrace: /,
  );
});

test('the causes of the others are told where they decided', () => {
  const { attempts } = RESCUED.race;
  const race = { ...RESCUED.race, why: 'others-failed', attempts: [attempts[1], attempts[3]], winner: 1 } as const;
  const text = explainText({ ...RESCUED, race, answer: { kind: 'waits' } });
  assert.deepEqual(text.split('\n').slice(-3), [
    'won: last 192.0.2.1: the others failed: second uplink 192.0.2.1 (refused) (reply 00 to the client)',
    'protocol: not tried, the destination waits for the client to speak',
    '',
  ]);
});

test('what servers and proxies say is shown without its control characters', () => {
  const wild = '\x1b[2J\r\u202e';
  const answers = [{ ...server, kind: wild, addresses: [], why: wild }];
  const dns = { ...RESCUED.dns!, answers, choice: { code: 'failed', reason: wild } as const };
  const text = explainText({ ...RESCUED, target: wild, dns, answer: { kind: 'tls-failed', reason: wild } });
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  assert.equal(text.split('\\x1b[2J\\x0d\\u{202e}').length, 6);
});

test('no line is longer than 100 columns, whatever is in it', () => {
  const long = 'socks5 a-very-long-name.of-a-proxy.example.org:10800 > another-one.example.org:10801 from 192.0.2.10';
  const address = '2001:db8:1111:2222:3333:4444:5555:6666';
  const wide = { ...attempt, line: long, address, started_ms: 123_456.7, ended_ms: 1e7, result: 'refused' } as const;
  const why = 'w'.repeat(300);
  const answers = [{ ...server, server: `https://${long}`, addresses: new Array<string>(20).fill(address), why }];
  const text = explainText({
    ...RESCUED,
    dns: { ...RESCUED.dns!, hosts: new Array<string>(9).fill(address), answers },
    race: { ...RESCUED.race, attempts: new Array<AttemptRecord>(12).fill(wide), winner: 11, why: 'others-failed' },
    answer: { kind: 'tls-failed', reason: `${why} ${why}` },
  });
  const lengths = text.split('\n').map((line) => line.length);
  assert.equal(Math.max(...lengths), 100);
});

test('budgets are told with what is used of them', () => {
  const budget = {
    name: 'phone',
    used: 1_200_000_000,
    bytes: 50_000_000_000,
    begins: '2026-11-01',
    ends: '2026-12-01',
  };
  const budgets = [{ ...budget, is_spent: false, lines: ['phone', 'phone by proxy'] }];
  const lines = explainText({ ...RESCUED, budgets, budgets_of: 'running' }).split('\n');
  const place = lines.indexOf('budgets, in the gateway that runs');
  assert.match(lines.slice(place + 1, place + 3).join(' '), /phone: 1\.2 GB of 50 GB used since 2026-11-01/);
});
