import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev:console` finds a server (`npm start`). */
const CONTROL_ADDRESS = 'http://127.0.0.1:9001';

// Paths are relative, so that the console also works behind a proxy's path prefix. Nothing is inlined: the server's
// Content-Security-Policy runs files of this origin and nothing else.
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: 'es2022',
    chunkSizeWarningLimit: 1024,
  },
  server: {
    proxy: {
      '^/(session|api)': { target: CONTROL_ADDRESS, rewrite: (path) => `/console${path}` },
    },
  },
});
