// How the parts of an explanation are laid out for people: no line is longer than 100 columns. Pure.
export const COLUMNS = 100;

export const numbered = (place: number, text: string): string => `${String(place + 1).padStart(3)}  ${text}`;

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
