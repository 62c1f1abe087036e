import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: join(import.meta.dirname, 'page'),
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, 'dist/page'),
    emptyOutDir: true,
    // Small files as data URLs would need more of the content security policy.
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
    // It is loaded from this machine.
    chunkSizeWarningLimit: 1_000,
  },
});
