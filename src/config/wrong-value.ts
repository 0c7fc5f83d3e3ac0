/** Thrown by parsers of settings. The message says what was expected, as the end of a sentence. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue';
}
