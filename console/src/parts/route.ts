/**
 * Where in the console somebody is: segments after the `#`, each encoded, so that no name of a bucket or key reaches the server's log
 * or another page as an address, and the console works below any path.
 */
import { useMemo, useSyncExternalStore } from 'react';

export function hrefOf(...segments: readonly string[]): string {
  return `#/${segments.map(encodeURIComponent).join('/')}`;
}

export function goTo(...segments: readonly string[]): void {
  window.location.hash = hrefOf(...segments);
}

export function useRoute(): readonly string[] {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => segmentsOf(hash), [hash]);
}

function segmentsOf(hash: string): string[] {
  return hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeSegment);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
