// A real HTTP/3 client, Debian's gtlsclient (package ngtcp2-client). It knows no SOCKS: udp/shim.ts leads it through a gateway.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { QUIC_NAME, QUIC_PATH } from './server.js';

export interface Fetched {
  /** What came as the file; undefined if nothing did. */
  readonly text: string | undefined;
  readonly handshake: 'completed' | 'failed';
  /** All that the client printed. */
  readonly output: string;
}

export interface QuicClient {
  /** More options of gtlsclient. */
  readonly args?: readonly string[];
  /** How long it tries, in seconds. */
  readonly handshake_s?: number;
}

/** Asks the server at an address for its file. It repeats its first flight after a second. */
export async function fetchByQuic(
  { host, port }: { readonly host: string; readonly port: number },
  { args = [], handshake_s = 10 }: QuicClient = {},
): Promise<Fetched> {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-quic-'));
  try {
    const download = join(directory, 'download');
    mkdirSync(download);
    const quiet = ['--no-quic-dump', '--no-http-dump', '--exit-on-all-streams-close', `--download=${download}`];
    const how = [`--handshake-timeout=${handshake_s}s`, `--timeout=${handshake_s}s`];
    const command = [...quiet, ...how, ...args, host, `${port}`, `https://${QUIC_NAME}:${port}${QUIC_PATH}`];
    const child = spawn('gtlsclient', command, { stdio: ['ignore', 'pipe', 'pipe'] });
    const abandon = () => child.kill('SIGKILL');
    process.once('exit', abandon);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    await once(child, 'close');
    process.off('exit', abandon);
    const file = join(download, basename(QUIC_PATH));
    const handshake = output.includes('QUIC handshake has completed') ? 'completed' : 'failed';
    // It makes the file when it asks.
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return { text: text === '' ? undefined : text, handshake, output };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
