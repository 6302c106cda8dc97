// The characters of an HTTP token (RFC 9110 section 5.6.2), such as a method.

const IS_TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  IS_TOKEN[character.charCodeAt(0)] = 1;
}

export const isTokenByte = (byte: number): boolean => IS_TOKEN[byte] === 1;
