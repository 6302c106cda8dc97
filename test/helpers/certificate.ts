// A key and a self-signed certificate, made by openssl once for each name and process. Where openssl is not installed, tests
// with certificates are skipped and say so.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const made = new Map<string, Certificate>();

/** Why no certificate can be made here; undefined if one can. */
export function whyNoCertificate(): string | undefined {
  return spawnSync('which', ['openssl']).status === 0 ? undefined : 'openssl is not installed';
}

/** A certificate for `name` and 127.0.0.1, on P-256. */
export function certificateFor(name: string): Certificate {
  const certificate = made.get(name) ?? make(name);
  made.set(name, certificate);
  return certificate;
}

function make(name: string): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    const [keyout, out] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`];
    execFileSync('openssl', [...request, '-keyout', keyout, '-out', out, ...subject], { stdio: 'pipe' });
    return { key: readFileSync(keyout, 'utf8'), cert: readFileSync(out, 'utf8') };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
