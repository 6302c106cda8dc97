// The lines of a text, one after another: a list of them all would take twenty times the memory of a text that is made of
// line ends. It reads no file.

/** Without their line ends. Behind the last line end there is one more line, which may be empty, as in `split`. */
export function* linesOf(text: string): Generator<string> {
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    yield text.slice(from, end);
    from = end + 1;
  }
  yield text.slice(from);
}
