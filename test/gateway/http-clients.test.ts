// Clients that others wrote, as docs/clients.md sets them: its lines are run here, each against a site that only the gateway can
// find. What is not installed is skipped, and so are Docker's lines, which need its daemon.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { whyNoCertificate } from '../helpers/certificate.js';
import { docLines } from '../helpers/doc-lines.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { PeerServer } from '../helpers/servers.js';
import { PAGE, SITE_NAME, Site } from '../helpers/site.js';

const run = promisify(execFile);
/** A client that starts a virtual machine of its own takes seconds on a busy machine. */
const TIMEOUT_MS = 90_000;
const LINES = docLines('clients.md');

const isInstalled = (program: string): boolean => spawnSync('which', [program]).status === 0;
const missing = (...programs: readonly string[]): string | undefined => {
  const gone = programs.find((program) => !isInstalled(program));
  return gone === undefined ? whyNoCertificate() : `${gone} is not installed`;
};

/** Files of the clients: their homes, caches and what they fetch. */
let folder = '';
let site: Site;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clients-'));
  mkdirSync(join(folder, 'site'));
  if (whyNoCertificate() === undefined) site = await Site.start(join(folder, 'site'));
});

after(async () => {
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

const plainUrl = (): string => `http://${SITE_NAME}:${site.port}`;

/** A folder of this test alone, with nothing in it. */
function newFolder(): string {
  return mkdtempSync(join(folder, 'run-'));
}

const gatewayOf = (world: World) => world.shared({ nameservers: `127.0.0.1:${site.dns.port}` });

interface Ran {
  readonly output: string;
  readonly cwd: string;
}

/** Runs the lines below a heading, one shell for all, with the gateway and the site in the places of those in the page. */
async function runLines(
  world: World,
  heading: string,
  change: (line: string) => string = (line) => line,
  environment: Readonly<Record<string, string>> = {},
  cwd = newFolder(),
): Promise<Ran> {
  const { port } = await gatewayOf(world);
  const lines = LINES.get(heading) ?? assert.fail(`no lines below "${heading}"`);
  const script = lines.map((line) =>
    change(line)
      .replaceAll('127.0.0.1:7070', `127.0.0.1:${port}`)
      .replaceAll('Port=7070', `Port=${port}`)
      .replaceAll('http://example.org', plainUrl())
      .replaceAll('https://example.org', `https://${SITE_NAME}:${site.tlsPort}`),
  );
  const ca = join(cwd, 'ca.pem');
  writeFileSync(ca, site.ca);
  writeFileSync(join(cwd, 'wgetrc'), `ca_certificate = ${ca}\ntries = 1\ntimeout = 20\n`);
  const env = {
    ...{ PATH: process.env['PATH'], HOME: cwd, CURL_CA_BUNDLE: ca, SSL_CERT_FILE: ca, WGETRC: join(cwd, 'wgetrc') },
    ...environment,
  };
  const { stdout, stderr } = await run('sh', ['-e', '-c', script.join('\n')], { cwd, env, timeout: TIMEOUT_MS });
  return { output: `${stdout}${stderr}`, cwd };
}

const pages = (output: string): number => output.split(PAGE.trim()).length - 1;

function client(behaviour: string, needs: readonly string[], body: (world: World) => Promise<void>): void {
  inBothEngines(behaviour, body, TIMEOUT_MS, missing(...needs));
}

test('the page has a line for each client', () => {
  assert.deepEqual(
    [...LINES.keys()],
    ['A browser', 'curl', 'Programs that read the environment', 'git', 'ssh', 'npm', 'pip', 'apt', 'Java'],
  );
});

client('curl', ['curl'], async (world) => {
  const { output } = await runLines(world, 'curl', (line) => line.replace('curl', 'curl -sS --max-time 20'));
  assert.equal(pages(output), 3);
});

client('curl uploads in chunks and waits for 100', ['curl'], async (world) => {
  const { output } = await runLines(world, 'curl', (line) =>
    line.replace('curl', 'echo body | curl -sS --max-time 20 -T - -H "Expect: 100-continue"'),
  );
  assert.equal(pages(output), 3);
  assert.equal(site.visits.filter((visit) => visit === 'PUT /').length >= 3, true);
});

client('curl shows which user it is, for a tunnel and for a URL', ['curl'], async (world) => {
  const users = { alice: { password: 'sekrit' } };
  const { port } = await world.gateway({ nameservers: `127.0.0.1:${site.dns.port}`, users });
  const ca = join(newFolder(), 'ca.pem');
  writeFileSync(ca, site.ca);
  const visit = async (url: string, who: string): Promise<string> => {
    const args = ['-sS', '--max-time', '20', '--cacert', ca, '-x', `http://127.0.0.1:${port}`, '--proxy-user', who];
    return (await run('curl', [...args, '-w', '%{http_code} %{http_connect}', url])).stdout;
  };
  const [plain, secure] = [`${plainUrl()}/`, `https://${SITE_NAME}:${site.tlsPort}/`];
  assert.equal(await visit(plain, 'alice:sekrit'), `${PAGE}200 000`);
  assert.equal(await visit(secure, 'alice:sekrit'), `${PAGE}200 200`);
  assert.match(await visit(plain, 'alice:wrong'), /user name and a password\n407 000$/);
  await assert.rejects(visit(secure, 'alice:wrong'), /407/);
});

client('wget and Python', ['wget', 'python3'], async (world) => {
  const { output } = await runLines(world, 'Programs that read the environment');
  assert.equal(pages(output), 4);
});

client('requests, as pip has it', ['python3', 'pip'], async (world) => {
  const { output } = await runLines(world, 'Programs that read the environment', (line) => {
    if (line.startsWith('export')) return line;
    const scheme = line.includes('https://') ? 'https' : 'http';
    return `python3 -c 'from pip._vendor import requests as r; print(r.get("${scheme}://example.org/", verify="ca.pem").text)'`;
  });
  assert.equal(pages(output), 4);
});

client('git clones', ['git'], async (world) => {
  const [work, bare] = [newFolder(), join(folder, 'site/project.git')];
  if (!existsSync(bare)) {
    const git = (...args: readonly string[]) =>
      run('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', '-c', 'init.defaultBranch=main', ...args], {
        cwd: work,
      });
    await git('init', '-q');
    writeFileSync(join(work, 'file'), 'of the repository\n');
    await git('add', 'file');
    await git('commit', '-q', '-m', 'first');
    await git('clone', '-q', '--bare', '.', bare);
    await run('git', ['update-server-info'], { cwd: bare });
  }
  const { cwd } = await runLines(world, 'git');
  assert.equal(readFileSync(join(cwd, 'project/file'), 'utf8'), 'of the repository\n');
});

client('ssh by way of nc', ['ssh', 'nc'], async (world) => {
  await gatewayOf(world);
  const server = world.use(await PeerServer.listen());
  const ran = runLines(world, 'ssh', (line) =>
    line
      .replace('ssh', `ssh -p ${server.port} -o BatchMode=yes -o ConnectTimeout=20`)
      .replace('example.org', SITE_NAME),
  );
  const peer = await server.accepted();
  peer.send('SSH-2.0-test\r\n');
  assert.equal((await peer.read(8)).toString(), 'SSH-2.0-');
  // At an end of stream alone, nc would wait for ssh.
  peer.reset();
  await assert.rejects(ran);
});

client('npm installs', ['npm', 'tar'], async (world) => {
  const cwd = newFolder();
  mkdirSync(join(cwd, 'package'));
  const manifest = { name: 'some-package', version: '1.0.0' };
  writeFileSync(join(cwd, 'package/package.json'), JSON.stringify(manifest));
  await run('tar', ['czf', 'package.tgz', 'package'], { cwd });
  const tarball = readFileSync(join(cwd, 'package.tgz'));
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const dist = { tarball: `${plainUrl()}/npm/some-package.tgz`, integrity };
  const versions = { '1.0.0': { ...manifest, dist } };
  site.pages.set(
    '/npm/some-package',
    JSON.stringify({ name: 'some-package', 'dist-tags': { latest: '1.0.0' }, versions }),
  );
  site.pages.set('/npm/some-package.tgz', tarball);
  const home = newFolder();
  writeFileSync(join(home, 'package.json'), '{}');
  const settings = { registry: `${plainUrl()}/npm/`, cache: join(home, 'cache'), audit: 'false', fund: 'false' };
  const environment = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`npm_config_${key}`, value]));
  await runLines(world, 'npm', undefined, { ...environment, npm_config_update_notifier: 'false' }, home);
  assert.ok(existsSync(join(home, 'node_modules/some-package/package.json')));
});

client('pip installs', ['pip', 'python3'], async (world) => {
  const cwd = newFolder();
  const wheel = 'some_package-1.0-py3-none-any.whl';
  const files = {
    'some_package.py': 'x = 1\n',
    'some_package-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: some-package\nVersion: 1.0\n',
    'some_package-1.0.dist-info/WHEEL':
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    'some_package-1.0.dist-info/RECORD': '',
  };
  const zip =
    'import json, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1], "w")\nfor n, t in json.loads(sys.argv[2]).items(): z.writestr(n, t)\nz.close()';
  await run('python3', ['-c', zip, join(cwd, wheel), JSON.stringify(files)]);
  site.pages.set('/simple/some-package/', `<a href="/wheels/${wheel}">${wheel}</a>`);
  site.pages.set(`/wheels/${wheel}`, readFileSync(join(cwd, wheel)));
  await runLines(
    world,
    'pip',
    undefined,
    {
      ...{
        PIP_INDEX_URL: `${plainUrl()}/simple`,
        PIP_TRUSTED_HOST: `${SITE_NAME}:${site.port}`,
        PIP_TARGET: join(cwd, 'target'),
      },
      ...{
        PIP_NO_CACHE_DIR: '1',
        PIP_DISABLE_PIP_VERSION_CHECK: '1',
        PIP_NO_INPUT: '1',
        PIP_ROOT_USER_ACTION: 'ignore',
      },
    },
    cwd,
  );
  assert.ok(existsSync(join(cwd, 'target/some_package.py')));
});

client('apt updates', ['apt-get'], async (world) => {
  const cwd = newFolder();
  for (const path of ['state/lists/partial', 'cache/archives/partial', 'empty'])
    mkdirSync(join(cwd, path), { recursive: true });
  writeFileSync(join(cwd, 'status'), '');
  writeFileSync(join(cwd, 'sources.list'), `deb [trusted=yes] ${plainUrl()}/apt ./\n`);
  const settings = {
    'Dir::State': 'state',
    'Dir::Cache': 'cache',
    'Dir::State::status': 'status',
    'Dir::Etc::SourceList': 'sources.list',
    'Dir::Etc::SourceParts': 'empty',
    'Dir::Etc::Parts': 'empty',
  };
  const written = Object.entries(settings).map(([key, path]) => `${key} "${join(cwd, path)}";`);
  writeFileSync(
    join(cwd, 'apt.conf'),
    [...written, 'APT::Sandbox::User "root";', 'Debug::NoLocking "true";'].join('\n'),
  );
  const packages =
    'Package: some-package\nVersion: 1.0\nArchitecture: all\nFilename: ./some.deb\nSize: 1\nSHA256: 00\n\n';
  site.pages.set('/apt/Packages', packages);
  await runLines(world, 'apt', undefined, { APT_CONFIG: join(cwd, 'apt.conf') }, cwd);
  assert.ok(site.visits.includes('GET /apt/Packages'), site.visits.join());
});

const PROGRAM = `public class Visit {
  public static void main(String[] args) throws Exception {
    for (String url : args)
      System.out.write(java.net.URI.create(url).toURL().openStream().readAllBytes());
    System.out.flush();
  }
}
`;

function withoutJava(): string | undefined {
  const { status, stdout } = spawnSync('java', ['--list-modules'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('jdk.compiler') ? whyNoCertificate() : 'no JDK is installed';
}

inBothEngines(
  'Java',
  async (world) => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'Visit.java'), PROGRAM);
    const { output } = await runLines(
      world,
      'Java',
      // Where a client resolves names itself, it cannot find the site.
      (line) => line.replace('-jar program.jar', 'Visit.java http://example.org/'),
      {},
      cwd,
    );
    assert.equal(pages(output), 2);
  },
  TIMEOUT_MS,
  withoutJava(),
);

client('a headless Chromium', ['chromium'], async (world) => {
  const cwd = newFolder();
  // It asks nobody but the site.
  const quiet = '--disable-background-networking --disable-component-update --disable-sync --no-first-run';
  const flags = `--headless --no-sandbox --disable-gpu --ignore-certificate-errors --user-data-dir=${cwd}/profile --dump-dom ${quiet}`;
  const { output } = await runLines(
    world,
    'A browser',
    (line) => line.replace('chromium', `chromium ${flags}`),
    {},
    cwd,
  );
  assert.match(output, /hello from the site/);
});
