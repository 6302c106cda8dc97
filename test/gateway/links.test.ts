// Lines whose links go and come back while the gateway runs: whom clients reach meanwhile, by which line, and from which address.
// No attempt is late here, and none times out: what is faster than a minute is due to what the kernel has told.
import assert from 'node:assert/strict';
import { inBothEngines } from '../helpers/gateway-world.js';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';
import type { Answered, Asked } from '../helpers/uplinks-machine.js';

const MACHINE = new URL('../helpers/uplinks-machine.js', import.meta.url);
const HOST = '10.9.0.1';
const HOST_6 = '2001:db8:9::1';
/** What comes to it by the first uplink is swallowed. */
const SWALLOWED = '10.7.0.1';
const LATE_MS = 60_000;
/** The first uplink is preferred, so that no time decides between the two. */
const CONFIG = {
  upstream: [
    { type: 'direct', name: 'one', interface: 'one', source_ip: 'auto' },
    { type: 'direct', name: 'two', source_ip: '10.2.0.1', tier: 1 },
    { type: 'direct', name: 'two six', source_ip: '2001:db8:2::1', tier: 1 },
  ],
  race: { stagger_ms: LATE_MS, margin_ms: LATE_MS, connect_timeout_ms: LATE_MS, first_byte_ms: LATE_MS },
};
const BY_SOURCE = `
ip rule add from 10.2.0.1 table 100
ip route add 10.7.0.0/16 via 10.1.0.2 dev one
ip route add 10.7.0.0/16 via 10.2.0.2 dev two table 100
ip -6 rule add from 2001:db8:2::1 table 100
ip -6 route add 2001:db8:9::/64 via 2001:db8:2::2 dev two table 100`;
const FAR = `
ip addr add 10.7.0.1/32 dev lo
ip rule add pref 10 lookup local && ip rule del pref 0
ip rule add pref 1 iif far1 to 10.7.0.0/16 blackhole`;
const ROUTES_OF_ONE = `
ip route replace 10.9.0.0/24 via 10.1.0.2 dev one metric 1
ip route replace 10.7.0.0/16 via 10.1.0.2 dev one`;

inBothEngines(
  'a line whose link goes is out at once, also for what is under way, and is back when the link is',
  async (world) => {
    const machine = world.use(await Namespace.start<Asked, Answered>(MACHINE));
    const connect = async (host: string): Promise<string> =>
      (await machine.ask({ kind: 'connect', host }))[0] as string;
    const logged = (text: string): Promise<Answered> => machine.ask({ kind: 'logged', text });
    const shell = (command: string, far = false): Promise<Answered> => machine.ask({ kind: 'shell', command, far });
    const comesFrom = (address: string, host = HOST): Promise<Answered> =>
      machine.ask({ kind: 'comes-from', host, address });
    await shell(BY_SOURCE);
    await shell(FAR, true);
    await machine.ask({ kind: 'start', engine: world.engine, config: CONFIG });
    assert.equal(await connect(HOST), '10.1.0.1');
    assert.equal(await connect(HOST_6), '2001:db8:1::1');

    // The cable, with an attempt under way, and a remembered destination.
    const during = { kind: 'connect-during', host: SWALLOWED, command: 'ip link set far1 down', far: true } as const;
    assert.deepEqual(await machine.ask(during), ['10.2.0.1']);
    assert.equal(await connect(HOST), '10.2.0.1');
    await logged('line "one": the link of one is down');
    await shell('ip link set far1 up', true);
    await logged('line "one": one is up again');
    await comesFrom('10.1.0.1');

    // The address: another one, and none of one family.
    await shell(`ip addr del 10.1.0.1/24 dev one; ip addr add 10.1.0.77/24 dev one; ${ROUTES_OF_ONE}`);
    await comesFrom('10.1.0.77');
    await shell('ip -6 addr del 2001:db8:1::1/64 dev one');
    await comesFrom('2001:db8:2::1', HOST_6);

    // The interface.
    await shell('ip link del one');
    assert.equal(await connect(HOST), '10.2.0.1');
    await shell(`ip link add one type veth peer name far1 netns PID
      ip addr add 10.1.0.1/24 dev one && ip link set one up`);
    await shell('ip addr add 10.1.0.2/24 dev far1 && ip link set far1 up', true);
    await shell(ROUTES_OF_ONE);
    await comesFrom('10.1.0.1');

    // A source address without an interface.
    await shell('ip addr del 10.2.0.1/24 dev two');
    await logged('line "two": 10.2.0.1 is no address of this machine');
    assert.equal(await connect(HOST), '10.1.0.1');
    await machine.ask({ kind: 'stop' });
  },
  90_000,
  withoutNamespaces(),
);
