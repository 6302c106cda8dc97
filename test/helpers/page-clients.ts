// Runs the lines of docs/clients.md as they stand there. Each client asks a site that only the gateway can find, and where the
// gateway wants a user, the client names it in the URL of its proxy. What is not installed is skipped, with a reason.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { whyNoCertificate } from './certificate.js';
import { docLines } from './doc-lines.js';
import type { Gateway } from './gateway.js';
import { inBothEngines, type World } from './gateway-world.js';
import { missing } from './proxies.js';
import { PAGE, SITE_NAME, Site } from './site.js';

/** A client that starts a virtual machine of its own takes seconds on a busy machine. */
export const CLIENT_TIMEOUT_MS = 90_000;
export const LINES = docLines('clients.md');
const run = promisify(execFile);
const USERS = { alice: { password: 'sekrit' } };
const LOGIN = 'alice:sekrit@';

/** Files of the clients: their homes, caches and what they fetch. */
const folder = mkdtempSync(join(tmpdir(), 'clients-'));
/** Its files are served by the site. */
export const siteFolder = join(folder, 'site');
mkdirSync(siteFolder);
/** What the clients visit. There is none where no certificate can be made; all tests are skipped then. */
export let site: Site;
// Not in a hook: those of the tests' own files would not wait for it.
if (whyNoCertificate() === undefined) site = await Site.start(siteFolder);

after(async () => {
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

export const plainUrl = (): string => `http://${SITE_NAME}:${site.port}`;
export const secureUrl = (): string => `https://${SITE_NAME}:${site.tlsPort}`;

/** A folder with nothing in it. */
export const newFolder = (): string => mkdtempSync(join(folder, 'run-'));

/** How often the site's page is in a text. */
export const pages = (output: string): number => output.split(PAGE.trim()).length - 1;

export interface Ran {
  readonly output: string;
  readonly cwd: string;
}

export interface Surroundings {
  readonly change?: (line: string) => string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** One client's visit through a gateway. */
export class Visit {
  readonly world: World;
  /** What stands before the host of the proxy's URL: name and password, or nothing. */
  readonly #login: string;

  constructor(world: World, login: string) {
    this.world = world;
    this.#login = login;
  }

  gateway(): Promise<Gateway> {
    const users = this.#login === '' ? {} : { users: USERS };
    return this.world.shared({ nameservers: `127.0.0.1:${site.dns.port}`, ...users });
  }

  /** The address of the gateway behind `http://` and the like, with name and password. */
  async authority(): Promise<string> {
    return `${this.#login}127.0.0.1:${(await this.gateway()).port}`;
  }

  /** Runs the lines below a heading, one shell for all, with the gateway and the site in the places of those in the page. */
  async lines(heading: string, { change = (line) => line, environment = {}, cwd = newFolder() }: Surroundings = {}) {
    const authority = await this.authority();
    const { port } = await this.gateway();
    const lines = LINES.get(heading) ?? assert.fail(`no lines below "${heading}"`);
    const script = lines.map((line) =>
      change(line)
        .replaceAll('://127.0.0.1:7070', `://${authority}`)
        .replaceAll('127.0.0.1:7070', `127.0.0.1:${port}`)
        .replaceAll('Port=7070', `Port=${port}`)
        .replaceAll('http://example.org', plainUrl())
        .replaceAll('https://example.org', secureUrl()),
    );
    return runScript(script.join('\n'), environment, cwd);
  }
}

/** Runs a shell script whose programs trust the site's certificate and have their home in `cwd`. */
export async function runScript(
  script: string,
  environment: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Ran> {
  const ca = join(cwd, 'ca.pem');
  writeFileSync(ca, site.ca);
  writeFileSync(join(cwd, 'wgetrc'), `ca_certificate = ${ca}\ntries = 1\ntimeout = 20\n`);
  const env = {
    ...{ PATH: process.env['PATH'], HOME: cwd, CURL_CA_BUNDLE: ca, SSL_CERT_FILE: ca, WGETRC: join(cwd, 'wgetrc') },
    ...environment,
  };
  const { stdout, stderr } = await run('sh', ['-e', '-c', script], { cwd, env, timeout: CLIENT_TIMEOUT_MS });
  return { output: `${stdout}${stderr}`, cwd };
}

type Visits = (visit: Visit) => Promise<void>;

const whyNot = (programs: readonly string[]): string | undefined =>
  programs.map(missing).find((reason) => reason !== undefined) ?? whyNoCertificate();

/** One test for each engine. */
export function client(behaviour: string, needs: readonly string[], visits: Visits, whyNone?: string): void {
  const reason = whyNone ?? whyNot(needs);
  inBothEngines(behaviour, (world) => visits(new Visit(world, '')), CLIENT_TIMEOUT_MS, reason);
}

/** The same, and again with a gateway that wants a user. */
export function clientWithUser(behaviour: string, needs: readonly string[], visits: Visits): void {
  client(behaviour, needs, visits);
  const asUser = (world: World): Promise<void> => visits(new Visit(world, LOGIN));
  inBothEngines(`${behaviour}, as a user`, asUser, CLIENT_TIMEOUT_MS, whyNot(needs));
}
