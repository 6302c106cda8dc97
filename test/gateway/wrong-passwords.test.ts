// Very many wrong passwords, over SOCKS5 and HTTP and from several addresses: few of them reach scrypt, users are served meanwhile,
// every claim is counted once, and nothing grows. TCPROUTE_TEST_GUESSES=1000000 tries a million, and the test says what they cost.
import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { formatPhc } from '../../src/protocol/users/phc.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { guess } from '../helpers/guesser.js';
import { echoServer } from '../helpers/servers.js';
import { dialAs } from '../helpers/socks-user.js';
import { until } from '../helpers/until.js';

const GUESSES = Number(process.env['TCPROUTE_TEST_GUESSES'] ?? 20_000);
const ADDRESSES = 4;
const AT_A_TIME = 64;
/** Wrong claims of one address that are judged in a row; after them, one in six seconds. */
const BURST = 20;
const FORGET_S = 6;
/** Claims of one address that may be under way when it is closed. */
const UNDER_WAY = 4;
/** A million meet a hash with the usual parameters, fewer a cheap one: a machine that runs other tests takes long for the usual. */
const LN = GUESSES < 1_000_000 ? 10 : 15;
const TRIES_MAX = 10;
/** Of one comparison, on a slow machine. */
const SCRYPT_S = 0.25;
const MIB_MORE = 96;

/** Seconds of CPU time so far. */
function cpu({ child }: Gateway): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

interface Counts {
  readonly known: number;
  readonly unknown: number;
  readonly tooMany: number;
  readonly timeouts: number;
}

/** What the report counts now. */
async function countsOf(gateway: Gateway): Promise<Counts> {
  const reports = () => gateway.records.filter(({ msg }) => msg === 'report: connections');
  const before = reports().length;
  gateway.child.kill('SIGUSR2');
  await until('it reports', () => reports().length > before);
  const told = reports()[before] as Record<string, unknown>;
  const count = (name: string): number => Number(told[name]);
  return {
    ...{ known: count('claimsKnown'), unknown: count('claimsUnknown'), tooMany: count('claimsTooMany') },
    timeouts: count('timeouts'),
  };
}

function hashOf(password: string): string {
  const salt = Buffer.from('some salt of one');
  const parameters = { N: 2 ** LN, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
  return formatPhc({ ln: LN, r: 8, p: 1, salt, hash: scryptSync(password, salt, 32, parameters) });
}

inBothEngines(
  `${GUESSES} wrong passwords cost little, and users are served meanwhile`,
  async (world) => {
    const server = world.use(await echoServer());
    const hash = hashOf('hunter2');
    const users = { alice: { password: hash }, bob: { password: hash }, carol: { password: hash } };
    const gateway = await world.gateway({ users, workers: 2 });
    let right = 0;
    /** Tries of users that took longer than a handshake may. */
    let late = 0;
    const visit = async (name: string, from: string): Promise<void> => {
      const { peer, came } = await dialAs(gateway.port, { name, password: 'hunter2' }, server, from);
      assert.equal(came, 0, name);
      right += 1;
      peer.send('x');
      await peer.read(1);
      peer.end();
      await peer.ended();
    };
    // The first time from there: the password waits for its turn among those that are compared. On a busy machine that may take
    // longer than a handshake; it is compared all the same, and a later try finds it right.
    const visitAtLast = async (name: string, from: string): Promise<void> => {
      for (let tries = 1; ; tries += 1) {
        const failed = await visit(name, from).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failed === undefined) return;
        late += 1;
        if (tries === TRIES_MAX) throw failed;
      }
    };
    await visit('bob', '127.0.0.2');

    const [rss, cpu_s, begun] = [gateway.rss(), cpu(gateway), performance.now()];
    let [isOver, isWanted] = [false, true];
    world.use({ close: () => (isWanted = false) });
    const guessing = guess({
      ...{ port: gateway.port, guesses: GUESSES, addresses: ADDRESSES, at_a_time: AT_A_TIME },
      wanted: () => isWanted,
    });
    const guessed = guessing.finally(() => {
      isOver = true;
    });
    let slowest_ms = 0;
    while (!isOver) {
      const at = performance.now();
      await visit('bob', '127.0.0.2');
      slowest_ms = Math.max(slowest_ms, performance.now() - at);
      if (right === 10) await visitAtLast('carol', '127.0.0.3');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { socks, http, otherwise } = await guessed;
    const seconds = (performance.now() - begun) / 1000;
    const cost = { seconds, cpu_s: cpu(gateway) - cpu_s, rss, rss_after: gateway.rss(), slowest_ms };

    // Those that took longer than a handshake may, on a machine that runs much else, are counted when they have been compared.
    let counts = await countsOf(gateway);
    for (let tries = 0; counts.unknown + counts.tooMany < GUESSES && tries < 100; tries += 1) {
      counts = await countsOf(gateway);
    }
    const { known, unknown, tooMany, timeouts } = counts;
    if (GUESSES > 20_000)
      console.log(JSON.stringify({ ...cost, right, late, socks, http, otherwise, unknown, tooMany }));
    assert.deepEqual([known, unknown + tooMany, timeouts], [right + late, GUESSES, otherwise + late]);
    assert.equal(socks + http, GUESSES - otherwise);
    const judged_max = ADDRESSES * (BURST + UNDER_WAY + Math.ceil(seconds / FORGET_S));
    assert.ok(unknown <= judged_max, `${unknown} were compared, at most ${judged_max} should be`);
    const lines = gateway.records.filter(({ msg }) =>
      /^a client at 127\.1\.0\.\d+ (?:gave|is refused)/.test(msg),
    ).length;
    assert.ok(lines >= ADDRESSES && lines <= ADDRESSES * (1 + Math.floor(seconds / 60)), `${lines} lines`);
    assert.doesNotMatch(gateway.output, /guess/);

    await until('nothing is held back', () => gateway.sockets() < 30);
    // A guess that is not compared costs no more than any connection that fails.
    const cpu_max = judged_max * SCRYPT_S + GUESSES * 0.001 + right * 0.01 + 5;
    assert.ok(cost.cpu_s < cpu_max, `${cost.cpu_s} s of CPU, at most ${cpu_max}`);
    assert.ok(cost.rss_after - rss < MIB_MORE, `${rss} MiB before, ${cost.rss_after} after`);
  },
  60_000 + GUESSES * 4,
);
