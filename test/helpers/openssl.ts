// Runs openssl: makes a certificate for a test, and starts s_server on loopback. `close` leaves nothing of a server behind.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** The folder with key.pem and cert.pem, until `remove`; tests may put more files there. */
  readonly folder: string;
  remove(): void;
}

export function makeCertificate(name: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-openssl-'));
  const [keyout, out] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', [...request, '-keyout', keyout, '-out', out, '-subj', `/CN=${name}`], { stdio: 'ignore' });
  return {
    key: readFileSync(keyout, 'utf8'),
    cert: readFileSync(out, 'utf8'),
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface OpensslServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function opensslServer({ folder }: Certificate, ...args: string[]): Promise<OpensslServer> {
  const own = ['s_server', '-accept', '127.0.0.1:0', '-key', 'key.pem', '-cert', 'cert.pem'];
  // Its input stays open, because s_server ends with its input.
  const child = spawn('openssl', [...own, ...args], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  const gone = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
      const found = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.on('exit', () => reject(new Error(`openssl s_server left: ${said}`)));
  });
  return {
    port,
    close: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
