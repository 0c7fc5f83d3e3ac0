/** The language of the page: the browser's first, then what somebody has chosen. */
import { useSyncExternalStore } from 'react';

export type Language = 'en' | 'ko';

const STORED_AS = 'gotgan-language';
const listeners = new Set<() => void>();
let current: Language = readLanguage();

function readLanguage(): Language {
  const stored = localStorage.getItem(STORED_AS);
  if (stored === 'en' || stored === 'ko') return stored;
  const wanted = navigator.languages.find((tag) => /^(?:en|ko)\b/i.test(tag));
  return wanted?.toLowerCase().startsWith('ko') === true ? 'ko' : 'en';
}

export function currentLanguage(): Language {
  return current;
}

export function setLanguage(language: Language): void {
  current = language;
  localStorage.setItem(STORED_AS, language);
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
