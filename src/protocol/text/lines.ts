// Gives the lines of a text one at a time: a list of all of them would take twenty times the memory of a text that consists
// of line ends. It reads no file.

/** The lines without their line ends. As with `split`, one more line, perhaps empty, follows the last line end. */
export function* linesOf(text: string): Generator<string> {
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    yield text.slice(from, end);
    from = end + 1;
  }
  yield text.slice(from);
}
