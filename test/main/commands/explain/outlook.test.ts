// The words for what a race is about to do: a sentence for every reason, and lines of at most 100 columns.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outlookLines } from '../../../../src/main/commands/explain/outlook.js';
import { USUAL } from '../../../../src/protocol/lines/preference.js';
import type { AddressOutlook, LineOutlook } from '../../../../src/protocol/race/outlook/outlook.js';
import type { Reason } from '../../../../src/protocol/race/outlook/reason.js';

const UNMEASURED = { connect_ms: undefined, first_byte_ms: undefined, worked_ms: undefined };

const address = (more: Partial<AddressOutlook> = {}): AddressOutlook => ({
  ...{ address: '192.0.2.1', turn: 'others', starts_ms: 0, why: [{ kind: 'unknown' }], ...UNMEASURED, ...more },
});
const line = (more: Partial<LineOutlook> = {}): LineOutlook => ({
  ...{ line: 'home', ...USUAL, turn: 'others', why: [], addresses: [address()], ...more },
});

/** Each kind must be here. */
const REASONS: { readonly [Kind in Reason['kind']]: readonly [Extract<Reason, { kind: Kind }>, RegExp] } = {
  'kept-away-by-rule': [{ kind: 'kept-away-by-rule' }, /rule .* leaves it out/],
  'not-for-user': [{ kind: 'not-for-user' }, /client may not use it/],
  paused: [{ kind: 'paused' }, /paused by an operator/],
  pinned: [{ kind: 'pinned', all: false }, /the destination is pinned to it .*no other is used, also while it fails/],
  'pinned-elsewhere': [
    { kind: 'pinned-elsewhere', line: 'office', all: true },
    /all destinations are pinned to office/,
  ],
  'down-elsewhere': [{ kind: 'down-elsewhere', gateway: 'b' }, /gateway b says that it is down.*for a moment/],
  'false-elsewhere': [{ kind: 'false-elsewhere' }, /other gateways say that the address is false.*for a moment/],
  'link-down': [{ kind: 'link-down' }, /interface or address .* is down/],
  'circuit-open': [{ kind: 'circuit-open', failures: 3, for_ms: 42_000 }, /3 failures in a row.*another 42 s/],
  'circuit-trial': [{ kind: 'circuit-trial', failures: 3 }, /trial is due/],
  'answers-early': [{ kind: 'answers-early' }, /"connected" before it is/],
  'another-is-kept': [{ kind: 'another-is-kept', line: 'office' }, /keeps office/],
  kept: [{ kind: 'kept' }, /sticky rule keeps it/],
  'carries-neighbour': [
    { kind: 'carries-neighbour', neighbour: 'www.example.com:443', ago_ms: 5000 },
    /neighbour is carried by it: www\.example\.com:443, 5 s ago/,
  ],
  'told-by-gateway': [
    { kind: 'told-by-gateway', gateway: 'b', ago_ms: 12_000 },
    /ordered by a hint of gateway b, 12 s old/,
  ],
  'mute-elsewhere': [{ kind: 'mute-elsewhere', gateway: 'b' }, /gateway b says that it connects there, and does not/],
  hearsay: [{ kind: 'hearsay' }, /as another gateway had said: all race once/],
  best: [{ kind: 'best' }, /best of what is remembered/],
  unknown: [{ kind: 'unknown' }, /nothing is known/],
  'not-better': [{ kind: 'not-better' }, /not clearly faster/],
  'race-is-due': [{ kind: 'race-is-due', raced_ms: 7_200_000 }, /all are to race again: they last did 2 h ago/],
  failing: [
    { kind: 'failing', cause: 'reset', failures: 1, for_ms: 1500 },
    /another 1500 ms after 1 failure \(reset\)/,
  ],
  'failed-lately': [{ kind: 'failed-lately', cause: 'silent', ago_ms: 180_000 }, /3 min ago .*destination's own/],
  mute: [{ kind: 'mute' }, /does not count until it answers/],
  'held-back': [{ kind: 'held-back', by: 'tier', starts_ms: 80 }, /its tier holds it back: it starts after 80\.0 ms/],
  carries: [
    { kind: 'carries', way: 'down', bytes_s: 19_800_000, ago_ms: 3000 },
    /carries 19\.8 MB a second to clients in bulk for this site \(measured 3 s ago\)/,
  ],
  'home-trial-due': [{ kind: 'home-trial-due' }, /is tried beside that now/],
  'home-trial-later': [{ kind: 'home-trial-later', for_ms: 42_000 }, /in 42 s at the earliest/],
  unproven: [{ kind: 'unproven' }, /not worked since its last failure/],
  dead: [{ kind: 'dead' }, /counts as dead/],
  'budget-spent': [
    { kind: 'budget-spent', budgets: 1, tier: 1 },
    /its budget is spent: it goes back by one tier \(0 becomes 1\)/,
  ],
  dearer: [{ kind: 'dearer', by: 'tier' }, /its tier is behind that of the first/],
  'worked-before': [{ kind: 'worked-before' }, /it worked before that/],
  gone: [{ kind: 'gone', to: '192.0.2.9', ago_ms: 3000 }, /no longer has this address.* 3 s ago \(now 192.0.2.9\)/],
  'kept-though-moved': [{ kind: 'kept-though-moved', to: undefined, ago_ms: 3000 }, /keeps the address until it fails/],
  'stands-in': [{ kind: 'stands-in', from: '192.0.2.9' }, /stands in for 192.0.2.9/],
  'worked-too-long-ago': [{ kind: 'worked-too-long-ago', ago_ms: 10_800_000 }, /worked 3 h ago, longer than cache/],
  'suspect-address': [{ kind: 'suspect-address' }, /suspected/],
  forbidden: [{ kind: 'forbidden', cause: 'egress-denied' }, /egress/],
};

test('every reason has its words, on lines of at most 100 columns', () => {
  for (const [reason, words] of Object.values(REASONS)) {
    const lines = outlookLines({ alone_ms: undefined, stagger_ms: 0, lines: [line({ why: [reason] })] });
    assert.match(lines.join(' ').replaceAll(/\s+/g, ' '), words);
    assert.deepEqual(
      lines.filter(({ length }) => length > 100),
      [],
    );
  }
});

test('cost is a reason of its own, and several spent budgets are counted', () => {
  const said = (reason: Reason) =>
    outlookLines({ alone_ms: undefined, stagger_ms: 0, lines: [line({ why: [reason] })] }).join(' ');
  assert.match(said({ kind: 'dearer', by: 'cost' }), /its cost counts: with that, it is not clearly faster/);
  assert.match(
    said({ kind: 'budget-spent', budgets: 2, tier: 3 }).replaceAll(/\s+/g, ' '),
    /2 of its budgets are spent: it goes back by 2 tiers \(1 becomes 3\)/,
  );
});

test('lines stand in the order of their turns, with what is known of their addresses', () => {
  const lines = [
    line({
      turn: 'first',
      addresses: [
        address({ turn: 'first', why: [{ kind: 'best' }], connect_ms: 12.34, first_byte_ms: 20, worked_ms: 3000 }),
        address({ address: '192.0.2.2' }),
        address({ address: '192.0.2.3' }),
      ],
    }),
    line({ line: 'phone', tier: 1, cost_ms: 20, turn: 'never', why: [{ kind: 'not-for-user' }], addresses: [] }),
    line({ line: 'office', turn: 'never', addresses: [] }),
  ];
  assert.deepEqual(outlookLines({ alone_ms: 99.06, stagger_ms: 0, lines }), [
    'before the race',
    '  first  home    192.0.2.1: the best of what is remembered (connects in 12.3 ms, answers in 20.0 ms,',
    '                 worked 3 s ago)',
    '  next           192.0.2.2, 192.0.2.3: nothing is known of it for this destination',
    '  never  phone   tier 1, cost 20 ms; the client may not use it',
    '  never  office  no address is known',
    '  those that are next start when the first has failed, or has not connected after 99.1 ms',
    '',
  ]);
});

test('without a first one it is told how the others start', () => {
  const lines = [line(), line({ line: 'phone' })];
  const start = (stagger_ms: number) => outlookLines({ alone_ms: undefined, stagger_ms, lines }).at(-2);
  assert.equal(start(0), '  nothing goes first: those that are next start all at once');
  assert.equal(start(250), '  nothing goes first: those that are next start one every 250 ms');
});

test('nothing is said where no race begins, and where there is one address of which nothing is known', () => {
  assert.deepEqual(outlookLines(undefined), []);
  const of = (one: LineOutlook) => outlookLines({ alone_ms: undefined, stagger_ms: 0, lines: [one] }).length;
  assert.equal(of(line()), 0);
  assert.notEqual(of(line({ addresses: [address({ why: [{ kind: 'mute' }] })] })), 0);
  assert.notEqual(of(line({ why: [{ kind: 'answers-early' }], addresses: [] })), 0);
});
