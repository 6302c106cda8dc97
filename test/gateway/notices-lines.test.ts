// What an operator reads at level info of lines and clients: one line for each thing that changes, which names the line,
// the address and what the kernel or the proxy said.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { keptProxies } from '../helpers/kept-proxies.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { dial, greeting, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';

const SECRET = 'not for the log';
/** A destination that only the proxy leads to. */
const BY_PROXY = '127.0.2.1';

const proxies = keptProxies(1);

/** A gateway with a line whose source is missing, a plain one, and a proxy. */
async function shared(world: World) {
  const [proxy] = await proxies(world.engine);
  const list = [
    { type: 'direct', source_ip: '192.0.2.77', name: 'gone' },
    { type: 'direct', name: 'here' },
    { ...proxy.line, name: 'telecom', username: 'me', password: SECRET },
  ];
  const rules = [{ cidr: BY_PROXY, use: ['telecom'] }, { use: ['gone', 'here'] }];
  const gateway = await world.shared({ workers: 2, upstream: { type: 'multipath', list }, rules });
  return { gateway, proxy };
}

async function fail(gateway: Gateway, port: number, times: number, host = '127.0.0.1'): Promise<void> {
  for (let i = 0; i < times; i += 1) (await dial(gateway.port, { host, port })).peer.close();
}

inBothEngines('a line that goes down and up is said once each, although all workers see it', async (world) => {
  const server = world.use(await echoServer());
  const port = await freePort();
  const proxy = { type: 'socks5', host: '127.0.0.1', port, name: 'telecom', username: 'me', password: SECRET };
  const gateway = await world.gateway({ workers: 2, upstream: proxy });
  await fail(gateway, server.port, 12);
  const down = await gateway.logged('line "telecom" is down');
  assert.equal(down.msg, 'line "telecom" is down: a proxy of the line cannot be reached, and no line is left');
  const { level, line, cause, detail, address, lines_left } = down;
  assert.deepEqual(
    { level, line, cause, detail, address, lines_left },
    {
      level: 'warn',
      line: 'telecom',
      cause: 'proxy-unreachable',
      detail: 'ECONNREFUSED',
      address: `127.0.0.1:${port}`,
      lines_left: 0,
    },
  );
  const revived = world.use(await TrickProxy.listen('works', port));
  // Without credentials it works again; what counts is that the proxy is reached.
  revived.trick = { rep: 5 };
  await gateway.loggedWhile('line "telecom" works again', 40_000, () => fail(gateway, server.port, 1));
  await gateway.idle();
  const lines = gateway.records.filter(({ msg }) => msg.includes('"telecom"')).map(({ msg }) => msg);
  assert.equal(lines.length, 2, lines.join('\n'));
  assert.doesNotMatch(gateway.output, new RegExp(SECRET));
});

inBothEngines('a source_ip that the machine does not have is said, also where another line works', async (world) => {
  const server = world.use(await echoServer());
  const { gateway } = await shared(world);
  for (let i = 0; i < 3; i += 1) (await through(gateway.port, server)).end();
  const { level, line, link } = await gateway.logged('line "gone": 192.0.2.77 is no address of this machine');
  assert.deepEqual({ level, line, link }, { level: 'warn', line: 'gone', link: '192.0.2.77' });
  // It takes no part in races, so no client meets it.
  assert.doesNotMatch(gateway.output, /source address of the line/);
});

inBothEngines('credentials that a proxy refuses are said with the line and without the password', async (world) => {
  const { gateway, proxy } = await shared(world);
  proxy.trick = 'unwilling';
  await fail(gateway, 9, 1, BY_PROXY);
  const { level, line, address } = await gateway.logged('the proxy refused our credentials');
  assert.deepEqual({ level, line, address }, { level: 'warn', line: 'telecom', address: '127.0.0.1' });
  assert.doesNotMatch(gateway.output, new RegExp(SECRET));
});

inBothEngines(
  'a client that speaks TLS, SSH or only unknown methods is told of with its address, once',
  async (world) => {
    const { gateway } = await shared(world);
    const hellos = [
      Buffer.concat([Buffer.from([22, 3, 1, 2, 0]), Buffer.from('secret')]),
      'SSH-2.0-secret\r\n',
      greeting([1]),
    ];
    for (const hello of [...hellos, ...hellos, ...hellos]) {
      const peer = await Peer.connect(gateway.port);
      peer.send(hello);
      await peer.ended();
    }
    await gateway.logged('a client at 127.0.0.1 speaks TLS to the gateway: set it to plain SOCKS5');
    await gateway.logged('a client at 127.0.0.1 speaks SSH to the gateway: set it to SOCKS5');
    await gateway.logged(
      'a client at 127.0.0.1 offers SOCKS5 only with ways of authentication that are not known here',
    );
    await gateway.idle();
    assert.equal(gateway.records.filter(({ msg }) => msg.startsWith('a client at')).length, 3);
    assert.doesNotMatch(gateway.output, /secret/);
  },
);
