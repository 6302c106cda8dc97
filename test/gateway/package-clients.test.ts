// Programs that install packages, as docs/clients.md sets them, from a registry that only the gateway can find: npm, pip and apt.
// Where the proxy stands in the environment instead of the line, it is used alike.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clientWithUser, newFolder, plainUrl, site, type Visit } from '../helpers/page-clients.js';
import { SITE_NAME } from '../helpers/site.js';

const run = promisify(execFile);

/** The line without its options for a proxy. */
const withoutProxy = (line: string): string => line.replace(/ --(?:https-)?proxy[= ]\S+/g, '');

/** What programs read that are set by the environment, in both of the usual cases of letters. */
async function environmentOf(visit: Visit): Promise<Record<string, string>> {
  const url = `http://${await visit.authority()}`;
  return { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url };
}

async function addToNpm(): Promise<void> {
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
}

async function npm(visit: Visit, change?: (line: string) => string, more: Record<string, string> = {}): Promise<void> {
  if (!site.pages.has('/npm/some-package')) await addToNpm();
  const cwd = newFolder();
  writeFileSync(join(cwd, 'package.json'), '{}');
  const settings = { registry: `${plainUrl()}/npm/`, cache: join(cwd, 'cache'), audit: 'false', fund: 'false' };
  const environment = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`npm_config_${key}`, value]));
  await visit.lines('npm', {
    environment: { ...environment, npm_config_update_notifier: 'false', ...more },
    cwd,
    ...(change === undefined ? {} : { change }),
  });
  assert.ok(existsSync(join(cwd, 'node_modules/some-package/package.json')));
}

clientWithUser('npm installs', ['npm', 'tar'], (visit) => npm(visit));
clientWithUser('npm installs by the environment', ['npm', 'tar'], async (visit) =>
  npm(visit, withoutProxy, await environmentOf(visit)),
);

const WHEEL = 'some_package-1.0-py3-none-any.whl';
const ZIP = `import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1], "w")
for n, t in json.loads(sys.argv[2]).items(): z.writestr(n, t)
z.close()`;

async function addToPip(): Promise<void> {
  const wheel = join(newFolder(), WHEEL);
  const files = {
    'some_package.py': 'x = 1\n',
    'some_package-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: some-package\nVersion: 1.0\n',
    'some_package-1.0.dist-info/WHEEL':
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    'some_package-1.0.dist-info/RECORD': '',
  };
  await run('python3', ['-c', ZIP, wheel, JSON.stringify(files)]);
  site.pages.set('/simple/some-package/', `<a href="/wheels/${WHEEL}">${WHEEL}</a>`);
  site.pages.set(`/wheels/${WHEEL}`, readFileSync(wheel));
}

async function pip(visit: Visit, change?: (line: string) => string, more: Record<string, string> = {}): Promise<void> {
  if (!site.pages.has('/simple/some-package/')) await addToPip();
  const cwd = newFolder();
  const environment = {
    PIP_INDEX_URL: `${plainUrl()}/simple`,
    PIP_TRUSTED_HOST: `${SITE_NAME}:${site.port}`,
    PIP_TARGET: join(cwd, 'target'),
    PIP_NO_CACHE_DIR: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
    ...more,
  };
  await visit.lines('pip', { environment, cwd, ...(change === undefined ? {} : { change }) });
  assert.ok(existsSync(join(cwd, 'target/some_package.py')));
}

clientWithUser('pip installs', ['pip', 'python3'], (visit) => pip(visit));
clientWithUser('pip installs by the environment', ['pip', 'python3'], async (visit) =>
  pip(visit, withoutProxy, await environmentOf(visit)),
);

clientWithUser('apt updates', ['apt-get'], async (visit) => {
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
  site.pages.set(
    '/apt/Packages',
    'Package: some-package\nVersion: 1.0\nArchitecture: all\nFilename: ./some.deb\nSize: 1\nSHA256: 00\n\n',
  );
  const visits = (): number => site.visits.filter((one) => one === 'GET /apt/Packages').length;
  const known = visits();
  await visit.lines('apt', { environment: { APT_CONFIG: join(cwd, 'apt.conf') }, cwd });
  assert.ok(visits() > known, site.visits.join());
});
