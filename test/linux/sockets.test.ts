// Socket addresses as the kernel lays them out, and the direct calls on sockets: expected failures are values, and
// every fd of a test is closed at its end.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { packAddress, unpackAddress } from '../../src/linux/addresses.js';
import {
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EINPROGRESS,
  EPIPE,
} from '../../src/linux/errno.js';
import { errorName } from '../../src/linux/error-name.js';
import * as libc from '../../src/linux/libc.js';
import { mapMemory, unmap } from '../../src/linux/memory.js';
import {
  bindTo,
  breakOff,
  closeFd,
  connectTo,
  listenOn,
  localEndpoint,
  openStream,
  peerEndpoint,
  pendingError,
  pollNow,
  sendBytes,
  sendFrom,
  setBindAddressNoPort,
  setKeepAlive,
  setLingerZero,
  setNoDelay,
  setUserTimeout,
  shutdownBoth,
  shutdownWrite,
} from '../../src/linux/sockets.js';
import {
  acceptFrom,
  awaitReady,
  connectedPair,
  connecting,
  deadPort,
  fillUp,
  IPV4,
  IPV6,
  listening,
  openFds,
  option,
  POLLIN,
  POLLOUT,
  readNow,
  readToEnd,
} from './peers.js';
import { leftOpen } from './world.js';

const HELLO = Buffer.from('hello');
/** TEST-NET-3 (RFC 5737) and the documentation prefix (RFC 3849): no machine has them. */
const NOBODYS_IPV4 = new Uint8Array([203, 0, 113, 7]);
const NOBODYS_IPV6 = new Uint8Array([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
const FAMILIES = [
  ['IPv4', IPV4],
  ['IPv6', IPV6],
] as const;

let before = openFds();
const open = new Set<number>();
const keep = (fd: number): number => {
  assert.ok(fd >= 0, errorName(fd));
  open.add(fd);
  return fd;
};

beforeEach(() => {
  before = openFds();
});
afterEach(() => {
  for (const fd of open) closeFd(fd);
  open.clear();
  assert.deepEqual(leftOpen(before), []);
});

function keepPair(ip: Uint8Array = IPV4): [number, number] {
  const [near, far] = connectedPair(ip);
  return [keep(near), keep(far)];
}

describe('addresses', () => {
  test('an IPv4 address is laid out as struct sockaddr_in', () => {
    const packed = packAddress(new Uint8Array([192, 0, 2, 1]), 443);
    assert.deepEqual([...packed], [2, 0, 1, 187, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('an IPv6 address is laid out as struct sockaddr_in6, with no flow and no scope', () => {
    const ip = new Uint8Array([0x20, 0x01, 0x0d, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.deepEqual([...packAddress(ip, 0xfffe)], [10, 0, 255, 254, 0, 0, 0, 0, ...ip, 0, 0, 0, 0]);
  });

  test('unpacking is the inverse, for every kind of port', () => {
    for (const ip of [IPV4, IPV6, NOBODYS_IPV4, NOBODYS_IPV6]) {
      for (const port of [0, 1, 255, 256, 1080, 65535]) {
        assert.deepEqual(unpackAddress(packAddress(ip, port)), { ip, port });
      }
    }
  });

  test('what is unpacked is a copy', () => {
    const packed = packAddress(IPV4, 1);
    const { ip } = unpackAddress(packed);
    packed.fill(0);
    assert.deepEqual(ip, IPV4);
  });

  test('an address that is the likely one shares its array, and any other has one of its own', () => {
    const likely = { 4: IPV4.slice(), 16: IPV6.slice() };
    for (const ip of [IPV4, IPV6, NOBODYS_IPV4, NOBODYS_IPV6]) {
      for (const one of [likely[4], likely[16]]) {
        const unpacked = unpackAddress(packAddress(ip, 443), one);
        assert.deepEqual(unpacked, { ip, port: 443 });
        assert.equal(unpacked.ip === one, ip === IPV4 ? one === likely[4] : ip === IPV6 && one === likely[16]);
      }
    }
  });

  test('another family is 0.0.0.0:0', () => {
    assert.deepEqual(unpackAddress(new Uint8Array(28).fill(1)), { ip: new Uint8Array(4), port: 0 });
  });
});

describe('listening', () => {
  for (const [name, ip] of FAMILIES) {
    test(`port 0 over ${name} is some free port, and its name is known`, () => {
      const fd = keep(listenOn(ip, 0, 16, 0));
      const local = localEndpoint(fd);
      assert.ok(typeof local !== 'number');
      assert.deepEqual(local.ip, ip);
      assert.ok(local.port > 0);
    });

    test(`sockets with one local address over ${name} share its array`, () => {
      const [first, second] = [1, 2].map(() => localEndpoint(keep(listenOn(ip, 0, 16, 0))));
      assert.ok(typeof first !== 'number' && typeof second !== 'number');
      assert.equal(first.ip, second.ip);
      assert.notEqual(first.port, second.port);
    });

    test(`a port over ${name} that is taken is -EADDRINUSE`, () => {
      const { fd, port } = listening(ip);
      keep(fd);
      assert.equal(listenOn(ip, port, 16, 0), -EADDRINUSE);
    });
  }

  test('an address that this machine does not have is -EADDRNOTAVAIL', () => {
    assert.equal(listenOn(NOBODYS_IPV4, 0, 16, 0), -EADDRNOTAVAIL);
    assert.equal(listenOn(NOBODYS_IPV6, 0, 16, 0), -EADDRNOTAVAIL);
  });

  test('a privileged port without the privilege is -EACCES', (t) => {
    const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'latin1'));
    if (first <= 1) {
      t.skip('every port is unprivileged here');
      return;
    }
    const child = spawnSync(process.execPath, [fileURLToPath(new URL('./privileged-port.js', import.meta.url))], {
      encoding: 'utf8',
    });
    assert.equal(child.stdout, 'EACCES\n', child.stderr);
  });

  test('a port may be listened on again while its old connections linger', () => {
    const { fd, port } = listening();
    const client = keep(connecting(port));
    closeFd(acceptFrom(fd));
    closeFd(fd);
    awaitReady(client, POLLIN);
    keep(listenOn(IPV4, port, 16, 0));
  });

  test('what is accepted has TCP_NODELAY and the user timeout, and is not kept alive yet', () => {
    const fd = keep(listenOn(IPV4, 0, 16, 12_345));
    const local = localEndpoint(fd);
    assert.ok(typeof local !== 'number');
    keep(connecting(local.port));
    const accepted = keep(acceptFrom(fd));
    assert.equal(option(accepted, 6, 1), 1);
    assert.equal(option(accepted, 1, 9), 0);
    assert.equal(option(accepted, 6, 18), 12_345);
  });

  test('the IPv6 wildcard takes IPv4 clients', () => {
    const { fd, port } = listening(new Uint8Array(16));
    keep(fd);
    keep(connecting(port, IPV4));
    const peer = peerEndpoint(keep(acceptFrom(fd)));
    assert.ok(typeof peer !== 'number');
    assert.deepEqual([...peer.ip], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1]);
  });
});

describe('connecting', () => {
  for (const [name, ip] of FAMILIES) {
    test(`both ends over ${name} know each other by the same names`, () => {
      const [near, far] = keepPair(ip);
      assert.deepEqual(localEndpoint(near), peerEndpoint(far));
      assert.deepEqual(peerEndpoint(near), localEndpoint(far));
    });

    test(`bindTo over ${name} chooses the source, with a port of its own or at connect`, () => {
      const source = ip.length === 4 ? new Uint8Array([127, 0, 0, 9]) : ip;
      for (const late of [false, true]) {
        const { fd, port } = listening(ip);
        keep(fd);
        const client = keep(openStream(ip.length));
        if (late) assert.equal(setBindAddressNoPort(client), 0);
        assert.equal(bindTo(client, source, 0), 0);
        const local = localEndpoint(client);
        assert.ok(typeof local !== 'number');
        assert.equal(local.port === 0, late);
        assert.equal(connectTo(client, packAddress(ip, port)), -EINPROGRESS);
        const peer = peerEndpoint(keep(acceptFrom(fd)));
        assert.ok(typeof peer !== 'number');
        assert.deepEqual(peer.ip, source);
      }
    });

    test(`a refusal over ${name} is the pending error, told once`, () => {
      const client = keep(connecting(deadPort(ip), ip));
      awaitReady(client, POLLOUT);
      assert.equal(pendingError(client), -ECONNREFUSED);
      assert.equal(pendingError(client), 0);
    });
  }

  test('a socket without a peer has no peer name, and one of the wrong family cannot be bound', () => {
    const fd = keep(openStream(4));
    assert.equal(errorName(peerEndpoint(fd) as number), 'ENOTCONN');
    assert.equal(errorName(bindTo(fd, IPV6, 0)), 'EAFNOSUPPORT');
    assert.equal(bindTo(fd, NOBODYS_IPV4, 0), -EADDRNOTAVAIL);
  });

  test('an fd that is not open is -EBADF, whatever is asked of it', () => {
    const fd = openStream(4);
    closeFd(fd);
    const calls = [
      closeFd(fd),
      shutdownWrite(fd),
      setNoDelay(fd),
      pendingError(fd),
      sendBytes(fd, HELLO),
      bindTo(fd, IPV4, 0),
      localEndpoint(fd),
    ];
    for (const result of calls) assert.equal(errorName(result as number), 'EBADF');
  });

  test('sockets are non-blocking and close-on-exec', () => {
    const fd = keep(openStream(16));
    assert.equal(libc.fcntl(fd, 1, 0), 1);
    assert.equal(libc.fcntl(fd, 3, 0) & 0x800, 0x800);
  });

  test('options reach the kernel', () => {
    const fd = keep(openStream(4));
    assert.deepEqual(
      [setNoDelay(fd), setKeepAlive(fd, { idle_s: 60, interval_s: 20, probes: 7 }), setUserTimeout(fd, 9876)],
      [0, 0, 0],
    );
    assert.deepEqual([option(fd, 6, 1), option(fd, 1, 9), option(fd, 6, 18)], [1, 1, 9876]);
    // TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT.
    assert.deepEqual([option(fd, 6, 4), option(fd, 6, 5), option(fd, 6, 6)], [60, 20, 7]);
  });
});

describe('sending', () => {
  test('a full buffer takes a part, then nothing, and has room again when the peer reads', () => {
    const [near, far] = keepPair();
    const block = Buffer.from(Array.from({ length: 65536 }, (_, i) => i % 253));
    let partial = false;
    // One that is full exactly at the end of a block took no part of the next one.
    for (let round = 0; round < 50 && !partial; round += 1) {
      const sent: Buffer[] = [];
      let result: number;
      // The kernel hands on what is sent while this looks at it: a buffer that was full may have room a moment later.
      // What the peer can take has an end, so that it stays full sooner or later.
      do {
        result = sendBytes(near, block);
        if (result > 0) sent.push(block.subarray(0, result));
        else assert.equal(result, -EAGAIN, errorName(result));
        partial ||= result > 0 && result < block.length;
        assert.ok(sent.length < 10_000, 'there is no end of what is taken');
      } while (result > 0 || pollNow(near, POLLOUT) !== 0);
      const parts: Buffer[] = [];
      const expected = Buffer.concat(sent);
      for (let read = 0; read < expected.length; ) {
        awaitReady(far, POLLIN);
        const part = readNow(far);
        assert.ok(typeof part !== 'number' && part.length > 0);
        parts.push(part);
        read += part.length;
      }
      assert.ok(Buffer.concat(parts).equals(expected), 'what was taken arrives as it was');
      awaitReady(near, POLLOUT);
    }
    assert.ok(partial, 'one went in only in part');
    assert.equal(sendBytes(near, HELLO), 5);
  });

  test('at most 64 KiB go at once, and the bytes arrive as they were', () => {
    const [near, far] = keepPair();
    const block = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 241));
    let sent = 0;
    while (sent < block.length) {
      const result = sendBytes(near, block.subarray(sent));
      assert.ok(result > 0 && result <= 65536);
      sent += result;
    }
    shutdownWrite(near);
    const { bytes, end } = readToEnd(far);
    assert.equal(end, 0);
    assert.ok(bytes.equals(block));
  });

  test('memory of the kernel’s side is sent without a copy of ours', () => {
    const [near, far] = keepPair();
    const memory = mapMemory(4096);
    memory.bytes.set(HELLO, 100);
    assert.equal(sendFrom(near, memory.address + 100, 5), 5);
    awaitReady(far, POLLIN);
    assert.deepEqual(readNow(far), HELLO);
    unmap(memory);
  });

  test('nothing is sent after our own end: -EPIPE, and no signal', () => {
    const [near] = keepPair();
    shutdownWrite(near);
    assert.equal(sendBytes(near, HELLO), -EPIPE);
  });
});

describe('ending', () => {
  test('a half-close ends one direction and leaves the other', () => {
    const [near, far] = keepPair();
    sendBytes(near, HELLO);
    assert.equal(shutdownWrite(near), 0);
    assert.deepEqual(readToEnd(far), { bytes: HELLO, end: 0 });
    assert.equal(sendBytes(far, HELLO), 5);
    awaitReady(near, POLLIN);
    assert.deepEqual(readNow(near), HELLO);
  });

  test('shutting both directions down ends both', () => {
    const [near, far] = keepPair();
    assert.equal(shutdownBoth(near), 0);
    assert.deepEqual(readToEnd(far), { bytes: Buffer.alloc(0), end: 0 });
    assert.equal(sendBytes(near, HELLO), -EPIPE);
  });

  test('breaking off is a reset, whether bytes wait to be sent, to be read, or not', () => {
    for (const waiting of ['none', 'near', 'far']) {
      const [near, far] = keepPair();
      if (waiting === 'near') sendBytes(far, HELLO);
      if (waiting === 'far') sendBytes(near, HELLO);
      breakOff(near);
      const bytes = waiting === 'far' ? HELLO : Buffer.alloc(0);
      assert.deepEqual(readToEnd(far), { bytes, end: -ECONNRESET });
    }
  });

  test('with a linger of zero a close is a reset, also with unsent bytes', () => {
    for (const unsent of [false, true]) {
      const [near, far] = connectedPair();
      keep(far);
      if (unsent) fillUp(near);
      assert.equal(setLingerZero(near), 0);
      closeFd(near);
      assert.equal(readToEnd(far).end, -ECONNRESET);
    }
  });
});

describe('errors', () => {
  test('an errno has its name, negated or not, and an unknown one its number', () => {
    assert.equal(errorName(ECONNREFUSED), 'ECONNREFUSED');
    assert.equal(errorName(-ECONNREFUSED), 'ECONNREFUSED');
    assert.equal(errorName(-4095), 'errno 4095');
  });
});
