/** Light or dark: the system's, until somebody chooses. */
import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const STORED_AS = 'gotgan-theme';
const listeners = new Set<() => void>();
const preference = window.matchMedia('(prefers-color-scheme: dark)');

function currentTheme(): Theme {
  const stored = localStorage.getItem(STORED_AS);
  if (stored === 'light' || stored === 'dark') return stored;
  return preference.matches ? 'dark' : 'light';
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(STORED_AS, theme);
  showTheme();
}

export function showTheme(): void {
  document.documentElement.dataset['theme'] = currentTheme();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  preference.addEventListener('change', showTheme);
  return () => listeners.delete(listener);
}
