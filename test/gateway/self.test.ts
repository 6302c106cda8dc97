// What the kernel answers in odd networks: a socket that is connected to itself is a refusal, and no IPv6 is a network that
// cannot be reached.
import assert from 'node:assert/strict';
import type { Answered, Asked } from '../helpers/asking-namespace.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';
import { freePort } from '../helpers/proxies.js';
import { dial } from '../helpers/socks-client.js';

/** The clients are in the namespace, too. */
const LOCAL = '127.0.0.0/8';
const SCRIPT = new URL('../helpers/asking-namespace.js', import.meta.url);

inBothEngines('a socket that is connected to itself is a refusal, also where a proxy was meant', async (world) => {
  const port = await freePort();
  // The same port on both sides is what the kernel now and then chooses.
  const itself = { type: 'direct', source_port: port };
  const proxy = { type: 'socks5', host: '127.0.0.1', port, upstream: itself };
  const list = [
    { ...itself, name: 'direct' },
    { ...proxy, name: 'open' },
    { ...proxy, username: 'u', password: 'p', name: 'credentials' },
  ];
  const rules = ['open', 'credentials'].map((line) => ({ domain: `${line}.test`, use: [line] }));
  const gateway = await world.gateway({
    ...{ upstream: { type: 'multipath', list }, rules: [...rules, { use: ['direct'] }], log_level: 'debug' },
  });
  const destination = { host: '127.0.0.1', port };
  const { peer, reply } = await dial(gateway.port, destination);
  world.use(peer);
  assert.equal(reply.rep, 5);
  peer.end();
  assert.equal((await gateway.connection(destination)).cause, 'refused');
  for (const line of ['open', 'credentials']) {
    const elsewhere = { host: `${line}.test`, port: 9 };
    const asked = await dial(gateway.port, elsewhere);
    world.use(asked.peer);
    assert.equal(asked.reply.rep, 1);
    asked.peer.end();
    assert.equal((await gateway.connection(elsewhere)).cause, 'proxy-unreachable');
  }
});

inBothEngines(
  'where IPv6 is switched off, an IPv6 destination gets REP 03, and addresses of a local route are the machine',
  async (world) => {
    const namespace = world.use(await Namespace.start<Asked, Answered>(SCRIPT));
    const setup = [
      'ip link set lo up',
      'ip route add local 10.9.0.0/16 dev lo',
      'for all in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $all; done',
    ].join('\n');
    const { answers } = await namespace.ask({
      setup,
      engine: world.engine,
      config: {
        ...{ host: '0.0.0.0', allow_clients: LOCAL, egress: { allow: ['loopback', 'own'] } },
        ...{ dns: { ipv6: 'on' }, hosts: { 'six.test': '2001:db8::1' } },
      },
      destinations: [
        { host: '::1', port: 9 },
        { host: '2001:db8::1', port: 9 },
        { host: 'six.test', port: 9 },
        { host: '10.9.1.2', port: 0 },
        { host: '10.9.1.2', port: 9 },
      ],
    });
    const unreachable = { rep: 3, cause: 'network-unreachable' };
    const itself = { rep: 2, cause: 'own-listener' };
    assert.deepEqual(answers, [unreachable, unreachable, unreachable, itself, { rep: 5, cause: 'refused' }]);
  },
  60_000,
  withoutNamespaces(),
);

inBothEngines(
  'addresses of an IPv6 local route are the machine too, although they cannot be bound',
  async (world) => {
    const namespace = world.use(await Namespace.start<Asked, Answered>(SCRIPT));
    const { answers } = await namespace.ask({
      setup: 'ip link set lo up\nip -6 route add local 2001:db8:1::/64 dev lo',
      engine: world.engine,
      config: {
        ...{ host: '::', allow_clients: LOCAL, egress: { allow: ['own'] } },
        ...{ dns: { ipv6: 'on' }, hosts: { 'six.test': '2001:db8:1::6' } },
      },
      destinations: [
        { host: '2001:db8:1::5', port: 0 },
        { host: 'six.test', port: 0 },
        { host: '2001:db8:1::5', port: 9 },
        { host: '2001:db8:2::5', port: 0 },
      ],
    });
    const itself = { rep: 2, cause: 'own-listener' };
    const unreachable = { rep: 3, cause: 'network-unreachable' };
    assert.deepEqual(answers, [itself, itself, { rep: 5, cause: 'refused' }, unreachable]);
  },
  60_000,
  withoutNamespaces(),
);
