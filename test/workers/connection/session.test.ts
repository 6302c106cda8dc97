// A session without an actor, on a real engine: handshake, request, race, reply, relay, and what a client gets where one of
// them goes wrong. The attempts of its race are the test's, each connected to a peer. At the end every socket is closed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../../../src/linux/engine/engine.js';
import type { Socket } from '../../../src/linux/engine/socket.js';
import { EAGAIN, ECONNRESET } from '../../../src/linux/errno.js';
import { UNRECORDED } from '../../../src/linux/ownership.js';
import { PipePool } from '../../../src/linux/pipes.js';
import { sendBytes, shutdownWrite } from '../../../src/linux/sockets.js';
import { CONNECT_REPLIES } from '../../../src/protocol/inbound/http-replies.js';
import type { ClientAddress } from '../../../src/protocol/inbound/inbound.js';
import { ALL_NETWORKS } from '../../../src/protocol/listen-options.js';
import { type QuietKeys, usualQuiet } from '../../../src/protocol/quiet/quiet.js';
import { type Failure, type FailureCode, failureOf } from '../../../src/protocol/race/failure.js';
import type { AttemptResult } from '../../../src/protocol/race/record.js';
import type { Ruling } from '../../../src/protocol/rules/rule.js';
import { type Steering, UNSTEERED } from '../../../src/protocol/steering/steering.js';
import type { Client as Asker } from '../../../src/protocol/users/client.js';
import type { User } from '../../../src/protocol/users/user.js';
import { ConnectionCounts } from '../../../src/threads/shared/connection-counts.js';
import { Counter } from '../../../src/threads/shared/counters.js';
import { LineCounts } from '../../../src/threads/shared/line-counts.js';
import { UdpCounts } from '../../../src/threads/shared/udp-counts.js';
import type { Claim, Verdict } from '../../../src/workers/connection/client/authenticator.js';
import { entranceOf } from '../../../src/workers/connection/entrance.js';
import type { Told } from '../../../src/workers/connection/limits.js';
import type { MakeAttempt } from '../../../src/workers/connection/race/attempt/attempt.js';
import type { RelayEnd } from '../../../src/workers/connection/relay/relay-end.js';
import { Session } from '../../../src/workers/connection/session.js';
import type { SessionParts } from '../../../src/workers/connection/session-parts.js';
import type { Permission } from '../../../src/workers/connection/shared/dialling/egress.js';
import { LineSteering } from '../../../src/workers/connection/shared/line-steering.js';
import { Tally } from '../../../src/workers/connection/tally.js';
import type { MakeAssociation } from '../../../src/workers/connection/udp/associate.js';
import { UdpTally } from '../../../src/workers/connection/udp/tally.js';
import { clientHello } from '../../helpers/client-hello.js';
import { listenerOf } from '../../helpers/listener.js';
import { connectedPair, readNow, resetFd } from '../../linux/peers.js';
import { ENGINES, type EngineKind, World } from '../../linux/world.js';
import { FakeAttempt } from './race/fake-attempt.js';
import { A, B, type Changes, found, ip, RaceWorld } from './race/race-world.js';

const GREETING = Buffer.from([5, 1, 0]);
const CHOSEN = Buffer.from([5, 0]);
const REQUEST = Buffer.concat([Buffer.from([5, 1, 0, 3, 9]), Buffer.from('site.test'), Buffer.from([1, 187])]);
const ASSOCIATE = Buffer.from([5, 3, 0, 1, 0, 0, 0, 0, 0x0f, 0xa1]);
const SUCCESS = Buffer.from([5, 0, 0, 1, 192, 0, 2, 7, 0x12, 0x34]);
const BOUND = { ip: ip('192.0.2.7'), port: 0x1234 };
const HELLO = Buffer.from(clientHello({ serverName: 'site.test' }));
/** The beginning of a record with a ServerHello. */
const ANSWER = Buffer.from([22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3]);
const LISTENER = listenerOf({ name: '127.0.0.1:1080', protocols: ['socks5'], allowClients: ALL_NETWORKS });
const CLIENT_IP = Uint8Array.of(192, 0, 2, 200);
const CLIENT = '192.0.2.200';
const ALICE: User = { name: 'alice', tag: 'work' };

/** After it, a race watches its client. */
const WATCHED_MS = 200;

/** A failure reply of SOCKS5 (RFC 1928 section 6). */
const refusal = (code: number): Buffer => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);

/** An attempt with a socket, which it gives away or closes. */
class PeeredAttempt extends FakeAttempt {
  readonly peer: number;
  readonly #engine: Engine;
  #socket: Socket | undefined;

  constructor(world: World, ...attempt: ConstructorParameters<typeof FakeAttempt>) {
    super(...attempt);
    const { socket, peer } = world.connection();
    this.bound = BOUND;
    this.peer = peer;
    this.#engine = world.engine;
    this.#socket = socket;
  }

  override fails(code: FailureCode): void {
    this.#close();
    super.fails(code);
  }

  override abandon(result: AttemptResult): void {
    this.#close();
    super.abandon(result);
  }

  override release(): Socket {
    const socket = this.#socket;
    this.#socket = undefined;
    return socket ?? assert.fail('given away twice');
  }

  #close(): void {
    if (this.#socket !== undefined) this.#engine.close(this.#socket, 'reset');
    this.#socket = undefined;
  }
}

/** One session, its client, and what its actor hears of it. */
class Client extends RaceWorld<Engine> implements SessionParts {
  readonly world: World;
  readonly fd: number;
  readonly peered: PeeredAttempt[] = [];
  readonly pipes = new PipePool(2, UNRECORDED);
  readonly connectionCounts = new ConnectionCounts(ConnectionCounts.create());
  readonly tally = new Tally(this);
  readonly udpTally = new UdpTally(new UdpCounts(UdpCounts.create()));
  readonly isDebugging: boolean = false;
  readonly tunnelEnds = undefined;
  /** What the record was told, and how the connection ended. */
  readonly recorded: string[] = [];
  ending: string | undefined;
  relayed: RelayEnd | undefined;
  /** What was claimed, and what decides on the last claim. */
  readonly claims: Claim[] = [];
  withdrawn = 0;
  decide: (verdict: Verdict) => void = () => assert.fail('no claim waits');
  permission: Permission = { code: 'allowed' };
  readonly session: Session;
  ruling: Ruling | undefined;
  readonly steering = new LineSteering();
  readonly quiet = usualQuiet({ tcp_keepalive_s: 60, idle_timeout_ms: 60_000 });

  constructor(kind: EngineKind, changes: Changes = {}, listener: Partial<typeof LISTENER> = {}) {
    const world = new World(kind);
    super(world.engine, changes);
    this.world = world;
    this.known.set('site.test', found(A));
    const [near, far] = connectedPair();
    world.keep(far);
    this.fd = far;
    this.session = new Session(this, near, entranceOf({ ...LISTENER, ...listener }, this.quiet));
    this.session.start();
  }

  override readonly newAttempt: MakeAttempt = (candidate, target, outcome) => {
    const line = this.lines[candidate.line];
    const attempt = new PeeredAttempt(this.world, this.engine, line, candidate, target, outcome);
    this.peered.push(attempt);
    return attempt;
  };

  override readonly egress = {
    mayDial: (): Permission => ({ code: 'allowed' }),
    mayAskFor: (): Permission => this.permission,
    mayGoOn: (): Permission => this.permission,
  };

  /** What a header's client is, whether main left this one to be refused, and whether the request is over a limit. */
  header: Told = 'admitted';
  static isRefused = false;
  excess: Failure | undefined;
  readonly limits = {
    isRefused: (): boolean => Client.isRefused,
    handshakeTime: (_fd: number, usual_ms: number): number => {
      assert.equal(usual_ms, 10_000);
      return this.header === 'refused' ? 1000 : usual_ms;
    },
    told: (_fd: number, { length }: Uint8Array, listener: string): Told => {
      assert.deepEqual([length, listener], [4, LISTENER.name]);
      return this.header;
    },
    requested: (_fd: number, user: User | undefined): Failure | undefined => {
      this.limited.push(user?.name);
      return this.excess;
    },
    associated: (fd: number, user: User | undefined): Failure | undefined => this.limits.requested(fd, user),
  };
  /** What was asked of `newAssociation`, and what it gives. */
  associationOf: MakeAssociation = () => assert.fail('nobody has asked for datagrams');
  readonly newAssociation: MakeAssociation = (request) => this.associationOf(request);
  /** The users whose requests were counted. */
  readonly limited: (string | undefined)[] = [];

  readonly rules = {
    needClient: false,
    match: (_target: unknown, client: Asker | undefined): Ruling | undefined => {
      this.askedFor.push(client);
      return this.ruling;
    },
    blocks: (_target: unknown, client: Asker | undefined): Failure => {
      this.askedFor.push(client);
      return { ...failureOf('blocked'), rule: 3 };
    },
    placeFor: (): number => 3,
    quietAt: (_target: unknown, dialled: Uint8Array | undefined): QuietKeys | undefined => {
      this.judged.push(dialled);
      return this.resolvedQuiet;
    },
  };

  /** The addresses whose rules were asked how quiet the connection may be, and what those said. */
  readonly judged: (Uint8Array | undefined)[] = [];
  resolvedQuiet: QuietKeys | undefined;

  /** Whom rules were asked about, and for whom. */
  readonly askedFor: (Asker | undefined)[] = [];
  /** How often it was found out who the client is. */
  found = 0;
  readonly clients = {
    of: (connection: number, user: User | undefined): Asker => {
      this.found += 1;
      return { ip: undefined, user, listener: connection };
    },
    usualLines: undefined as readonly number[] | undefined,
  };

  readonly records = {
    open: (): number => 7,
    told: (_slot: number, { ip, port }: ClientAddress): void => this.#record(`client ${ip.join('.')}:${port}`),
    clientIp: (): Uint8Array => CLIENT_IP,
    clientName: (): string => CLIENT,
    targeted: (_slot: number, { host, port }: { host: string; port: number }, user: User | undefined): void =>
      this.#record(`${host}:${port}${user === undefined ? '' : ` for ${user.name}`}`),
    replied: (_slot: number, code: number): void => this.#record(`reply ${code}`),
    associated: (): void => this.#record('associated'),
    won: (): void => this.#record('won'),
    lost: (_slot: number, _race: unknown, { code }: Failure): void => this.#record(`lost ${code}`),
  };

  /** The lines that users may use. */
  userLines: readonly number[] | undefined;
  readonly authenticator = {
    linesOf: () => this.userLines,
    judge: (claim: Claim, decided: (verdict: Verdict) => void): (() => void) => {
      this.claims.push(claim);
      this.decide = decided;
      return () => {
        this.withdrawn += 1;
      };
    },
  };

  readonly ends = {
    wantsFirstBytes: false,
    heard: (): void => {},
    relayed: (slot: number, end: RelayEnd): void => {
      this.relayed = end;
      this.ends.ended(slot, end.how);
    },
    ended: (slot: number, how: string): void => {
      assert.equal(slot, 7);
      assert.equal(this.ending, undefined, 'ended twice');
      this.ending = how;
    },
  };

  #record(what: string): void {
    this.recorded.push(what);
  }

  says(...parts: readonly Uint8Array[]): void {
    for (const part of parts) sendBytes(this.fd, part);
    this.world.settle();
  }

  /** These bytes come to it, or to the peer of an attempt. */
  hears(bytes: Uint8Array | string, fd = this.fd): void {
    const expected = Buffer.from(bytes);
    const parts: Buffer[] = [];
    const size = (): number => parts.reduce((sum, { length }) => sum + length, 0);
    const come = (): boolean => {
      const part = readNow(fd);
      if (typeof part !== 'number') parts.push(part);
      return size() >= expected.length;
    };
    this.world.until(come, `${expected.length} bytes, after ${size()}`);
    assert.deepEqual(Buffer.concat(parts), expected);
  }

  /** Nothing has come to it by now. */
  hearsNothing(): void {
    this.world.settle();
    assert.equal(readNow(this.fd), -EAGAIN);
  }

  /** The peer is reset. */
  isReset({ peer }: PeeredAttempt): void {
    this.world.until(() => readNow(peer) === -ECONNRESET, 'the reset');
  }

  /** Asks for the site, and has heard that no password is needed. */
  asks(...more: readonly Uint8Array[]): void {
    this.says(GREETING);
    this.hears(CHOSEN);
    this.says(Buffer.concat([REQUEST, ...more]));
    this.world.until(() => this.recorded.length > 0, 'the request');
  }

  /** Says who it is, with what follows, and has heard that a password is wanted. */
  logsIn(...more: readonly Uint8Array[]): void {
    this.says(Buffer.from([5, 2, 0, 2]));
    this.hears(Buffer.from([5, 2]));
    const claim = Buffer.concat([Buffer.from([1, 7]), Buffer.from('alice+a'), Buffer.from([2]), Buffer.from('pw')]);
    this.says(Buffer.concat([claim, ...more]));
    this.world.until(() => this.claims.length > 0, 'the claim');
  }

  resets(): void {
    this.world.hangUp(this.fd, resetFd);
    this.world.settle();
  }

  after(ms: number): void {
    this.deadlines.expire(this.engine.now + ms);
    this.ticks.expire(this.engine.now + ms);
    this.world.settle();
  }

  /** It is over, as told, and has left nothing behind. */
  over(how: string): void {
    this.world.until(() => this.ending !== undefined && this.engine.size === 0, 'the end');
    assert.equal(this.ending, how);
    assert.deepEqual([this.deadlines.size, this.ticks.size], [0, 0]);
    assert.deepEqual([this.budget.total, this.budget.held], [0, 0]);
    this.pipes.destroy();
    this.world.end();
  }
}

for (const { kind, missing } of ENGINES) {
  describe(`${kind}: a session`, { skip: missing ?? false }, () => {
    test('takes a client from its greeting to the end of its transfer', () => {
      const client = new Client(kind);
      client.asks(Buffer.from('early'));
      const [attempt] = client.peered;
      client.hearsNothing();
      attempt.connects();
      client.world.settle();
      client.hears(SUCCESS);
      client.hears('early', attempt.peer);
      client.says(Buffer.from(' and late'));
      client.hears(' and late', attempt.peer);
      sendBytes(attempt.peer, Buffer.from('answer'));
      client.world.settle();
      client.hears('answer');
      shutdownWrite(client.fd);
      shutdownWrite(attempt.peer);
      client.over('complete');
      assert.deepEqual(client.relayed, { how: 'complete', up: 14, down: 6 });
      assert.deepEqual(client.recorded, ['site.test:443', 'reply 0', 'won']);
      assert.deepEqual([client.counters[Counter.opened], client.counters[Counter.connected]], [1, 1]);
      assert.equal(ConnectionCounts.ofListener([client.connectionCounts], LISTENER.number).opened, 1);
      const { attempts, connected, wins, rescues } = LineCounts.sum([client.lineCounts], 0);
      assert.deepEqual([attempts, connected, wins, rescues], [1, 1, 1, 0]);
    });

    test('is as quiet as its rule allows; the rule of the address goes before that of the name', () => {
      for (const [byAddress, patience_ms] of [
        [undefined, 5000],
        [{ idle_timeout_ms: 20_000 }, 20_000],
      ] as const) {
        const client = new Client(kind);
        client.ruling = { lines: undefined, sticky: false, quiet: { idle_timeout_ms: 5000 } };
        client.resolvedQuiet = byAddress;
        client.asks();
        client.peered[0].connects();
        client.world.settle();
        client.hears(SUCCESS);
        assert.deepEqual(client.judged, [ip(A)]);
        client.after(patience_ms - 1000);
        assert.equal(client.ending, undefined);
        client.after(patience_ms + 1000);
        client.over('idle');
      }
    });

    test('passes on first what the destination said to the attempt', () => {
      const client = new Client(kind);
      client.asks();
      const [attempt] = client.peered;
      attempt.rest = Buffer.from('banner');
      attempt.connects();
      client.world.settle();
      client.hears(Buffer.concat([SUCCESS, Buffer.from('banner')]));
      shutdownWrite(attempt.peer);
      shutdownWrite(client.fd);
      client.over('complete');
    });

    for (const [code, reply] of [
      ['refused', 5],
      ['network-unreachable', 3],
      ['host-unreachable', 4],
      ['timed-out', 4],
    ] as const) {
      test(`answers a race that is lost with its failure: ${code}`, () => {
        const client = new Client(kind);
        client.asks();
        client.peered[0].fails(code);
        client.world.settle();
        client.hears(refusal(reply));
        assert.equal(client.ending, undefined, 'it waits for the client to read that');
        shutdownWrite(client.fd);
        client.over('failed');
        assert.deepEqual(client.recorded, ['site.test:443', `lost ${code}`, `reply ${reply}`]);
        assert.equal(client.counters[Counter.failed], 1);
      });
    }

    test('says who its client is where the rules need to know, and for a sticky rule; else it does not find out', () => {
      const alice = { ip: undefined, user: ALICE, listener: 7 };
      const asked = (needClient: boolean, ruling: Ruling | undefined) => {
        const client = new Client(kind, {}, { wantsUser: true });
        client.rules.needClient = needClient;
        client.ruling = ruling;
        client.logsIn(REQUEST);
        client.decide({ code: 'known', user: ALICE });
        client.resets();
        if (client.ending === undefined) client.after(WATCHED_MS);
        client.world.until(() => client.ending !== undefined, 'the end');
        client.world.end();
        return { rules: client.askedFor, found: client.found };
      };
      assert.deepEqual(asked(false, undefined), { rules: [undefined], found: 0 });
      assert.deepEqual(asked(true, undefined), { rules: [alice], found: 1 });
      assert.deepEqual(asked(false, { lines: undefined, sticky: 'user' }), { rules: [undefined], found: 1 });
      assert.deepEqual(asked(true, { lines: undefined, sticky: 'user' }), { rules: [alice], found: 1 });
      assert.deepEqual(asked(true, 'block'), { rules: [alice, alice], found: 1 });
    });

    test('uses no line that an operator has paused, and no other than one to which it is pinned', () => {
      const dialled = (steering: Partial<Steering>, ruling?: Ruling) => {
        const client = new Client(kind, { lines: [0, 1, 2] });
        client.ruling = ruling;
        client.steering.set({ ...UNSTEERED, ...steering });
        client.asks();
        client.world.until(() => client.peered.length > 0, 'the race');
        const lines = client.peered.map(({ candidate }) => candidate.line);
        resetFd(client.fd);
        client.after(WATCHED_MS);
        client.world.until(() => client.ending !== undefined, 'the end');
        for (const { peer } of client.peered) shutdownWrite(peer);
        client.over(client.ending as string);
        return lines;
      };
      assert.deepEqual(dialled({}), [0, 1, 2]);
      assert.deepEqual(dialled({ paused: [0] }), [1, 2]);
      assert.deepEqual(dialled({ pinned: 1 }), [1]);
      assert.deepEqual(dialled({ pinned: 1 }, { lines: [0, 2], sticky: false }), [0, 2], 'it may not use that line');
      assert.deepEqual(dialled({ pins: [{ destination: 'site.test:443', line: 2 }], pinned: 1 }), [2]);
      assert.deepEqual(dialled({ pins: [{ destination: 'site.test:80', line: 2 }] }), [0, 1, 2]);
    });

    test('answers at once where every line that it may use is paused, also where it is pinned to that', () => {
      for (const steering of [
        { paused: [0, 1, 2] },
        { paused: [2], pins: [{ destination: 'site.test:443', line: 2 }] },
      ]) {
        const client = new Client(kind, { lines: [0, 1, 2] });
        client.steering.set({ ...UNSTEERED, ...steering });
        client.asks();
        client.hears(refusal(1));
        assert.equal(client.peered.length, 0);
        shutdownWrite(client.fd);
        client.over('failed');
      }
    });

    test('answers at once where a rule blocks, or the target must not be dialled', () => {
      const blocked = new Client(kind);
      blocked.ruling = 'block';
      blocked.asks();
      blocked.hears(refusal(2));
      shutdownWrite(blocked.fd);
      blocked.over('failed');
      assert.deepEqual([blocked.peered.length, blocked.counters[Counter.blocked]], [0, 1]);
      const own = new Client(kind);
      own.permission = failureOf('own-listener');
      own.asks();
      own.hears(refusal(2));
      assert.equal(own.peered.length, 0);
      shutdownWrite(own.fd);
      own.over('failed');
    });

    test('answers a request that is over a limit, and one of a client that came in to be refused, without a race', () => {
      const limited = new Client(kind, {}, { wantsUser: true });
      limited.excess = failureOf('user-limit');
      limited.logsIn(REQUEST);
      limited.decide({ code: 'known', user: ALICE });
      limited.hears(Buffer.concat([Buffer.from([1, 0]), refusal(2)]));
      shutdownWrite(limited.fd);
      limited.over('failed');
      assert.deepEqual([limited.limited, limited.peered.length, limited.askedFor], [['alice'], 0, []]);

      Client.isRefused = true;
      const refused = new Client(kind, {}, { wantsUser: true });
      Client.isRefused = false;
      refused.excess = failureOf('client-limit');
      // No password is wanted of it.
      refused.says(GREETING);
      refused.hears(CHOSEN);
      refused.says(REQUEST);
      refused.hears(refusal(2));
      shutdownWrite(refused.fd);
      refused.over('failed');
      assert.deepEqual([refused.limited, refused.claims, refused.peered.length], [[undefined], [], 0]);
    });

    test('answers a client that asks for datagrams: over a limit, without a port for it, and where they are switched off', () => {
      const limited = new Client(kind);
      limited.excess = failureOf('client-limit');
      limited.says(GREETING);
      limited.hears(CHOSEN);
      limited.says(ASSOCIATE);
      limited.hears(refusal(2));
      shutdownWrite(limited.fd);
      limited.over('failed');

      const unlucky = new Client(kind);
      const asked: unknown[] = [];
      unlucky.associationOf = ({ connection, depth, port, user }) => {
        asked.push({ connection, depth, port, user });
        return failureOf('out-of-resources');
      };
      unlucky.says(GREETING);
      unlucky.hears(CHOSEN);
      unlucky.says(ASSOCIATE);
      unlucky.hears(refusal(1));
      assert.deepEqual(asked, [{ connection: 7, depth: 0, port: 4001, user: undefined }]);
      assert.deepEqual(unlucky.recorded, ['udp:0', 'lost out-of-resources', 'reply 1']);
      shutdownWrite(unlucky.fd);
      unlucky.over('failed');

      const off = new Client(kind);
      Object.assign(off.options, { udp: { ...off.options.udp, enabled: false } });
      off.says(GREETING);
      off.hears(CHOSEN);
      off.says(ASSOCIATE);
      off.hears(refusal(7));
      shutdownWrite(off.fd);
      off.over('refused');
    });

    test('has less time for a client behind a proxy that is over a limit', () => {
      const client = new Client(kind, {}, { proxyFrom: ['192.0.2.200'] });
      client.header = 'refused';
      client.says(Buffer.from('PROXY TCP4 198.51.100.1 192.0.2.1 5678 1080\r\n'));
      client.world.until(() => client.recorded.length > 0, 'the header');
      client.after(3000);
      client.over('handshake-timeout');
    });

    test('refuses or closes a client behind a proxy that is over a limit', () => {
      const behind = (header: Told) => {
        const client = new Client(kind, {}, { wantsUser: true, proxyFrom: ['192.0.2.200'] });
        client.header = header;
        if (header === 'refused') client.excess = failureOf('client-limit');
        client.says(Buffer.from('PROXY TCP4 198.51.100.1 192.0.2.1 5678 1080\r\n'), GREETING);
        return client;
      };
      const refused = behind('refused');
      refused.hears(CHOSEN);
      refused.says(REQUEST);
      refused.hears(refusal(2));
      shutdownWrite(refused.fd);
      refused.over('failed');
      const closed = behind('closed');
      closed.over('over-limit');
      assert.deepEqual(closed.recorded, ['client 198.51.100.1:5678']);
      const admitted = behind('admitted');
      // It must say which user it is.
      admitted.hears(Buffer.from([5, 255]));
      shutdownWrite(admitted.fd);
      admitted.over('refused');
    });

    test('refuses a client of another protocol', () => {
      const client = new Client(kind);
      client.says(Buffer.from('\x06\x01'));
      shutdownWrite(client.fd);
      client.world.until(() => client.ending !== undefined, 'the end');
      assert.deepEqual([client.counters[Counter.badHandshakes], client.peered.length], [1, 0]);
      const failures = [{ spoken: 'unknown', how: 'unknown-protocol', count: 1 }];
      assert.deepEqual(ConnectionCounts.handshakes([client.connectionCounts]), failures);
      client.over(client.ending as string);
    });

    test('judges who a client is, and goes on with what came behind the claim', () => {
      const client = new Client(kind, {}, { wantsUser: true });
      client.logsIn(REQUEST, Buffer.from('early'));
      client.hearsNothing();
      assert.deepEqual(client.claims, [{ name: 'alice+a', password: 'pw', client: CLIENT_IP }]);
      client.decide({ code: 'known', user: { name: 'alice', tag: 'a' } });
      client.world.until(() => client.peered.length > 0, 'the race');
      client.hears(Buffer.from([1, 0]));
      client.peered[0].connects();
      client.world.settle();
      client.hears(SUCCESS);
      client.hears('early', client.peered[0].peer);
      shutdownWrite(client.fd);
      shutdownWrite(client.peered[0].peer);
      client.over('complete');
      assert.deepEqual(client.recorded, ['site.test:443 for alice', 'reply 0', 'won']);
      assert.equal(client.withdrawn, 0);
    });

    test('lets a user race only over the lines that the user and a rule allow', () => {
      const dialled = (userLines: readonly number[] | undefined, ruling: Ruling | undefined) => {
        const client = new Client(kind, {}, { wantsUser: true });
        client.userLines = userLines;
        client.ruling = ruling;
        client.logsIn(REQUEST);
        client.decide({ code: 'known', user: { name: 'alice', tag: undefined } });
        client.world.settle();
        const lines = client.peered.map(({ candidate }) => candidate.line);
        resetFd(client.fd);
        client.world.until(() => client.ending !== undefined, 'the end');
        for (const { peer } of client.peered) shutdownWrite(peer);
        client.over(client.ending as string);
        return { lines, recorded: client.recorded };
      };
      assert.deepEqual(dialled([1], undefined).lines, [1]);
      assert.deepEqual(dialled([0, 1], { lines: [1], sticky: false }).lines, [1]);
      const none = dialled([0], { lines: [1], sticky: false });
      assert.deepEqual(none, { lines: [], recorded: ['site.test:443 for alice', 'lost kept-away', 'reply 2'] });
    });

    test('refuses a client that is not who it says', () => {
      const client = new Client(kind, {}, { wantsUser: true });
      client.logsIn(REQUEST);
      client.decide({ code: 'unknown' });
      client.hears(Buffer.from([1, 1]));
      shutdownWrite(client.fd);
      client.over('denied');
      assert.deepEqual([client.recorded, client.counters[Counter.badHandshakes]], [[], 1]);
    });

    test('gives up a client whose claim is judged for too long', () => {
      const client = new Client(kind, {}, { wantsUser: true });
      client.logsIn();
      client.after(client.options.handshake_timeout_ms + 100);
      assert.deepEqual([client.withdrawn, client.counters[Counter.timeouts]], [1, 1]);
      client.over('handshake-timeout');
    });

    test('takes the address that a PROXY header tells', () => {
      const client = new Client(kind, {}, { proxyFrom: ['192.0.2.0/24'] });
      client.says(Buffer.from('PROXY TCP4 198.51.100.7 192.0.2.1 5678 1080\r\n'));
      client.asks();
      client.peered[0].connects();
      client.world.settle();
      client.hears(SUCCESS);
      shutdownWrite(client.fd);
      shutdownWrite(client.peered[0].peer);
      client.over('complete');
      assert.deepEqual(client.recorded.slice(0, 2), ['client 198.51.100.7:5678', 'site.test:443']);
    });

    test('ends a client from where a PROXY header must come, and does not', () => {
      const client = new Client(kind, {}, { proxyFrom: ['192.0.2.0/24'] });
      client.says(GREETING);
      client.over('bad-proxy-header');
    });

    test('ends a client from where nobody may come, as a PROXY header tells', () => {
      const client = new Client(kind, {}, { proxyFrom: ['192.0.2.0/24'], allowClients: ['198.51.100.0/30'] });
      client.says(Buffer.from('PROXY TCP4 198.51.100.7 192.0.2.1 5678 1080\r\n'), GREETING);
      client.over('not-allowed');
      assert.deepEqual(client.recorded, []);
    });

    test('ends a client that sends a PROXY header and must not', () => {
      const client = new Client(kind, {}, { proxyFrom: ['192.0.2.0/25'] });
      client.says(Buffer.from('PROXY TCP4 198.51.100.7 192.0.2.1 5678 1080\r\n'));
      client.over('unknown-protocol');
      assert.deepEqual(client.recorded, []);
    });

    test('gives up a client that says nothing', () => {
      const client = new Client(kind);
      client.after(client.options.handshake_timeout_ms + 100);
      assert.equal(client.counters[Counter.timeouts], 1);
      client.over('handshake-timeout');
    });

    test('hands a ClientHello to the next candidate when the winner refuses, and the rest to the relay', () => {
      const client = new Client(kind, { race: { until: 'first-byte' } });
      client.known.set('site.test', found(A, B));
      client.asks();
      const [first, second] = client.peered;
      first.connects();
      second.connects();
      client.says(HELLO);
      client.hears(SUCCESS);
      client.hears(HELLO, first.peer);
      shutdownWrite(first.peer);
      client.world.settle();
      client.hears(HELLO, second.peer);
      sendBytes(second.peer, ANSWER);
      client.world.settle();
      client.hears(ANSWER);
      client.says(Buffer.from('more'));
      client.hears('more', second.peer);
      client.isReset(first);
      shutdownWrite(client.fd);
      shutdownWrite(second.peer);
      client.over('complete');
      assert.deepEqual(client.relayed, { how: 'complete', up: HELLO.length + 4, down: ANSWER.length });
      const { wins, rescues, unanswered, firstByte } = LineCounts.sum([client.lineCounts], 0);
      assert.deepEqual([wins, rescues, unanswered, firstByte.count], [1, 0, 1, 1], 'another address is no other line');
    });
  });

  describe(`${kind}: a session of an HTTP client`, { skip: missing ?? false }, () => {
    const http = (changes: Changes = {}, wantsUser = false): Client => {
      const client = new Client(kind, changes, { protocols: ['http'], wantsUser });
      client.known.set('site.test', found(A, B));
      return client;
    };
    const head = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
    const CONNECT = head('CONNECT site.test:443 HTTP/1.1', 'Host: site.test');
    const POST = head('POST http://site.test/ HTTP/1.1', 'Host: site.test', 'Content-Length: 4');
    const SENT_ON = head(
      'POST / HTTP/1.1',
      'Host: site.test',
      'Content-Length: 4',
      'Via: 1.1 tcproute',
      'Connection: close',
    );

    test('makes a tunnel', () => {
      const client = http();
      client.says(CONNECT, Buffer.from('early'));
      const [attempt] = client.peered;
      client.hearsNothing();
      attempt.connects();
      client.world.settle();
      client.hears('HTTP/1.1 200 Connection established\r\n\r\n');
      client.hears('early', attempt.peer);
      shutdownWrite(client.fd);
      shutdownWrite(attempt.peer);
      client.over('complete');
      assert.deepEqual(client.recorded, ['site.test:443', 'reply 200', 'won']);
    });

    test('sends a request to one server and never again, and says nothing of its own', () => {
      const client = http({ race: { until: 'first-byte' } });
      client.says(POST, Buffer.from('bo'));
      const [first, second] = client.peered;
      first.connects();
      client.world.settle();
      client.hears(Buffer.concat([SENT_ON, Buffer.from('bo')]), first.peer);
      client.says(Buffer.from('dy'), POST);
      client.hears('dy', first.peer);
      client.hearsNothing();
      shutdownWrite(first.peer);
      client.world.settle();
      shutdownWrite(client.fd);
      client.over('complete');
      assert.equal(second.result, 'abandoned');
      assert.deepEqual(client.relayed, { how: 'complete', up: SENT_ON.length + 4, down: 0 });
      assert.deepEqual(client.recorded, ['site.test:80', 'won']);
    });

    test('says which line has failed, and why', () => {
      const client = http({ lines: [1] });
      client.known.set('site.test', found(A));
      client.says(CONNECT);
      client.peered[0].fails('refused');
      client.world.settle();
      client.hears(CONNECT_REPLIES.failure(failureOf('refused'), 'second'));
      shutdownWrite(client.fd);
      client.over('failed');
      assert.deepEqual(client.recorded, ['site.test:443', 'lost refused', 'reply 502']);
    });

    test('names no line where it was none', () => {
      const client = http();
      client.permission = failureOf('own-listener');
      client.says(CONNECT);
      client.world.settle();
      client.hears(CONNECT_REPLIES.failure(failureOf('own-listener')));
      shutdownWrite(client.fd);
      client.over('failed');
    });

    for (const verdict of ['known', 'unknown'] as const) {
      test(`has its credentials judged, which the destination never gets: ${verdict}`, () => {
        const client = http({}, true);
        const credentials = Buffer.from('alice:pw').toString('base64');
        client.says(head('GET http://site.test/ HTTP/1.0', `Proxy-Authorization: Basic ${credentials}`));
        client.world.until(() => client.claims.length > 0, 'the claim');
        assert.deepEqual([client.claims[0].name, client.claims[0].password], ['alice', 'pw']);
        client.hearsNothing();
        client.decide(
          verdict === 'known' ? { code: 'known', user: { name: 'alice', tag: undefined } } : { code: verdict },
        );
        client.world.settle();
        if (verdict === 'known') {
          client.peered[0].connects();
          client.world.settle();
          const sent = head('GET / HTTP/1.0', 'Host: site.test', 'Via: 1.0 tcproute', 'Connection: close');
          client.hears(sent, client.peered[0].peer);
          assert.equal(client.recorded[0], 'site.test:80 for alice');
          shutdownWrite(client.peered[0].peer);
        } else {
          const answer = readNow(client.fd);
          assert.match(String(answer), /^HTTP\/1\.1 407 /);
          assert.equal(client.peered.length, 0);
        }
        shutdownWrite(client.fd);
        client.over(verdict === 'known' ? 'complete' : (client.ending ?? 'refused'));
      });
    }
  });

  describe(`${kind}: a client that leaves`, { skip: missing ?? false }, () => {
    test('before it has said anything', () => {
      const client = new Client(kind);
      client.resets();
      client.over('left-early');
      assert.deepEqual(ConnectionCounts.handshakes([client.connectionCounts]), [
        { spoken: 'unknown', how: 'left-early', count: 1 },
      ]);
    });

    test('in its handshake', () => {
      const client = new Client(kind);
      client.says(GREETING, REQUEST.subarray(0, 7));
      shutdownWrite(client.fd);
      client.over('left-early');
      assert.equal(client.counters[Counter.badHandshakes], 1);
      assert.deepEqual(ConnectionCounts.handshakes([client.connectionCounts]), [
        { spoken: 'socks5', how: 'left-early', count: 1 },
      ]);
    });

    test('while its claim is judged: the claim is withdrawn', () => {
      const client = new Client(kind, {}, { wantsUser: true });
      client.logsIn();
      client.resets();
      client.over('left-early');
      assert.equal(client.withdrawn, 1);
    });

    test('in its race: every attempt is given up', () => {
      const client = new Client(kind, { lines: [0, 1] });
      client.asks();
      client.after(WATCHED_MS);
      assert.equal(client.ending, undefined);
      client.resets();
      client.over('cancelled');
      assert.deepEqual(
        client.peered.map(({ result }) => result),
        ['abandoned', 'abandoned'],
      );
      assert.equal(client.counters[Counter.failed], 1);
    });

    test('in its race while its name is looked up', () => {
      const client = new Client(kind);
      client.known.clear();
      client.asks();
      client.after(WATCHED_MS);
      client.resets();
      client.over('cancelled');
      assert.deepEqual([client.peered.length, client.waiters.get('site.test')?.size], [0, 0]);
    });

    test('behind a failure reply', () => {
      const client = new Client(kind);
      client.asks();
      client.peered[0].fails('refused');
      client.resets();
      client.over('failed');
    });

    test('in its hello race: what was asked and what is in reserve is closed', () => {
      const client = new Client(kind, { race: { until: 'first-byte' } });
      client.known.set('site.test', found(A, B));
      client.asks();
      for (const attempt of client.peered) attempt.connects();
      client.says(HELLO);
      client.resets();
      client.over('reset-by-client');
      assert.equal(client.counters[Counter.resets], 1);
    });

    test('in its relay', () => {
      const client = new Client(kind);
      client.asks();
      client.peered[0].connects();
      client.world.settle();
      client.resets();
      client.isReset(client.peered[0]);
      client.over('reset-by-client');
    });
  });

  describe(`${kind}: an operator closes a session`, { skip: missing ?? false }, () => {
    const closed = (client: Client, asked: readonly PeeredAttempt[] = []): void => {
      assert.equal(client.session.closeByOperator(), true);
      client.world.until(() => readNow(client.fd) === -ECONNRESET, 'the reset');
      for (const attempt of asked) client.isReset(attempt);
      client.over('closed-by-operator');
      assert.deepEqual([client.counters[Counter.failed], client.counters[Counter.resets]], [0, 0]);
    };

    test('in its handshake', () => {
      const client = new Client(kind);
      client.says(GREETING);
      client.hears(CHOSEN);
      closed(client);
      assert.equal(client.counters[Counter.badHandshakes], 0);
    });

    test('while its claim is judged: the claim is withdrawn', () => {
      const client = new Client(kind, {}, { wantsUser: true });
      client.logsIn();
      closed(client);
      assert.equal(client.withdrawn, 1);
    });

    test('in its race: every attempt is given up', () => {
      const client = new Client(kind, { lines: [0, 1] });
      client.asks();
      closed(client);
      assert.deepEqual(
        client.peered.map(({ result }) => result),
        ['abandoned', 'abandoned'],
      );
    });

    test('in its hello race: what was asked and what is in reserve is closed', () => {
      const client = new Client(kind, { race: { until: 'first-byte' } });
      client.known.set('site.test', found(A, B));
      client.asks();
      for (const attempt of client.peered) attempt.connects();
      client.says(HELLO);
      client.hears(SUCCESS);
      closed(client, client.peered);
    });

    test('but not while its client is told of a failure: it ends as it would have', () => {
      const failed = new Client(kind);
      failed.asks();
      failed.peered[0].fails('refused');
      assert.equal(failed.session.closeByOperator(), false);
      failed.hears(refusal(5));
      shutdownWrite(failed.fd);
      failed.over('failed');
      const other = new Client(kind, {}, { protocols: ['http'] });
      other.says(Buffer.from('GET / HTTP/1.1\r\nHost: a b\r\n\r\n'));
      assert.equal(other.session.closeByOperator(), false);
      shutdownWrite(other.fd);
      other.world.until(() => other.ending !== undefined, 'the end');
      assert.notEqual(other.ending, 'closed-by-operator');
      other.over(other.ending ?? '');
    });
  });
}
