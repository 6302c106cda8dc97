// What becomes of a client that asks for an association and gets none: it is on record, it counts, and nothing is sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Handler, Socket } from '../../../src/linux/engine/socket.js';
import { SOCKS5_REPLIES } from '../../../src/protocol/inbound/socks5.js';
import { usualQuiet } from '../../../src/protocol/quiet/quiet.js';
import { type Failure, failureOf } from '../../../src/protocol/race/failure.js';
import { UdpCounts } from '../../../src/threads/shared/udp-counts.js';
import { beginAssociation } from '../../../src/workers/connection/begin-association.js';
import { UdpTally } from '../../../src/workers/connection/udp/tally.js';

class Nobody extends Handler {}

const LIMIT = failureOf('client-limit');
const NO_PORT = failureOf('out-of-resources');
const LOOP = failureOf('loop');

for (const [why, failure] of [
  ['its network is over a limit', LIMIT],
  ['there is no port', NO_PORT],
  ['it has come through too many gateways', LOOP],
] as const) {
  test(`a client is refused, on record and counted: ${why}`, () => {
    const counts = new UdpCounts(UdpCounts.create());
    const recorded: string[] = [];
    const never = () => assert.fail('there is no association');
    const only = (one: Failure): Failure | undefined => (failure === one ? one : undefined);
    const parts = {
      engine: { now: 1, sendCopy: never },
      egress: { mayGoOn: () => only(LOOP) ?? ({ code: 'allowed' } as const) },
      failures: { lost: () => {} },
      limits: { associated: () => only(LIMIT) },
      records: {
        targeted: (_: number, { host, port }: { host: string; port: number }) => recorded.push(`${host}:${port}`),
        replied: never,
        associated: never,
      },
      tally: { connected: never },
      udpTally: new UdpTally(counts),
      newAssociation: () => NO_PORT,
    };
    const control = new Socket(7, new Nobody(), 0, 0);
    const request = { control, connection: 3, user: undefined, depth: 0, port: 0, replies: SOCKS5_REPLIES };
    const quiet = usualQuiet({ tcp_keepalive_s: 60, idle_timeout_ms: 60_000 });
    const client = { clientIp: () => undefined, clientName: () => 'unix' };
    assert.equal(beginAssociation(parts, { ...request, quiet }, client), failure);
    assert.deepEqual(recorded, ['udp:0']);
    const { associations, associationsRefused } = UdpCounts.sum([counts]);
    assert.deepEqual([associations, associationsRefused], [0, 1]);
  });
}
