import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: join(import.meta.dirname, 'page'),
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    // Small files as data URLs would need more of the content security policy.
    assetsInlineLimit: 0,
    // React and the AI SDK are most of it, and come in one file.
    chunkSizeWarningLimit: 1_000,
  },
});
