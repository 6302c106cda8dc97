// Checks that README.zh-CN.md has the headings of README.md in the same order and levels, and under each the same figures,
// the same code and tables of the same size. It cannot read Chinese: a person must compare the words. The argument is the
// folder of both files (default: this checkout). Prints each section that differs; exit status 1 if any does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));

const [english, chinese] = ['README.md', 'README.zh-CN.md'].map((name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  return { name, sections: sectionsOf(text) };
});

const problems = [];
const levels = ({ sections }) => sections.map(({ level }) => level).join(' ');
if (levels(english) !== levels(chinese)) {
  problems.push(`the headings differ:\n  ${listed(english)}\n  ${listed(chinese)}`);
} else {
  for (const [index, section] of english.sections.entries()) {
    const other = chinese.sections[index];
    const where = `"${section.title}", "${other.title}"`;
    for (const [what, parts] of Object.entries(section.parts)) {
      const missing = without(parts, other.parts[what]);
      const added = without(other.parts[what], parts);
      if (missing.length > 0) problems.push(`${where}: ${what} only in ${english.name}: ${missing.join(', ')}`);
      if (added.length > 0) problems.push(`${where}: ${what} only in ${chinese.name}: ${added.join(', ')}`);
    }
  }
}
for (const problem of problems) console.error(`readmes: ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);

function listed({ name, sections }) {
  return `${name}: ${sections.map(({ level, title }) => `${'#'.repeat(level)} ${title}`).join(' | ')}`;
}

/** Cuts the text at its headings; lines inside a code fence are none. */
function sectionsOf(text) {
  const sections = [];
  let lines = [];
  let isCode = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    const [, marks, title] = isCode ? [] : (/^(#+) (.*)$/.exec(line) ?? []);
    if (marks !== undefined) {
      lines = [];
      sections.push({ level: marks.length, title, lines });
    } else lines.push(line);
  }
  return sections.map(({ level, title, lines: own }) => ({ level, title, parts: partsOf(own.join('\n')) }));
}

/** The parts of a section that both languages have in common. */
function partsOf(text) {
  const fenced = /^```[^\n]*\n(.*?)^```$/gms;
  const code = [...text.matchAll(fenced)].flatMap(([, body]) => body.split('\n').map(withoutComment));
  const prose = text.replace(fenced, '');
  return {
    code: code.filter((line) => line !== ''),
    figures: [...prose.matchAll(/\d+(?:[ .:]\d+)*/g)].map(([figure]) => figure),
    names: [...prose.matchAll(/`([^`]+)`/g)].map(([, name]) => name).filter((name) => !/[^\x20-\x7f…]/.test(name)),
    rows: prose.split('\n').flatMap((line) => (line.startsWith('|') ? [`${line.split('|').length - 2} cells`] : [])),
  };
}

/** Comments in code are translated, so they are not compared. */
function withoutComment(line) {
  return line.replace(/(?:^|\s)(?:\/\/|# ).*$/, '').trimEnd();
}

/** The items that are in `these` more often than in `those`. */
function without(these, those) {
  const left = [...those];
  return these.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
