// What lines carry decides which of them carries bulk transfers, and not how fast they connect.
import assert from 'node:assert/strict';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TestServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';
import { SocksProxy } from '../helpers/socks-proxy.js';
import { until } from '../helpers/until.js';

const MIB = 1_048_576;
/** Of whom a rule says that only the wide line is for them; and another one. */
const [BY_RULE, USUAL] = ['127.0.0.5', '127.0.0.6'];

inBothEngines(
  'a site of bulk transfers goes over the line that carries most, and not the one that connects first',
  async (world) => {
    const server = world.use(
      await TestServer.listen((socket) => socket.once('data', (asked) => socket.end(Buffer.alloc(Number(asked))))),
    );
    const names = { 'files.example.com': '127.0.0.1' };
    const thin = world.use(await SocksProxy.start(undefined, names, { bytes_s: 2_000_000 }));
    const wide = world.use(await SocksProxy.start(undefined, names, { connect_ms: 40 }));
    const line = (name: string, { port }: SocksProxy) => ({ type: 'socks5', name, host: '127.0.0.1', port });
    const gateway = await world.gateway({
      ...{ workers: 1, log_level: 'debug', race: { until: 'connected', first_byte_ms: 2000 } },
      upstream: [line('thin', thin), line('wide', wide)],
      rules: [{ client: BY_RULE, use: ['wide'] }],
    });
    const connections = () => gateway.records.filter(({ msg }) => msg === 'connection');
    /** The line that carries the next transfer. */
    const transfer = async (from: string, bytes: number): Promise<unknown> => {
      const before = connections().length;
      const { peer } = await dial(gateway.port, { host: 'files.example.com', port: server.port }, from);
      world.use(peer);
      peer.send(String(bytes));
      await peer.read(bytes);
      peer.end();
      await until('it is over', () => connections().length > before);
      return connections().at(-1)?.['line'];
    };
    assert.equal(await transfer(USUAL, 1.5 * MIB), 'thin', 'it connects first');
    assert.equal(await transfer(USUAL, 1.5 * MIB), 'thin', 'no other line is measured');
    assert.equal(await transfer(BY_RULE, 6 * MIB), 'wide');
    for (let n = 0; n < 3; n += 1) assert.equal(await transfer(USUAL, MIB), 'wide');
    const rates = connections().map(({ rate }) => (rate as { down: number } | undefined)?.down ?? 0);
    assert.deepEqual(
      rates.map((rate) => rate > 0),
      [true, true, true, false, false, false],
      'small ones have none',
    );
  },
);
