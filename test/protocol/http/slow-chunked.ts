// Reads a chunked body (RFC 9112 section 7.1) slowly, from its grammar with no bound but that of a size: a reference for chunked-body.test.ts.

export interface SlowChunked {
  readonly end: 'open' | 'over' | 'malformed';
  /** Characters that belong to the body. */
  readonly size: number;
}

export function slowChunked(text: string): SlowChunked {
  let at = 0;
  /** Passes over what matches here. `more`: whether the text may go on so that it matches. */
  const take = (pattern: RegExp): string | undefined => {
    const [found] = new RegExp(`^(?:${pattern.source})`).exec(text.slice(at)) ?? [];
    if (found !== undefined) at += found.length;
    return found;
  };
  const stop = (open: RegExp): SlowChunked => {
    const rest = text.slice(at);
    if (new RegExp(`^(?:${open.source})$`).test(rest)) return { end: 'open', size: text.length };
    // The first character with which no body can go on.
    let size = 0;
    while (new RegExp(`^(?:${open.source})$`).test(rest.slice(0, size + 1))) size += 1;
    return { end: 'malformed', size: at + size };
  };
  for (;;) {
    const line = take(/[0-9a-fA-F]{1,12}(?:[ \t]*;[\t -~\x80-\xff]*)?\r\n/);
    if (line === undefined) return stop(/(?:[0-9a-fA-F]{1,12}(?:[ \t]*|[ \t]*;[\t -~\x80-\xff]*\r?|\r)?)?/);
    const size = Number.parseInt(line, 16);
    if (size === 0) break;
    if (text.length - at < size) return { end: 'open', size: text.length };
    at += size;
    if (take(/\r\n/) === undefined) return stop(/\r?/);
  }
  while (take(/[\w!#$%&'*+.^`|~-]+:[\t -~\x80-\xff]*\r\n/) !== undefined);
  if (take(/\r\n/) === undefined) return stop(/(?:\r|[\w!#$%&'*+.^`|~-]+(?::[\t -~\x80-\xff]*\r?)?)?/);
  return { end: 'over', size: at };
}
