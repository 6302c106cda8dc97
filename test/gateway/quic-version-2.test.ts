// QUIC of version 2 through a gateway: a real client's flight is raced, and it takes the answers that the gateway took for authentic.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickRelay } from '../helpers/quic/trick-relay.js';
import { Version2Server, visitByVersion2 } from '../helpers/quic/version-2.js';
import { UdpShim } from '../helpers/udp/shim.js';

const missing = spawnSync('which', ['chromium']).status === 0 ? undefined : 'chromium is not installed';
const [FIRST, SECOND] = ['127.0.1.1', '127.0.1.2'];

inBothEngines(
  'a line forges version 2: Chromium is answered by the server over the other line',
  async (world) => {
    const server = world.use(await Version2Server.listen());
    const relay = world.use(await TrickRelay.listen(server, { [FIRST]: { forges: ['initial', 'retry'] } }));
    const list = [FIRST, SECOND].map((source_ip) => ({ type: 'direct', source_ip, name: source_ip }));
    const gateway = await world.gateway({ upstream: { type: 'multipath', list }, log_level: 'debug' });
    const shim = await UdpShim.open({ host: '127.0.0.1', port: gateway.port }, relay);
    const said = await visitByVersion2(shim).finally(() => shim.close());
    assert.match(said, /QUIC_PROTOCOL_ERROR/);
    const proven = relay.came.filter(({ bytes }) => Version2Server.isProven(bytes)).map(({ from }) => from);
    assert.ok(relay.count(FIRST) > 0 && proven.length > 0);
    assert.deepEqual(new Set(proven), new Set([SECOND]));
    const flow = await gateway.logged('flow');
    const attempts = flow['attempts'] as { line: string; result: string }[];
    assert.deepEqual(
      attempts.map(({ line, result }) => `${line} ${result}`),
      [`${FIRST} forged`, `${SECOND} answered`],
    );
  },
  60_000,
  missing,
);
