// node src/console/build.ts <folder>: builds the console into it, whole or not at all.
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { build } from 'vite';

const out = path.resolve(process.argv[2] ?? '.data/console/build');
const aside = `${out}.${process.pid}`;
const root = import.meta.dirname;

await mkdir(path.dirname(out), { recursive: true });
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  // Whatever the server's own mode is.
  mode: 'production',
  define: { 'process.env.NODE_ENV': '"production"' },
  oxc: { jsx: { runtime: 'automatic', development: false } },
  build: {
    outDir: aside,
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: {
      input: path.join(root, 'main.tsx'),
      output: { entryFileNames: 'console.js', chunkFileNames: 'console-[name].js', assetFileNames: 'console[extname]' },
    },
  },
});
// Another server on the same folder was a moment faster: its build is as good.
await rename(aside, out).catch(() => rm(aside, { recursive: true, force: true }));
