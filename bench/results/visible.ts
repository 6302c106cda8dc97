// Makes texts from outside safe to show, on a terminal too: afterwards no character has any effect but to be seen.

const BLANKS = /[\t\n\v\f\r\u2028\u2029]/g;
/** Invisible characters that change how a text is read: control characters, and those that turn its direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** One line, in which a mark (U+FFFD) stands for each invisible character. */
export const visible = (text: string): string => text.replace(BLANKS, ' ').replace(UNSEEN, '\ufffd');
