// Writes man/tcproute.1 from the compiled table of commands. With --check it writes nothing and ends with status 1 if the file is
// not up to date. Needs `npm run build` first.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const target = new URL('../man/tcproute.1', import.meta.url);
if (!existsSync(new URL('../dist/src/main/command-line/manual.js', import.meta.url))) {
  console.error('manual: not built yet: run `npm run build` first');
  process.exit(1);
}
const { manualText } = await import('../dist/src/main/command-line/manual.js');
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const page = manualText(version);

if (!process.argv.includes('--check')) writeFileSync(target, page);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== page) {
  console.error('man/tcproute.1 is not up to date: run `node scripts/manual.mjs`');
  process.exitCode = 1;
}
