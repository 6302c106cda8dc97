// An https line for tests: a trick proxy of HTTP behind TLS, with a certificate of the test's own authority.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { certificateFor, whyNoCertificate } from './certificate.js';
import { inBothEngines, type World } from './gateway-world.js';
import { TrickProxy } from './proxies-trick.js';
import { TlsFront } from './tls-proxy.js';

export const NO_CERTIFICATE = whyNoCertificate();
export const folder = mkdtempSync(join(tmpdir(), 'tcproute-https-'));
after(() => rmSync(folder, { recursive: true }));

/** The path of the certificate for a name. */
export function caFile(name: string): string {
  const file = join(folder, `${name}.pem`);
  writeFileSync(file, certificateFor(name).cert);
  return file;
}

export interface Fronted {
  readonly proxy: TrickProxy;
  readonly front: TlsFront;
  readonly line: HttpsLine;
}

export interface HttpsLine {
  readonly type: 'https';
  readonly host: string;
  readonly port: number;
  readonly ca_file: string;
}

export async function fronted(world: Pick<World, 'use'>, name = 'proxy.test'): Promise<Fronted> {
  const proxy = world.use(await TrickProxy.listen('works', 0, 'http'));
  const front = world.use(await TlsFront.listen(proxy.port, name));
  const line = { type: 'https', host: '127.0.0.1', port: front.port, ca_file: caFile(name) } as const;
  return { proxy, front, line };
}

/** As `inBothEngines`, where certificates can be made. */
export const withCertificates: typeof inBothEngines = (behaviour, body, timeout_ms) =>
  inBothEngines(behaviour, body, timeout_ms, NO_CERTIFICATE);
