// Writes the table of metrics in docs/admin.md from the compiled families. With --check it writes nothing and ends with status 1 if
// the table is not up to date. Needs `npm run build` first.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const target = new URL('../docs/admin.md', import.meta.url);
const compiled = new URL('../dist/src/workers/admin/metrics/families/all.js', import.meta.url);
const BEGIN =
  '<!-- Made by scripts/metrics-reference.mjs from src/workers/admin/metrics/families: change those, not this table. -->\n';
const END = '<!-- The end of the table. -->\n';

if (!existsSync(compiled)) {
  console.error('metrics-reference: not built yet: run `npm run build` first');
  process.exit(1);
}
const { FAMILIES } = await import(compiled);

const code = (text) => `\`${text}\``;
const rows = FAMILIES.map(
  ({ name, kind, labels, help }) =>
    `| ${[code(name), kind, labels.map(code).join(', '), help.replaceAll('|', '\\|')].join(' | ')} |\n`,
);
const table = `| name | type | labels | what it is |\n| --- | --- | --- | --- |\n${rows.join('')}`;

const before = readFileSync(target, 'utf8');
const [head, rest] = before.split(BEGIN);
const tail = rest?.split(END)[1];
if (tail === undefined) {
  console.error('metrics-reference: docs/admin.md has no place for the table');
  process.exit(1);
}
const after = `${head}${BEGIN}\n${table}\n${END}${tail}`;
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('docs/admin.md: the table of metrics is not up to date: run `node scripts/metrics-reference.mjs`');
    process.exit(1);
  }
} else {
  writeFileSync(target, after);
}
