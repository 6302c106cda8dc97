// Datagrams through proxies: real ones, several one behind the other, gateways of this kind, and such as refuse.
import assert from 'node:assert/strict';
import { DEPTH_MAX } from '../../src/protocol/gateway-depth.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { danted, freePort, microsocks, missing, type RunningProxy } from '../helpers/proxies.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { UdpAssociation } from '../helpers/udp/client.js';
import { UdpProxy } from '../helpers/udp/proxy.js';
import { udpEcho } from '../helpers/udp/servers.js';
import { until } from '../helpers/until.js';

const NO_DANTE = missing('danted');

const client = async (world: World, { port }: Gateway): Promise<UdpAssociation> =>
  world.use(await UdpAssociation.open({ host: '127.0.0.1', port }));

const through = ({ host, port }: RunningProxy, upstream?: object): object => ({
  ...{ type: 'socks5', host, port },
  ...(upstream === undefined ? {} : { upstream }),
});

inBothEngines('through a proxy, names go to it as names', async (world) => {
  const [echo, proxy] = [world.use(await udpEcho()), world.use(await UdpProxy.listen())];
  const gateway = await world.gateway({ upstream: proxy.line });
  const association = await client(world, gateway);
  for (const host of ['127.0.0.1', 'far.example']) {
    association.send({ host, port: echo.port }, `to ${host}`);
    const { bytes, host: sender, port } = await association.read();
    assert.deepEqual([bytes.toString(), sender, port], [`to ${host}`, '127.0.0.1', echo.port]);
  }
  assert.deepEqual(proxy.sent, [`127.0.0.1:${echo.port}`, `far.example:${echo.port}`]);
  assert.equal(proxy.asked.length, 1);
  association.control.close();
  await until('the association at the proxy has ended', () => proxy.open === 0);
});

inBothEngines(
  'through Dante, and through Dante behind Dante',
  async (world) => {
    const echo = world.use(await udpEcho());
    const [near, far] = [world.use(await danted()), world.use(await danted())];
    for (const upstream of [through(near), through(near, through(far))]) {
      const gateway = await world.gateway({ upstream });
      const association = await client(world, gateway);
      for (const text of ['one', 'x'.repeat(1200)]) {
        association.send({ host: '127.0.0.1', port: echo.port }, text);
        const { bytes, port } = await association.read();
        assert.deepEqual([bytes.toString(), port], [text, echo.port]);
      }
    }
  },
  30_000,
  NO_DANTE,
);

inBothEngines(
  'proxies without UDP are passed over, and are not asked again',
  async (world) => {
    const [echo, other] = [world.use(await udpEcho()), world.use(await udpEcho())];
    const without = through(world.use(await microsocks()));
    const refusing = world.use(await UdpProxy.listen({ rep: 7 }));
    const list = [without, refusing.line, 'direct'];
    const gateway = await world.gateway({ upstream: { type: 'multipath', list } });
    for (const { port } of [echo, other]) {
      const association = await client(world, gateway);
      association.send({ host: '127.0.0.1', port }, 'one');
      assert.equal((await association.read()).bytes.toString(), 'one');
    }
    assert.ok(refusing.asked.length <= 1, `asked ${refusing.asked.length} times`);
  },
  30_000,
  missing('microsocks'),
);

inBothEngines('when a proxy ends an association, another one is opened for what comes then', async (world) => {
  const [echo, proxy] = [world.use(await udpEcho()), world.use(await UdpProxy.listen())];
  const gateway = await world.gateway({ upstream: proxy.line });
  const association = await client(world, gateway);
  association.send({ host: '127.0.0.1', port: echo.port }, 'first');
  assert.equal((await association.read()).bytes.toString(), 'first');
  proxy.endAssociations();
  await until('it has ended', () => proxy.open === 0);
  await until('another one carries datagrams', () => {
    association.send({ host: '127.0.0.1', port: echo.port }, 'second');
    return association.waiting > 0;
  });
  assert.deepEqual([(await association.read()).bytes.toString(), proxy.asked.length], ['second', 2]);
});

inBothEngines('an association that is older than a line of the configuration goes over it, too', async (world) => {
  const [echo, before, after] = [
    world.use(await udpEcho()),
    world.use(await UdpProxy.listen()),
    world.use(await UdpProxy.listen()),
  ];
  const gateway = await ReloadedGateway.start(world, { upstream: before.line });
  const association = await client(world, gateway.gateway);
  association.send({ host: '127.0.0.1', port: echo.port }, 'before');
  assert.equal((await association.read()).bytes.toString(), 'before');
  await gateway.reload({ upstream: after.line });
  association.send({ host: 'far.example', port: echo.port }, 'after');
  assert.equal((await association.read()).bytes.toString(), 'after');
  assert.deepEqual([before.sent, after.sent], [[`127.0.0.1:${echo.port}`], [`far.example:${echo.port}`]]);
});

inBothEngines('through two gateways of this kind, one behind the other', async (world) => {
  const echo = world.use(await udpEcho());
  const [near, far] = [await world.gateway(), await world.gateway()];
  const at = ({ port }: Gateway, upstream?: object): object =>
    through({ host: '127.0.0.1', port, close: async () => {} }, upstream);
  const gateway = await world.gateway({ upstream: at(near, at(far)) });
  const association = await client(world, gateway);
  association.send({ host: '127.0.0.1', port: echo.port }, 'far');
  assert.equal((await association.read()).bytes.toString(), 'far');
});

inBothEngines("two gateways that are each other's line pass a datagram on a few times, and say so", async (world) => {
  const [a, b] = [await freePort(), await freePort()];
  const to = (port: number): object => ({ type: 'socks5', host: '127.0.0.1', port });
  const common = { workers: 1, log_level: 'debug' };
  const gateways = [
    await world.gateway({ ...common, port: a, upstream: to(b) }),
    await world.gateway({ ...common, port: b, upstream: to(a) }),
  ];
  for (let turn = 0; turn < 2; turn += 1) {
    for (const gateway of gateways) gateway.forgetConnections();
    const association = await client(world, gateways[0]);
    association.send({ host: '127.0.0.1', port: 9 }, 'round');
    // Each way is one more client of the other gateway, and the last of them is refused.
    const refused = (): boolean =>
      gateways.some(({ connections }) => connections.some(({ cause }) => cause === 'loop'));
    await until('one was refused', refused);
    association.control.close();
    for (const gateway of gateways) await gateway.idle();
    // Without an end there would be as many as one client may have, of each gateway.
    const all = gateways.reduce((sum, { connections }) => sum + connections.length, 0);
    assert.ok(all <= 4 * DEPTH_MAX + 8, `${all} connections`);
  }
  assert.ok(gateways.some(({ records }) => records.some(({ msg }) => msg.includes('or in a circle'))));
});
