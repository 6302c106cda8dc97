// The text of an explanation of datagrams.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowExplanation } from '../../../../src/main/commands/explain/flow.js';
import { flowText, reasonText } from '../../../../src/main/commands/explain/flow-text.js';
import { quicStarts } from '../../../../src/main/commands/explain/quic-starts.js';
import type { FlowReason } from '../../../../src/protocol/udp/flow-outlook.js';

const REASONS: Readonly<Record<FlowReason['kind'], readonly [FlowReason, RegExp]>> = {
  remembered: [{ kind: 'remembered' }, /remembered as the best/],
  'tried-again': [{ kind: 'tried-again' }, /cheaper .* tried again/],
  connects: [{ kind: 'connects' }, /connections .* best over it/],
  doubted: [{ kind: 'doubted' }, /have failed over it/],
  silent: [{ kind: 'silent' }, /no answers lately/],
  dead: [{ kind: 'dead' }, /nothing gets through/],
  out: [{ kind: 'out' }, /link is down, or its proxy/],
  'not-asked': [{ kind: 'not-asked' }, /not been asked lately/],
  'not-reached': [
    { kind: 'not-reached', ago_ms: 12_000, cause: 'proxy-unreachable' },
    /12 s ago .* in vain: a proxy .* cannot be reached/,
  ],
  'not-said': [{ kind: 'not-said', ago_ms: 12_000, cause: 'proxy-protocol' }, /asked 12 s ago .*: the proxy broke/],
  relays: [{ kind: 'relays', ago_ms: 61_000 }, /said 61 s ago/],
  'kept-away': [{ kind: 'kept-away' }, /rule leaves it out/],
  'not-for-user': [{ kind: 'not-for-user' }, /user may not/],
  'steered-away': [{ kind: 'steered-away' }, /operator has paused/],
  'address-unfit': [
    { kind: 'address-unfit', address: '192.0.2.1', cause: 'kept-away', detail: undefined },
    /^192.0.2.1: a rule of the configuration keeps the address to other lines$/,
  ],
  unfit: [{ kind: 'unfit', cause: 'line-no-udp', detail: 'because' }, /relays no datagrams \(because\)/],
};

test('each reason in words', () => {
  for (const [reason, words] of Object.values(REASONS)) assert.match(reasonText(reason), words);
});

const EXPLANATION: FlowExplanation = {
  target: 'site.test:443',
  ruled_by: 'c.json: line 3: rules[0]',
  flow: {
    lines: [
      {
        line: 'direct',
        why: [],
        addresses: [
          {
            ...{ address: '203.0.113.1', turn: 1, why: [{ kind: 'remembered' }] },
            ...{ answers_ms: 12.5, late_ms: 57.5, worked_ms: 3000 },
          },
          { address: '2001:db8::1', turn: 3, why: [], answers_ms: undefined, late_ms: 1000, worked_ms: undefined },
        ],
      },
      {
        line: 'socks',
        why: [{ kind: 'not-asked' }],
        addresses: [
          { address: undefined, turn: 2, why: [], answers_ms: undefined, late_ms: 1000, worked_ms: undefined },
        ],
      },
      { line: 'web', why: [{ kind: 'unfit', cause: 'line-no-udp', detail: undefined }], addresses: [] },
    ],
  },
  flow_of: 'running',
  usable: true,
};

test('turns, what is known of each, and when a flow moves', () => {
  const text = flowText(EXPLANATION);
  assert.equal(
    text,
    `datagrams to site.test:443

rules
  c.json: line 3: rules[0] applies

lines for a flow that begins now, in the gateway that runs
    1  direct  203.0.113.1: it is remembered as the best, answers in 12.5 ms, worked 3 s ago, late
               after 57.5 ms
    3          2001:db8::1: late after 1000.0 ms
    2  socks   its proxy has not been asked lately whether it relays datagrams; its proxy resolves
               the name: late after 1000.0 ms
never  web     a proxy of the line relays no datagrams

the first one carries it; while nothing has come back, a flow moves to the next one when its way
fails, the network reports an error, or some datagrams have had no answer for seconds
`,
  );
});

test('when the first flight of a QUIC connection goes out', () => {
  const text = flowText({ ...EXPLANATION, quic: quicStarts(EXPLANATION.flow).slice(0, 2) });
  assert.match(text, /^QUIC to site.test:443\n/);
  assert.match(text, /203.0.113.1: it is remembered as the best, gets the first flight after 0.0 ms/);
  assert.match(text, /name: gets the\s+first flight after 57.5 ms/);
  assert.match(text, /2001:db8::1: gets no flight/);
  assert.match(text, /\nthe first flight goes out over one line after the other/);
});

test('a refusal, and texts from elsewhere', () => {
  const refused = { cause: 'blocked', sentence: 'a rule\u001b[31m blocks it' } as const;
  const text = flowText({ ...EXPLANATION, flow_of: 'own', flow: { refused, lines: EXPLANATION.flow.lines.slice(2) } });
  assert.match(text, /\nlines for a flow that begins now\nnever {2}web/);
  assert.match(text, /\nrefused: a rule/);
  assert.equal(text.includes('\u001b'), false);
});
