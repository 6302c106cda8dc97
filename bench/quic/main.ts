// Measures what a flow of QUIC costs before a line carries it: whether a datagram may begin one, the keys, the client's first flight,
// and answers of servers and forgers. Prints microseconds: the median and the best of the rounds. The packets are those of RFC 9001
// appendix A and of Chromium.
// Usage: node dist/bench/quic/main.js
import { FirstFlight, mayBeInitial } from '../../src/protocol/quic/client-initial.js';
import { initialKeys } from '../../src/protocol/quic/initial-keys.js';
import { ServerAnswers } from '../../src/protocol/quic/server-answer.js';
import { VERSION_1 } from '../../src/protocol/quic/versions.js';
import { CHROMIUM_FLIGHT } from '../../test/helpers/quic/captured-flight.js';
import { CHOSEN_ID, VECTORS } from '../../test/helpers/quic/vectors.js';

const ROUNDS = 51;
const IN_ROUND = 500;

const { clientInitial, serverInitial, retry } = VECTORS[1];
const forged = Uint8Array.from(serverInitial);
forged[forged.length - 1] ^= 1;
const ids = { version: VERSION_1, destination: CHOSEN_ID, source: new Uint8Array(0) };
const answers = new ServerAnswers(ids);

function readFlight(...datagrams: readonly Uint8Array[]): void {
  const flight = new FirstFlight();
  for (const datagram of datagrams) flight.feed(datagram, 0, datagram.length);
}

const read = (bytes: Uint8Array) => () => answers.read(bytes, 0, bytes.length);
const CASES: readonly (readonly [what: string, work: () => unknown])[] = [
  ['may a datagram begin a flow of QUIC', () => mayBeInitial(clientInitial, 0, clientInitial.length)],
  ['the keys of one side', () => initialKeys(VERSION_1, CHOSEN_ID, 'client')],
  ['a first flight of one datagram', () => readFlight(clientInitial)],
  ['a first flight of Chromium, of two datagrams', () => readFlight(...CHROMIUM_FLIGHT)],
  [
    "the first answer, with the server's keys",
    () => new ServerAnswers(ids).read(serverInitial, 0, serverInitial.length),
  ],
  ['a further Initial packet of the server', read(serverInitial)],
  ['a Retry', read(retry)],
  ['a forged Initial packet', read(forged)],
];

const rounds = CASES.map((): number[] => []);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [place, [, work]] of CASES.entries()) {
    const begun = performance.now();
    for (let i = 0; i < IN_ROUND; i += 1) work();
    rounds[place].push(((performance.now() - begun) * 1000) / IN_ROUND);
  }
}
for (const [place, [what]] of CASES.entries()) {
  const sorted = rounds[place].sort((a, b) => a - b);
  const [median, best] = [sorted[ROUNDS >> 1], sorted[0]].map((us) => us.toFixed(2).padStart(7));
  console.log(`${what.padEnd(46)} ${median} µs, best ${best} µs`);
}
