// Holds the architecture's import rules: which folder may know of which, and that each library is seen in one place.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../src', import.meta.url));

interface Import {
  readonly file: string;
  /** Path below src/ without extension, or a package's name. */
  readonly target: string;
}

const files = readdirSync(root, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'));

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, target]) => {
    if (!target.startsWith('.')) return { file, target };
    return { file, target: path.join(path.dirname(file), target).replace(/\.js$/, '') };
  });
}

const imports = files.flatMap(importsOf);
const folder = (file: string) => file.split('/')[0];
const breaches = (rule: (found: Import) => boolean) =>
  imports.filter(rule).map(({ file, target }) => `${file} → ${target}`);

/** Which of our folders each may import from, itself aside. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  linux: [],
  files: ['protocol'],
  threads: ['protocol'],
  workers: ['protocol', 'files', 'threads', 'linux'],
  main: ['protocol', 'files', 'threads', 'linux'],
};

test('the sources are found', () => {
  assert.ok(files.length > 40 && imports.length > 100);
});

test('folders import only what lies below them', () => {
  const wrong = breaches(({ file, target }) => {
    const to = folder(target);
    return to in MAY_IMPORT && to !== folder(file) && !MAY_IMPORT[folder(file)].includes(to);
  });
  assert.deepEqual(wrong, []);
});

test('one actor imports nothing of another', () => {
  const actor = (file: string) => file.split('/')[1];
  const wrong = breaches(
    ({ file, target }) => folder(file) === 'workers' && folder(target) === 'workers' && actor(file) !== actor(target),
  );
  assert.deepEqual(wrong, []);
});

test('protocol does no input or output', () => {
  const forbidden =
    /^(?:node:)?(?:net|dgram|dns|dns\/promises|tls|http|https|fs|fs\/promises|worker_threads|child_process|timers|os)$/;
  assert.deepEqual(
    breaches(({ file, target }) => folder(file) === 'protocol' && forbidden.test(target)),
    [],
  );
  const clocks = files.filter(
    (file) =>
      folder(file) === 'protocol' &&
      /\b(?:Date\.now|performance\.now|Math\.random)\b/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  assert.deepEqual(clocks, []);
});

/** Each library and the one folder, or file, that knows of it. */
const SEEN_ONLY_IN: Readonly<Record<string, string>> = {
  koffi: 'linux/',
  comlink: 'threads/',
  piscina: 'main/',
  pino: 'main/log.ts',
  'pino-pretty': 'main/log.ts',
  convict: 'main/config/',
  json5: 'main/config/',
  yaml: 'main/config/',
  'smol-toml': 'main/config/',
  'dns-packet': 'protocol/dns-message.ts',
  undici: 'workers/dns/https.ts',
  socks: 'workers/dns/dial.ts',
};

for (const [library, place] of Object.entries(SEEN_ONLY_IN)) {
  test(`${library} is seen only in ${place}`, () => {
    const seen = imports.filter(({ target }) => target === library || target.startsWith(`${library}/`));
    assert.ok(seen.length > 0, 'not used at all');
    assert.deepEqual(
      seen.filter(({ file }) => !file.startsWith(place)).map(({ file }) => file),
      [],
    );
  });
}
