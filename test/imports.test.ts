// Holds the rules of the house in src, bench and dashboard: which folder may import which, no circles, each library in one file,
// nothing but values in protocol, no long files. Each rule is seen to fail, too: on a copy of the sources with one fault.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { circlesOf, type Files, type Rules, violations } from './structure/rules.js';
import { RULES } from './structure/tables.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const files: Files = new Map(
  ['src', 'bench', 'dashboard'].flatMap((top) =>
    readdirSync(`${root}/${top}`, { recursive: true })
      .map((file) => `${top}/${file}`)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [file, readFileSync(`${root}/${file}`, 'utf8')]),
  ),
);

test('the sources are found', () => {
  for (const file of ['src/main/cli.ts', 'src/workers/connection/session.ts', 'bench/generator/loads/ping.ts']) {
    assert.ok(files.has(file), file);
  }
});

const present = violations(files, RULES);

test('no rule is broken', () => {
  assert.deepEqual(present, []);
});

/** The sources, with these texts put at the end of what is at their paths. */
function planted(texts: Readonly<Record<string, string>>): Files {
  const copy = new Map(files);
  for (const [file, text] of Object.entries(texts)) copy.set(file, `${copy.get(file) ?? ''}${text}`);
  return copy;
}

/** What is wrong with them that is not wrong without. */
const seen = (texts: Readonly<Record<string, string>>, rules: Partial<Rules> = {}): string[] =>
  violations(planted(texts), { ...RULES, ...rules }).filter((fault) => !present.includes(fault));

/** The imports among it that a folder does not allow: some make a circle of folders, too. */
const notAllowed = (texts: Readonly<Record<string, string>>): string[] =>
  seen(texts).filter((fault) => !fault.startsWith('circle of folders: '));

/** An import of that path, as seen from `file`. */
const imports = (specifier: string): string => `import { a } from '${specifier}';\n`;

test('an import from a folder that is not allowed is seen, also between a folder and its sub-folder', () => {
  assert.deepEqual(notAllowed({ 'src/protocol/lines/line.ts': imports('../../threads/any.js') }), [
    'folders: src/protocol/lines/line.ts imports src/threads/any.ts',
  ]);
  assert.deepEqual(
    seen({ 'bench/report/drawing/bars.ts': "export type A = import('../../generator/clients/tally.js').Tally;\n" }),
    ['folders: bench/report/drawing/bars.ts imports bench/generator/clients/tally.ts'],
  );
  assert.deepEqual(notAllowed({ 'bench/target/servers/echo.ts': imports('../ports.js') }), [
    'folders: bench/target/servers/echo.ts imports bench/target/ports.ts',
  ]);
  assert.deepEqual(notAllowed({ 'src/workers/dns/names.ts': imports('../routes/route-memory.js') }), [
    'folders: src/workers/dns/names.ts imports src/workers/routes/route-memory.ts',
  ]);
  assert.deepEqual(notAllowed({ 'src/main/gateway/run.ts': imports('../../../test/helpers/servers.js') }), [
    'folders: src/main/gateway/run.ts imports test/helpers/servers.ts',
  ]);
});

test('a folder without an entry is seen, and an entry without a folder', () => {
  assert.deepEqual(seen({ 'src/workers/udp/actor.ts': '' }), ['folders: src/workers/udp has no entry']);
  assert.deepEqual(seen({}, { folders: { ...RULES.folders, 'src/udp': [] } }), [
    'folders: src/udp has an entry and no files',
  ]);
});

test('an entry with a star allows what is below', () => {
  const files = new Map([
    ['src/a/x.ts', `${imports('../b/c/y.js')}${imports('../b/z.js')}`],
    ['src/a/bc.ts', imports('../bc/z.js')],
    ['src/b/c/y.ts', ''],
    ['src/b/z.ts', ''],
    ['src/bc/z.ts', ''],
  ]);
  const folders = { 'src/a': ['src/b/*'], 'src/b': [], 'src/b/c': [], 'src/bc': [] };
  const none = { seenOnlyBy: {}, inCircles: [], libraries: {}, pure: [], words: [], linesMax: 300, long: [] };
  assert.deepEqual(violations(files, { folders, ...none }), ['folders: src/a/bc.ts imports src/bc/z.ts']);
});

test('an import by a file that may not see the room is seen', () => {
  assert.deepEqual(seen({ 'bench/generator/other.ts': imports('./loads/tables.js') }), [
    'sight: bench/generator/other.ts imports bench/generator/loads/tables.ts',
  ]);
});

test('an errno outside src/linux is seen, and a text that is compared', () => {
  const file = 'src/workers/connection/race/attempt/attempt.ts';
  assert.deepEqual(seen({ [file]: imports('../../../../linux/errno.js') }), [
    `sight: ${file} imports src/linux/errno.ts`,
  ]);
  assert.deepEqual(seen({ 'src/linux/engine/loop.ts': imports('../errno.js') }), []);
  const word = RULES.words.at(-1)?.word;
  for (const text of ["if (error.message === 'gone') a();\n", "if (reasonOf(reply.reason) !== 'late') a();\n"]) {
    assert.deepEqual(seen({ [file]: text }), [`word: ${file} has ${word}`]);
  }
});

test("Node's own reset of a socket is seen", () => {
  for (const file of ['src/workers/tls/tunnel.ts', 'bench/race/field/way.ts']) {
    assert.deepEqual(seen({ [file]: 'socket.resetAndDestroy();\n' }), [`word: ${file} has /\\bresetAndDestroy\\b/`]);
  }
});

test('a circle of files is seen, also of types only and of one file', () => {
  const circle = {
    'bench/shared/a.ts': "import type { B } from './b.js';\n",
    'bench/shared/b.ts': "import { c } from './c.js';\n",
    'bench/shared/c.ts': "export type A = import('./a.js').A;\n",
    'bench/shared/d.ts': "import { d } from './d.js';\n",
    'bench/shared/e.ts': "import { a } from './a.js';\n",
  };
  assert.deepEqual(seen(circle), [
    'circle: bench/shared/a.ts, bench/shared/b.ts, bench/shared/c.ts',
    'circle: bench/shared/d.ts',
  ]);
  const excepted = [...RULES.inCircles, 'bench/shared/a.ts', 'bench/shared/b.ts', 'bench/shared/c.ts'];
  assert.deepEqual(seen(circle, { inCircles: excepted }), ['circle: bench/shared/d.ts']);
  assert.deepEqual(seen({}, { inCircles: [...RULES.inCircles, 'bench/main.ts'] }), [
    'circle: bench/main.ts is in none, but is excepted',
  ]);
});

test('circles that meet are one, and a way without return is none', () => {
  const edges = ['a b', 'b a', 'b c', 'c b', 'c d', 'd e', 'e d', 'x a', 'x e'];
  const found = edges.map((edge) => ({ file: edge.slice(0, 1), target: edge.slice(2) }));
  const circles = circlesOf(['x', 'a', 'b', 'c', 'd', 'e'], found);
  assert.deepEqual(circles.sort(), [
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
});

test('a library in a second file is seen, one that has no place, and a place without it', () => {
  assert.deepEqual(seen({ 'src/main/gateway/run.ts': imports('piscina') }), [
    'library: src/main/gateway/run.ts imports piscina',
  ]);
  assert.deepEqual(seen({ 'src/main/gateway/run.ts': imports('@some/thing/part') }), [
    'library: src/main/gateway/run.ts imports @some/thing/part',
  ]);
  assert.deepEqual(seen({}, { libraries: { ...RULES.libraries, convict: ['src/main/gateway/run.ts'] } }), [
    'library: src/main/config/finish.ts imports convict',
    'library: src/main/gateway/run.ts does not import convict',
  ]);
});

test('input, output, clocks, timers and chance are seen in protocol, but not in a comment', () => {
  const file = 'src/protocol/lines/line.ts';
  for (const name of ['net', 'fs/promises', 'timers/promises', 'os']) {
    assert.deepEqual(seen({ [file]: imports(`node:${name}`) }), [`pure: ${file} imports node:${name}`]);
  }
  const uses = ['setTimeout(a, 1)', 'setInterval(a, 1)', 'setImmediate(a)', 'queueMicrotask(a)', 'process.nextTick(a)'];
  for (const use of [...uses, 'new Date()', 'Date.now()', 'performance.now()', 'Math.random()']) {
    const [word] = use.replace('process.', '').split('(');
    assert.deepEqual(seen({ [file]: `  ${use};\n` }), [`pure: ${file} has ${word}`]);
  }
  assert.deepEqual(seen({ [file]: '// Not Date.now().\n/** Nor\n * setTimeout(). */\n' }), []);
  assert.deepEqual(seen({ 'src/threads/log.ts': 'Date.now();\n' }), []);
});

test('a word of one protocol outside its own files is seen', () => {
  assert.deepEqual(seen({ 'src/workers/connection/race/early-probe.ts': 'const socksVersion = 5;\n' }), [
    'word: src/workers/connection/race/early-probe.ts has /socks/i',
  ]);
  assert.deepEqual(seen({ 'src/workers/connection/race/early-probe.ts': '// As SOCKS5 has it.\n' }), []);
  const [{ onlyIn, ...rest }] = RULES.words;
  const words = [{ ...rest, onlyIn: [...onlyIn, 'src/workers/dns/names.ts'] }];
  assert.deepEqual(seen({}, { words }), ['word: src/workers/dns/names.ts has no /socks/i, but is excepted']);
});

test('a circle of folders is seen where there is none of files, however far around', () => {
  const there = { 'src/linux/engine/loop.ts': imports('../../files/a.js') };
  assert.deepEqual(
    seen(there).filter((fault) => fault.startsWith('circle')),
    [],
  );
  const around = { ...there, 'src/protocol/rules/rule.ts': imports('../../linux/a.js') };
  const [circle, ...more] = seen({ ...around, 'src/linux/a.ts': imports('./engine/b.js') }).filter((fault) =>
    fault.startsWith('circle'),
  );
  assert.equal(circle, 'circle of folders: src/files, src/linux, src/linux/engine, src/linux/udp, src/protocol/rules');
  assert.deepEqual(more, []);
});

test('a folder and its sub-folder that import each other are a circle', () => {
  const mutual = {
    'bench/plan/early/a.ts': imports('../plan.js'),
    'bench/plan/options.ts': imports('./early/b.js'),
  };
  const circles = (rules: Partial<Rules> = {}) => seen(mutual, rules).filter((fault) => fault.startsWith('circle'));
  assert.deepEqual(circles(), ['circle of folders: bench/plan, bench/plan/early']);
  assert.deepEqual(circles({ inCircles: [...RULES.inCircles, 'bench/plan', 'bench/plan/early'] }), []);
});

test('no room of protocol imports one that imports it, however far around', () => {
  const rooms = Object.entries(RULES.folders).filter(([room]) => /^src\/protocol(?:\/|$)/.test(room));
  const edges = rooms.flatMap(([file, targets]) => targets.map((target) => ({ file, target })));
  assert.ok(edges.length > 0);
  assert.deepEqual(circlesOf(Object.keys(RULES.folders), edges), []);
});

test('a long file is seen, and an exception that is no longer needed', () => {
  const lines = (count: number): string => '\n'.repeat(count);
  assert.deepEqual(seen({ 'bench/shared/new.ts': lines(300) }), []);
  assert.deepEqual(seen({ 'bench/shared/new.ts': lines(301) }), [
    'length: bench/shared/new.ts has more than 300 lines',
  ]);
  assert.deepEqual(seen({}, { long: [...RULES.long, 'bench/main.ts'] }), [
    'length: bench/main.ts is short, but is excepted',
  ]);
});
