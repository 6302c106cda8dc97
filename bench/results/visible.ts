// Texts from outside as they may be shown, on a terminal as well: none of their characters does anything but stand there.

const BLANKS = /[\t\n\v\f\r\u2028\u2029]/g;
/** What cannot be seen but changes how a text is read: control characters, and those that turn its direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** One line, in which a mark stands for each character that would not be seen. */
export const visible = (text: string): string => text.replace(BLANKS, ' ').replace(UNSEEN, '\ufffd');
