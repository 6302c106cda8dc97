// QUIC through a gateway, by a real client and a real server: what rules say of its server names, and which first flights may go
// out over a second line.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { type Fetched, fetchByQuic, type QuicClient } from '../helpers/quic/client.js';
import { QUIC_NAME, QUIC_TEXT, QuicServer, withoutQuic } from '../helpers/quic/server.js';
import { TrickRelay } from '../helpers/quic/trick-relay.js';
import { UdpShim } from '../helpers/udp/shim.js';

const missing = withoutQuic();
const inBoth = (behaviour: string, body: (world: World) => Promise<void>) =>
  inBothEngines(behaviour, body, 60_000, missing);
const directory = mkdtempSync(join(tmpdir(), 'tcproute-quic-test-'));
after(() => rmSync(directory, { recursive: true }));

/** Sources of the two lines. */
const FIRST = '127.0.1.1';
const SECOND = '127.0.1.2';
const LINES = [FIRST, SECOND].map((source_ip) => ({ type: 'direct', source_ip, name: source_ip }));
const UPSTREAM = { type: 'multipath', list: LINES };
const RACE = { margin_ms: 150 };

interface Scene {
  readonly gateway: Gateway;
  readonly relay: TrickRelay;
  fetch(client?: QuicClient): Promise<Fetched>;
}

/** `host`: of the destination, so that rules can tell it. */
async function scene(world: World, config: object = {}, host = '127.0.2.1', args: string[] = []): Promise<Scene> {
  const server = world.use(await QuicServer.start(args));
  const relay = world.use(await TrickRelay.listen(server, {}, host));
  const gateway = await world.gateway({ upstream: UPSTREAM, race: RACE, log_level: 'debug', ...config });
  const fetch = async (client?: QuicClient): Promise<Fetched> => {
    const shim = await UdpShim.open({ host: '127.0.0.1', port: gateway.port }, { host, port: relay.port });
    try {
      return await fetchByQuic(shim, client);
    } finally {
      await shim.close();
    }
  };
  return { gateway, relay, fetch };
}

inBoth('a rule for the server name blocks the flow', async (world) => {
  const { relay, fetch } = await scene(world, { rules: [{ domain: QUIC_NAME, block: true }] });
  assert.equal((await fetch({ handshake_s: 1 })).text, undefined);
  assert.equal(relay.came.length, 0);
});

inBoth('no server name gets around a rule that blocks the address', async (world) => {
  const rules = [
    { domain: QUIC_NAME, use: [FIRST, SECOND] },
    { cidr: '127.0.2.1', block: true },
  ];
  const { relay, fetch } = await scene(world, { rules });
  assert.equal((await fetch({ handshake_s: 1 })).text, undefined);
  assert.equal(relay.came.length, 0);
});

inBoth('a rule for the server name chooses among the lines of the address', async (world) => {
  const { relay, fetch } = await scene(world, { rules: [{ domain: QUIC_NAME, use: [SECOND] }] });
  const { text, output } = await fetch();
  assert.equal(text, QUIC_TEXT, output);
  assert.equal(relay.count(FIRST), 0);
});

inBoth('a Retry settles the race: the client proves its address over that line', async (world) => {
  const { relay, fetch } = await scene(world, {}, '127.0.2.1', ['--validate-addr']);
  const { text, output } = await fetch();
  assert.equal(text, QUIC_TEXT, output);
  assert.match(output, /type=Retry/);
  assert.ok(relay.count(FIRST) === 0 || relay.count(SECOND) === 0);
});

inBoth('a flight with early data goes out over one line only, though that line swallows it', async (world) => {
  const { relay, fetch } = await scene(world);
  const [session, parameters] = ['session', 'parameters'].map((name) => join(directory, `${world.engine}-${name}`));
  const args = [`--session-file=${session}`, `--tp-file=${parameters}`];
  const { text, output } = await fetch({ args });
  assert.equal(text, QUIC_TEXT, output);
  const [first, second] = [relay.count(FIRST), relay.count(SECOND)];
  assert.ok(first > 0 && second === 0, `${first} ${second}`);
  relay.tricks.set(FIRST, 'swallows');
  const early = await fetch({ args, handshake_s: 2 });
  assert.match(early.output, /type=0RTT/);
  assert.equal(early.text, undefined);
  assert.ok(relay.count(FIRST) > first);
  assert.equal(relay.count(SECOND), 0);
});
