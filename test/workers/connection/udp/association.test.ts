// An association on both engines: whose datagrams are taken, where they go, whose answers come back, and how it ends.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { shutdownWrite } from '../../../../src/linux/sockets.js';
import { FAILURES } from '../../../../src/protocol/race/failure.js';
import { headerOfIp } from '../../../../src/protocol/udp/header.js';
import { scenarioOf } from '../../../linux/engine/scenario.js';
import { IPV4, IPV6, resetFd } from '../../../linux/peers.js';
import { closedUdpPort, sendTo } from '../../../linux/udp/peers.js';
import { ENGINES, type World } from '../../../linux/world.js';
import { AssociationWorld } from './association-world.js';

const OTHER_LOOPBACK = Uint8Array.of(127, 0, 0, 2);

for (const engine of ENGINES) {
  const scenario = scenarioOf(engine);

  describe(`${engine.kind}: an association`, () => {
    /** It ends with the control connection, and nothing of it is left. */
    const ends = (world: World, own: AssociationWorld): void => {
      shutdownWrite(own.control);
      world.until(() => world.engine.size === 0, 'the end');
      assert.equal(own.ended.at(-1)?.how, 'complete');
      assert.deepEqual(own.counts, { flows: 0, ways: 0, associations: 0 });
      assert.equal(own.deadlines.size, 0);
    };

    scenario('carries datagrams there and back, and tells the true sender', (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const [client, far, six] = [own.peer(), own.peer(), own.peer(IPV6)];
      for (const [server, text] of [
        [far, 'one'],
        [far, ''],
        [six, 'two'],
        [far, 'x'.repeat(2000)],
      ] as const) {
        own.send(client, relay, server, text);
        const { text: came, packed } = own.read(server);
        assert.equal(came, text);
        sendTo(server.fd, packed, Buffer.from(`answer to ${text}`));
        assert.deepEqual(own.answer(client), { text: `answer to ${text}`, from: server.local });
      }
      ends(world, own);
      assert.deepEqual([own.ended[0]?.up, own.ended[0]?.down], [2006, 2006 + 4 * 'answer to '.length]);
      assert.deepEqual(own.dropped, {});
    });

    scenario('serves a client by IPv6, and one whose IPv4 address is written as an IPv6 one', (world) => {
      const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...IPV4);
      for (const [ip, told] of [
        [IPV6, IPV6],
        [IPV4, mapped],
      ] as const) {
        const own = new AssociationWorld(world, {}, ip);
        own.clientIp = told;
        const { relay } = own.begin();
        const [client, far] = [own.peer(ip), own.peer()];
        own.send(client, relay, far, 'x');
        sendTo(far.fd, own.read(far).packed, Buffer.from('y'));
        assert.deepEqual(own.answer(client), { text: 'y', from: far.local });
        ends(world, own);
      }
    });

    scenario('sends to all destinations from one port, of each family', (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const client = own.peer();
      const ports = Array.from({ length: 5 }, () => {
        const far = own.peer();
        own.send(client, relay, far, 'x');
        return own.read(far).from.port;
      });
      assert.equal(new Set(ports).size, 1);
      assert.equal(own.counts.ways, 1);
      ends(world, own);
    });

    scenario("takes nothing from another address or port than the client's", (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const [client, stranger, elsewhere, far] = [own.peer(), own.peer(), own.peer(OTHER_LOOPBACK), own.peer()];
      own.send(elsewhere, relay, far, 'spoofed');
      own.hasNothing(far);
      own.send(client, relay, far, 'mine');
      assert.equal(own.read(far).text, 'mine');
      // What it is not connected to, the kernel refuses itself, and so its sender.
      try {
        own.send(stranger, relay, far, 'spoofed');
        own.send(elsewhere, relay, far, 'spoofed');
      } catch {}
      own.hasNothing(far);
      assert.deepEqual(own.dropped, { stranger: 1 });
      ends(world, own);
    });

    scenario("a declared port is the client's from the beginning", (world) => {
      const own = new AssociationWorld(world);
      const [client, stranger, far] = [own.peer(), own.peer(), own.peer()];
      const { relay } = own.begin(client.local.port);
      own.send(stranger, relay, far, 'spoofed');
      own.hasNothing(far);
      own.send(client, relay, far, 'mine');
      assert.equal(own.read(far).text, 'mine');
      ends(world, own);
    });

    scenario('drops what is no datagram of SOCKS5, and goes on', (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const [client, far] = [own.peer(), own.peer()];
      const header = headerOfIp(far.local.ip, far.local.port);
      const fragment = header.slice();
      fragment[2] = 1;
      const nowhere = headerOfIp(IPV4, 0);
      sendTo(client.fd, relay, new Uint8Array(0), Buffer.from('GET / HTTP/1.1'), header.slice(0, 9), fragment, nowhere);
      own.send(client, relay, far, 'good');
      assert.equal(own.read(far).text, 'good');
      assert.deepEqual(own.dropped, { 'bad-header': 4, fragment: 1 });
      ends(world, own);
    });

    scenario('garbage does not fix the port of the client', (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const [stranger, client, far] = [own.peer(), own.peer(), own.peer()];
      sendTo(stranger.fd, relay, Buffer.from('garbage'));
      world.settle();
      own.send(client, relay, far, 'mine');
      assert.equal(own.read(far).text, 'mine');
      ends(world, own);
    });

    scenario('passes on no answer of whom nothing was sent to', (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const [client, far, stranger] = [own.peer(), own.peer(), own.peer()];
      own.send(client, relay, far, 'x');
      const { packed } = own.read(far);
      sendTo(stranger.fd, packed, Buffer.from('unasked'));
      own.hasNothing(client);
      sendTo(far.fd, packed, Buffer.from('asked'));
      assert.equal(own.answer(client).text, 'asked');
      assert.deepEqual(own.dropped, { filtered: 1 });
      ends(world, own);
    });

    scenario('but with the filter `none` it does, with the header of who it is', (world) => {
      const own = new AssociationWorld(world, { filter: 'none' });
      const { relay } = own.begin();
      const [client, far, stranger] = [own.peer(), own.peer(), own.peer()];
      own.send(client, relay, far, 'x');
      sendTo(stranger.fd, own.read(far).packed, Buffer.from('unasked'));
      assert.deepEqual(own.answer(client), { text: 'unasked', from: stranger.local });
      ends(world, own);
    });

    scenario('a port where nobody is ends its flow, and no other one', (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const [client, far] = [own.peer(), own.peer()];
      own.send(client, relay, { local: { ip: IPV4, port: closedUdpPort() } }, 'x');
      own.send(client, relay, far, 'y');
      const { packed } = own.read(far);
      own.deadlines.expire(world.engine.now + 2000);
      world.until(() => own.counts.flows === 1, 'the end of the flow');
      sendTo(far.fd, packed, Buffer.from('still here'));
      assert.equal(own.answer(client).text, 'still here');
      ends(world, own);
    });

    scenario('drops what has no flow, and tells of it once, where others have all of them', (world) => {
      const own = new AssociationWorld(world);
      own.flows_max = 0;
      const { relay } = own.begin();
      const [client, far] = [own.peer(), own.peer()];
      for (const text of ['one', 'two', 'three']) {
        own.send(client, relay, far, text);
        own.hasNothing(far);
      }
      assert.deepEqual(own.dropped, { limited: 3 });
      assert.deepEqual(own.exceeded, [['gateway', IPV4]]);
      own.flows_max = 1;
      own.send(client, relay, far, 'four');
      assert.equal(own.read(far).text, 'four');
      ends(world, own);
    });

    scenario('holds no more flows than it may, whatever its client sends to', (world) => {
      const own = new AssociationWorld(world, { association_flows_max: 8 });
      const { relay } = own.begin();
      const [client, far] = [own.peer(), own.peer()];
      for (let i = 0; i < 2000; i += 1) {
        own.send(client, relay, { local: { ip: Uint8Array.of(127, 1, i >> 8, i & 255), port: 9 } }, 'x');
        if (i % 50 === 0) world.engine.turn(0);
      }
      own.send(client, relay, far, 'last');
      world.settle();
      assert.equal(own.read(far).text, 'last');
      assert.equal(own.counts.flows, 8);
      ends(world, own);
    });

    scenario('carries the longest datagrams, and drops the answers for which no header has room', (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const [client, far] = [own.peer(), own.peer()];
      for (const size of [9000, 65_497]) {
        const text = 'x'.repeat(size);
        own.send(client, relay, far, text);
        const { text: came, packed } = own.read(far);
        assert.equal(came, text);
        sendTo(far.fd, packed, Buffer.from(text));
        assert.equal(own.answer(client).text, text);
        sendTo(far.fd, packed, Buffer.alloc(65_507));
      }
      own.hasNothing(client);
      assert.deepEqual(own.dropped, { 'too-long': 2 });
      ends(world, own);
    });

    scenario('sends nothing to many hosts at a time', (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const [client, far] = [own.peer(), own.peer()];
      const everybody = [
        Uint8Array.of(224, 0, 0, 1),
        Uint8Array.of(239, 255, 255, 250),
        Uint8Array.of(255, 255, 255, 255),
      ];
      for (const ip of everybody) own.send(client, relay, { local: { ip, port: 1900 } }, 'x');
      own.send(client, relay, far, 'y');
      assert.equal(own.read(far).text, 'y');
      assert.equal((own.dropped.denied ?? 0) + (own.dropped.unreachable ?? 0), 3);
      ends(world, own);
    });

    scenario('ends when its control connection is reset, in the middle of datagrams', (world) => {
      const own = new AssociationWorld(world);
      const { relay } = own.begin();
      const [client, far] = [own.peer(), own.peer()];
      own.send(client, relay, far, 'a', 'b');
      world.hangUp(own.control, resetFd);
      world.until(() => world.engine.size === 0, 'the end');
      assert.equal(own.ended[0]?.how, 'reset-by-client');
      assert.deepEqual(own.counts, { flows: 0, ways: 0, associations: 0 });
    });

    scenario('ends before any datagram, and when an operator closes it', (world) => {
      const own = new AssociationWorld(world);
      const made = own.ask();
      assert.ok(made.code === 'associated');
      made.association.start();
      made.association.cut('closed-by-operator');
      made.association.cut('closed-by-operator');
      world.until(() => world.engine.size === 0, 'the end');
      assert.deepEqual(
        own.ended.map(({ how }) => how),
        ['closed-by-operator'],
      );
    });

    scenario('ends when nothing has moved for the time of its listener', (world) => {
      const own = new AssociationWorld(world);
      Object.assign(own.quiet, { idle_timeout_ms: 5000 });
      const { relay } = own.begin();
      const [client, far] = [own.peer(), own.peer()];
      world.settle();
      own.send(client, relay, far, 'x');
      own.read(far);
      const since = world.engine.now;
      own.deadlines.expire(since + 4000);
      assert.equal(own.ended.length, 0);
      own.deadlines.expire(since + 6000);
      assert.equal(own.ended[0]?.how, 'idle');
      world.until(() => world.engine.size === 0, 'the end');
    });

    scenario('has a port of the range, and is refused where none is free', (world) => {
      const port = closedUdpPort();
      const own = new AssociationWorld(world, { ports: { from: port, to: port } });
      assert.equal(own.begin().port, port);
      const other = new AssociationWorld(world, { ports: { from: port, to: port } });
      const refused = other.ask();
      assert.ok(refused.code !== 'associated');
      assert.ok(refused.code in FAILURES);
      assert.equal(other.counts.associations, 0, 'it is counted out again');
      ends(world, own);
    });

    scenario('tells the address that is advertised, and its own where none of the family is', (world) => {
      const own = new AssociationWorld(world, { advertise: ['203.0.113.7', '2001:db8::1'] });
      own.clientIp = Uint8Array.of(198, 51, 100, 9);
      const made = own.ask();
      assert.ok(made.code === 'associated');
      assert.deepEqual([...made.ip], [203, 0, 113, 7]);
      made.association.start();
      const six = new AssociationWorld(world, { advertise: ['203.0.113.7'] }, IPV6);
      six.clientIp = IPV6;
      const own6 = six.ask();
      assert.ok(own6.code === 'associated');
      assert.deepEqual(own6.ip, IPV6);
      own6.association.start();
      for (const one of [own, six]) shutdownWrite(one.control);
      world.until(() => world.engine.size === 0, 'both ends');
    });

    scenario(
      'a client of a Unix socket is on this machine, and one of the other family is told what is advertised',
      (world) => {
        const own = new AssociationWorld(world, { advertise: ['203.0.113.7'] });
        own.clientIp = undefined;
        const made = own.ask();
        assert.ok(made.code === 'associated');
        assert.deepEqual(made.ip, IPV4);
        made.association.start();
        const elsewhere = new AssociationWorld(world);
        elsewhere.clientIp = IPV6;
        assert.equal(elsewhere.ask().code, 'network-unreachable');
        shutdownWrite(own.control);
        world.until(() => own.ended.length === 1, 'the end');
      },
    );
  });
}
