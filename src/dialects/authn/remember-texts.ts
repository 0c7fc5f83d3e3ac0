/** What is read of the parts of a proof that a client sends with every request of a day: its credential and the names it has signed. */
import { BoundedMap } from '../../lib/bounded-map.ts';

/** Ours: of so many clients nothing is read twice. Somebody who sends others makes the next look cost what the first did. */
const TEXTS_MAX = 1000;
/** Longer ones are read every time. */
const CHARACTERS_MAX = 256;

/** `read` depends on its text alone, and its answers are not changed by anybody. What it throws is not kept. */
export function rememberTexts<T extends object>(read: (text: string) => T): (text: string) => T {
  const known = new BoundedMap<string, T>(TEXTS_MAX);
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (text.length > CHARACTERS_MAX) return read(text);
    // A copy: what is cut out of a header would keep all of it.
    const own = Buffer.from(text).toString();
    const value = read(own);
    known.set(own, value);
    return value;
  };
}
