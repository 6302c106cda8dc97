// Applies the rules of the house to source texts: which folder may import which, circles of files and of folders, libraries,
// clocks, words and length. Pure: reads no files, and knows no folder by name. The tables are in tables.ts.
import { posix } from 'node:path';

/** Texts by path below the repository, such as `src/main/gateway/run.ts`. */
export type Files = ReadonlyMap<string, string>;

export interface Rules {
  /**
   * The folders that the files of a folder may import from, besides their own. `a/b/*` stands for a/b and all below it.
   * Every folder that has files has an entry; sub-folders have entries of their own.
   */
  readonly folders: Readonly<Record<string, readonly string[]>>;
  /** The only files and folders elsewhere that may import a folder or a file, where `folders` is not enough. */
  readonly seenOnlyBy: Readonly<Record<string, readonly string[]>>;
  /** Files, and folders, that are still in a circle of imports. A folder and its sub-folder are two. */
  readonly inCircles: readonly string[];
  /** The files that may import a library: one, or the few where one is not enough. `a/b/*` stands for all below a/b. */
  readonly libraries: Readonly<Record<string, readonly string[]>>;
  /** Folders, with all below them, whose files use no input or output, clock, timer or random number. */
  readonly pure: readonly string[];
  /** Words of one protocol, and the files below `within` that may have them outside comments. */
  readonly words: readonly { readonly word: RegExp; readonly within: string; readonly onlyIn: readonly string[] }[];
  readonly linesMax: number;
  /** Files that are longer than `linesMax`. */
  readonly long: readonly string[];
}

interface Import {
  readonly file: string;
  /** A path below the repository, the name of a library, or `node:` and a module. */
  readonly target: string;
}

/** The specifiers of statements, which begin a line or end in one that begins with a brace, and of `import()`. */
const SPECIFIER = /(?:^\s*(?:(?:import|export)\b[^'\n]*|\}) from |^\s*import |\bimport\(\s*)'([^']+)'/gm;
const INPUT_OR_OUTPUT =
  /^node:(?:net|dgram|dns|dns\/promises|tls|http|http2|https|fs|fs\/promises|worker_threads|child_process|timers|timers\/promises|os)$/;
const CLOCK_OR_CHANCE =
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|nextTick|new Date|Date\.now|performance\.now|hrtime|Math\.random)\b/g;
const COMMENT = /^\s*(?:\/\/|\/\*|\*).*$/gm;

/** The violations, one line each; empty if there are none. An exception that is no longer needed is a violation, too. */
export function violations(files: Files, rules: Rules): string[] {
  const imports = [...files].flatMap(([file, text]) => importsOf(file, text));
  const ours = imports.filter(({ target }) => isPath(target));
  const theirs = imports.filter(({ target }) => !isPath(target) && !target.startsWith('node:'));
  return [
    ...ofFolders(files, ours, rules),
    ...ofSight(ours, rules),
    ...ofCircles(files, ours, rules),
    ...ofLibraries(theirs, rules),
    ...ofPurity(files, imports, rules),
    ...ofWords(files, rules),
    ...ofLength(files, rules),
  ];
}

const isPath = (target: string): boolean => /^(?:src|bench|dashboard|test)\//.test(target);
const folderOf = (file: string): string => posix.dirname(file);
const isWithin = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);
const codeOf = (text: string): string => text.replace(COMMENT, '');

function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(SPECIFIER)].map(([, specifier]) => {
    if (!specifier.startsWith('.')) return { file, target: specifier };
    return { file, target: posix.join(folderOf(file), specifier).replace(/\.js$/, '.ts') };
  });
}

function ofFolders(files: Files, imports: readonly Import[], { folders }: Rules): string[] {
  const existing = new Set([...files.keys()].map(folderOf));
  const unknown = [...existing].filter((folder) => !(folder in folders));
  const gone = Object.keys(folders).filter((folder) => !existing.has(folder));
  const mayImport = (from: string, to: string): boolean =>
    from === to ||
    (folders[from] ?? []).some((allowed) =>
      allowed.endsWith('/*') ? `${to}/`.startsWith(allowed.slice(0, -1)) : allowed === to,
    );
  const wrong = imports.filter(({ file, target }) => !mayImport(folderOf(file), folderOf(target)));
  return [
    ...unknown.map((folder) => `folders: ${folder} has no entry`),
    ...gone.map((folder) => `folders: ${folder} has an entry and no files`),
    ...wrong.map(({ file, target }) => `folders: ${file} imports ${target}`),
  ];
}

function ofSight(imports: readonly Import[], { seenOnlyBy }: Rules): string[] {
  const isOf = (file: string, place: string): boolean => file === place || isWithin(file, place);
  return Object.entries(seenOnlyBy).flatMap(([seen, viewers]) =>
    imports
      .filter(({ file, target }) => isOf(target, seen) && ![seen, ...viewers].some((viewer) => isOf(file, viewer)))
      .map(({ file, target }) => `sight: ${file} imports ${target}`),
  );
}

function ofCircles(files: Files, imports: readonly Import[], { inCircles }: Rules): string[] {
  const folders = [...new Set([...files.keys()].map(folderOf))];
  const between = imports
    .map(({ file, target }) => ({ file: folderOf(file), target: folderOf(target) }))
    .filter(({ file, target }) => file !== target);
  const ofFiles = circlesOf([...files.keys()], imports);
  const ofFolders = circlesOf(folders, between);
  const found = new Set([...ofFiles, ...ofFolders].flat());
  const isKnown = (place: string): boolean => inCircles.includes(place);
  const newOnes = (circles: readonly string[][]) => circles.filter((circle) => !circle.every(isKnown));
  return [
    ...newOnes(ofFiles).map((circle) => `circle: ${circle.join(', ')}`),
    ...newOnes(ofFolders).map((circle) => `circle of folders: ${circle.join(', ')}`),
    ...inCircles.filter((place) => !found.has(place)).map((place) => `circle: ${place} is in none, but is excepted`),
  ];
}

/** Groups of files, or of folders, that all reach each other (Tarjan's algorithm), each sorted by name. */
export function circlesOf(files: readonly string[], imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { file, target } of imports) if (next.has(target)) next.get(file)?.push(target);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const place = order.size;
    order.set(file, place);
    lowest.set(file, place);
    open.push(file);
    for (const target of next.get(file) as string[]) {
      const reached = order.has(target)
        ? open.includes(target)
          ? (order.get(target) as number)
          : place
        : visit(target);
      lowest.set(file, Math.min(lowest.get(file) as number, reached));
    }
    const low = lowest.get(file) as number;
    if (low === place) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1 || next.get(file)?.includes(file)) circles.push(group.sort());
    }
    return low;
  };
  for (const file of files) if (!order.has(file)) visit(file);
  return circles;
}

function ofLibraries(imports: readonly Import[], { libraries }: Rules): string[] {
  const nameOf = (target: string): string =>
    target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
  const isOf = (file: string, place: string): boolean =>
    place.endsWith('/*') ? file.startsWith(place.slice(0, -1)) : file === place;
  const wrong = imports.filter(({ file, target }) => !libraries[nameOf(target)]?.some((place) => isOf(file, place)));
  const idle = Object.entries(libraries).flatMap(([library, places]) =>
    places
      .filter((place) => !imports.some(({ file, target }) => isOf(file, place) && nameOf(target) === library))
      .map((place) => `library: ${place} does not import ${library}`),
  );
  return [...wrong.map(({ file, target }) => `library: ${file} imports ${target}`), ...idle];
}

function ofPurity(files: Files, imports: readonly Import[], { pure }: Rules): string[] {
  const isPure = (file: string): boolean => pure.some((folder) => isWithin(file, folder));
  const used = [...files]
    .filter(([file]) => isPure(file))
    .flatMap(([file, text]) =>
      [...codeOf(text).matchAll(CLOCK_OR_CHANCE)].map(([word]) => `pure: ${file} has ${word}`),
    );
  return [
    ...imports
      .filter(({ file, target }) => isPure(file) && INPUT_OR_OUTPUT.test(target))
      .map(({ file, target }) => `pure: ${file} imports ${target}`),
    ...used,
  ];
}

function ofWords(files: Files, { words }: Rules): string[] {
  return words.flatMap(({ word, within, onlyIn }) => {
    const having = [...files].flatMap(([file, text]) =>
      isWithin(file, within) && word.test(codeOf(text)) ? [file] : [],
    );
    return [
      ...having.filter((file) => !onlyIn.includes(file)).map((file) => `word: ${file} has ${word}`),
      ...onlyIn.filter((file) => !having.includes(file)).map((file) => `word: ${file} has no ${word}, but is excepted`),
    ];
  });
}

function ofLength(files: Files, { linesMax, long }: Rules): string[] {
  const longer = [...files].filter(([, text]) => text.split('\n').length - 1 > linesMax).map(([file]) => file);
  return [
    ...longer.filter((file) => !long.includes(file)).map((file) => `length: ${file} has more than ${linesMax} lines`),
    ...long.filter((file) => !longer.includes(file)).map((file) => `length: ${file} is short, but is excepted`),
  ];
}
