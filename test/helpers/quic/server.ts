// A real HTTP/3 server on loopback, Debian's gtlsserver (package ngtcp2-server), which has one file to give.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateFor } from '../certificate.js';
import { until } from '../until.js';

/** The name in its certificate, and what gtlsclient names in its ClientHello whatever it is told. */
export const QUIC_NAME = 'localhost';
/** What its file says. */
export const QUIC_TEXT = 'over QUIC\n';
export const QUIC_PATH = '/text.txt';

/** Why no server or client of QUIC can be started here; undefined if both can. */
export function withoutQuic(): string | undefined {
  const missing = ['gtlsserver', 'gtlsclient', 'openssl'].filter((name) => spawnSync('which', [name]).status !== 0);
  return missing.length === 0
    ? undefined
    : `${missing.join(' and ')} not installed: apt-get install ngtcp2-client ngtcp2-server`;
}

export class QuicServer {
  readonly host: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #directory: string;

  private constructor(child: ChildProcess, directory: string, host: string, port: number) {
    this.#child = child;
    this.#directory = directory;
    this.host = host;
    this.port = port;
  }

  /** `args` are more options of gtlsserver, such as `--validate-addr` for a Retry. `host` is an IPv4 address. */
  static async start(args: readonly string[] = [], host = '127.0.0.1'): Promise<QuicServer> {
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-quic-'));
    const { key, cert } = certificateFor(QUIC_NAME);
    const [keyFile, certFile, documents] = ['key.pem', 'cert.pem', 'documents'].map((name) => join(directory, name));
    writeFileSync(keyFile, key);
    writeFileSync(certFile, cert);
    mkdirSync(documents);
    writeFileSync(join(documents, QUIC_PATH), QUIC_TEXT);
    const child = spawn('gtlsserver', ['-q', '-d', documents, ...args, host, '0', keyFile, certFile], {
      stdio: 'ignore',
    });
    const abandon = () => child.kill('SIGKILL');
    process.once('exit', abandon);
    child.once('exit', () => process.off('exit', abandon));
    await once(child, 'spawn');
    let port: number | undefined;
    try {
      await until('gtlsserver is bound', () => {
        if (child.exitCode !== null) throw new Error(`gtlsserver has ended with ${child.exitCode}`);
        port = boundPort(child.pid as number);
        return port !== undefined;
      });
    } catch (error) {
      child.kill('SIGKILL');
      rmSync(directory, { recursive: true });
      throw error;
    }
    return new QuicServer(child, directory, host, port as number);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** The port of the IPv4 UDP socket of a process; undefined as long as it has none. */
function boundPort(pid: number): number | undefined {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return ''; // closed meanwhile
      }
    }),
  );
  // sl, local address, remote address, state, queues, timer, retransmits, uid, timeout, inode
  const rows = readFileSync(`/proc/${pid}/net/udp`, 'latin1').split('\n').slice(1, -1);
  const columns = rows.map((row) => row.trim().split(/\s+/)).find((one) => sockets.has(`socket:[${one[9]}]`));
  return columns === undefined ? undefined : Number.parseInt(columns[1].split(':')[1], 16);
}
