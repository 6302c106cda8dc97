// What the package holds: the program, its texts and its man page, and nothing that only its authors need.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const HANGS_MS = 120_000;
/** For those who change the program. */
const NEEDLESS =
  /^(?:src|test|bench|scripts|\.\w+|dist\/(?!program\/))|\.(?:map|ts)$|^[^/]+\.(?:json|sh)$(?<!^package\.json)/;
const TEXTS = [
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'Dockerfile',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'README.zh-CN.md',
  'package.json',
  'man/tcproute.1',
];

test('the package holds the whole program and its texts, and nothing that only its authors need', () => {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', timeout: HANGS_MS });
  assert.equal(status, 0, stderr);
  const packed = JSON.parse(stdout) as Record<string, { files: { path: string }[] }>;
  const [one] = Object.values(packed);
  const below = (folder: string, ending: string): string[] =>
    readdirSync(`${root}/${folder}`, { recursive: true })
      .map((file) => `${folder}/${file}`)
      .filter((file) => file.endsWith(ending));
  const expected = [
    ...TEXTS,
    ...['bin/tcproute.js', 'bin/pool-size.js', 'bin/package.json'],
    ...below('dist/program', '.js'),
    ...below('docs', '.md'),
  ];
  const paths = one?.files.map(({ path }) => path) ?? [];
  const missing = expected.filter((path) => !paths.includes(path));
  const needless = paths.filter((path) => NEEDLESS.test(path));
  assert.deepEqual([missing, needless], [[], []]);
  assert.ok(expected.includes('dist/program/workers/connection/actor.js'));
});

test('the man page is named by a list, since npm 11 links no other', () => {
  const { man } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { man: unknown };
  assert.deepEqual(man, ['man/tcproute.1']);
});
