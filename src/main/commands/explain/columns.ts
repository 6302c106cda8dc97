// How the parts of an explanation are laid out for people: no line is longer than 100 columns. Pure.
export const COLUMNS = 100;

export const numbered = (place: number, text: string): string => `${String(place + 1).padStart(3)}  ${text}`;

export const shownMs = (time_ms: number | undefined): string => (time_ms === undefined ? '-' : time_ms.toFixed(1));

export function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Words after a head, on as many lines as needed, aligned below the first word. */
export function wrapped(head: string, words: readonly string[]): string[] {
  const margin = ' '.repeat(head.length);
  const lines: string[] = [];
  let line = head;
  for (const word of words) {
    const isFirst = line === head || line === margin;
    const longer = isFirst ? `${line}${word}` : `${line} ${word}`;
    if (longer.length <= COLUMNS || isFirst) line = clipped(longer, COLUMNS);
    else {
      lines.push(line);
      line = clipped(`${margin}${word}`, COLUMNS);
    }
  }
  return [...lines, line].map((one) => one.trimEnd());
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A time for people, in the largest unit of which there are at least two. */
export function shownSpan(time_ms: number): string {
  if (time_ms < 2 * SECOND_MS) return `${Math.round(time_ms)} ms`;
  if (time_ms < 2 * MINUTE_MS) return `${Math.round(time_ms / SECOND_MS)} s`;
  if (time_ms < 2 * HOUR_MS) return `${Math.round(time_ms / MINUTE_MS)} min`;
  return `${Math.round(time_ms / HOUR_MS)} h`;
}
