// What an HTTP client gets from a listener that does not speak HTTP. It reads no more than the method.
import { answer } from '../http/answer.js';
import { isTokenByte } from '../http/token.js';
import type { Inbound, Misfit } from './inbound.js';
import { speaksHttp } from './spoken.js';
import { INCOMPLETE, refused } from './steps.js';

/** The longest registered method has 17 letters. */
const METHOD_MAX = 32;
const SPACE = 0x20;

const NOT_HTTP = refused('unknown', undefined, 'unknown-protocol');

/** A method with a space behind it is refused. */
export function refusingHttp(misfit: Misfit): Inbound {
  const unwanted = refused('http', answer(403, `this client ${misfit.sentence}`, false), 'refused', misfit);
  return {
    feed(bytes, start, end) {
      for (let i = start; i < end; i += 1) {
        if (bytes[i] === SPACE && i > start) return unwanted;
        if (!isTokenByte(bytes[i]) || i - start >= METHOD_MAX) return NOT_HTTP;
      }
      return INCOMPLETE;
    },
    speaks: speaksHttp,
  };
}
