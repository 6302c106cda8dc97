// The screen of `tcproute top` as lines of a given size. Pure: what it shows has been asked for elsewhere.
import { apart, cutTo, type Span, type Spans, span } from '../drawing/paint.js';
import { fitted } from '../drawing/width.js';
import { helpLines } from './help.js';
import { bounded, type Extent } from './press.js';
import { SORTS, type TopState, VIEWS } from './state.js';

/** The upper part of the screen. */
export interface Head {
  /** What runs. */
  readonly title: string;
  /** Counts and rates, the most important ones first. */
  readonly figures: readonly string[];
  /** Sentences; empty where all is well. */
  readonly wrong: readonly string[];
}

/** The rows of a view, laid out for a width. */
export interface Table {
  lines(columns: number): readonly [headings: string, ...rows: string[]];
  /** Places of rows that something is wrong with. */
  readonly bad: ReadonlySet<number>;
  readonly rows: number;
  /** How many there are in all; undefined where nobody knows. */
  readonly total: number | undefined;
}

export interface Heard {
  /** Undefined until the first answer. */
  readonly head: Head | undefined;
  /** Of the view that is shown. */
  readonly table: Table | undefined;
  /** Why there is no newer answer. */
  readonly trouble: string | undefined;
  /** The time of the answer: `14:03:22`. */
  readonly at: string;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Lines that are not the table's: title, figures, what is wrong, views, headings, keys. */
const FRAME_ROWS = 6;
const COLUMNS_LEAST = 20;
/** Wider than that is only far apart. */
const COLUMNS_MOST = 400;

/** For the keys that move. */
export function extentOf({ table }: Heard, { rows }: Size): Extent {
  return { rows: table?.rows ?? 0, page: Math.max(1, rows - FRAME_ROWS) };
}

/** At most as many lines as there are rows, none wider than the screen. */
export function draw(state: TopState, heard: Heard, size: Size): readonly Spans[] {
  const columns = Math.min(size.columns, COLUMNS_MOST);
  if (columns < COLUMNS_LEAST || size.rows <= FRAME_ROWS)
    return [cutTo([span('the terminal is too small')], columns)].slice(0, size.rows);
  const room = size.rows - FRAME_ROWS;
  const body = state.isHelp
    ? [
        [span('')],
        ...helpLines()
          .slice(0, room)
          .map((text) => [span(text)]),
      ]
    : tableLines(state, heard, { columns, rows: room });
  const above = [
    titleLine(state, heard, columns),
    figuresLine(heard),
    wrongLine(heard),
    viewsLine(state, heard, columns),
  ];
  const filled = [...above, ...body, ...Array.from({ length: room + 1 - body.length }, (): Spans => [])];
  return [...filled, keysLine(state, columns)].map((line) => cutTo(line, columns));
}

function titleLine({ isPaused, every_ms }: TopState, { head, at }: Heard, columns: number): Spans {
  const title = span(head?.title ?? 'tcproute', 'strong');
  const often = isPaused ? span('paused', 'strong') : span(`every ${every_ms / 1000} s`);
  return apart([title], [often, span(`  ${at}`)], columns);
}

const figuresLine = ({ head }: Heard): Spans => [span(head?.figures.join('   ') ?? 'asking the gateway')];

function wrongLine({ head, trouble }: Heard): Spans {
  if (trouble !== undefined) return [span(trouble, 'bad')];
  if (head === undefined) return [];
  const [first, ...others] = head.wrong;
  if (first === undefined) return [span('all is well', 'good')];
  return [span(first, 'bad'), ...(others.length === 0 ? [] : [span(`, and ${others.length} more`, 'bad')])];
}

function viewsLine(state: TopState, { table }: Heard, columns: number): Spans {
  const tabs = VIEWS.flatMap((view, place): readonly Span[] => {
    const count = view === state.view && table?.total !== undefined ? ` ${table.total}` : '';
    return [span(`${place + 1} ${view}${count}`, view === state.view ? 'strong' : 'faint'), span('   ')];
  });
  const filter = state.filter[state.view];
  return apart(tabs, filter === '' ? [] : [span(`filter: ${filter}`, 'strong')], columns);
}

function tableLines(state: TopState, heard: Heard, { columns, rows }: Size): readonly Spans[] {
  const { table } = heard;
  if (table === undefined) return [];
  const [headings, ...all] = table.lines(columns);
  const from = bounded(state.offset, { rows: all.length, page: rows });
  const shown = all
    .slice(from, from + rows)
    .map((text, place): Spans => [span(text, table.bad.has(from + place) ? 'bad' : 'plain')]);
  return [[span(fitted(headings, columns), 'bar')], ...shown];
}

function keysLine(state: TopState, columns: number): Spans {
  if (state.typing !== undefined) return [span(`filter: ${state.typing}`), span(' ', 'bar')];
  if (state.isHelp) return [span('any key leaves the help')];
  const { by, descending } = state.sort[state.view];
  const choice = SORTS[state.view].find((one) => one.by === by);
  const sorted = choice === undefined ? by : `${choice.title}${descending === choice.descending ? '' : ', reversed'}`;
  return apart([span('? help  / filter  s sort  r reverse  q quit')], [span(`by ${sorted}`, 'faint')], columns);
}
