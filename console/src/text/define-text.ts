/** Texts stand beside each other in both languages, so that one that lacks its Korean does not compile. */
import { currentLanguage, useLanguage } from './language.ts';

export interface Texts<T> {
  readonly en: T;
  readonly ko: T;
}

export function defineText<T>(en: T, ko: NoInfer<T>): Texts<T> {
  return { en, ko };
}

export function useText<T>(texts: Texts<T>): T {
  return texts[useLanguage()];
}

/** Outside of components. */
export function textNow<T>(texts: Texts<T>): T {
  return texts[currentLanguage()];
}
