import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin, Rolldown } from 'vite';

// Set here because electron-vite takes them from the installed electron, and then `using` and the like crash the older Electron that
// closed networks run (build/assemble.mjs).
const NODE_TARGET = 'node20.18';
const CHROME_TARGET = 'chrome130';

/**
 * What main and the command line take from packages, built in: of zod alone that is a fifth of it, and one file in place of two hundred to be
 * found, read and compiled at every start. Those with machine code or that are hardly ever called stay outside.
 */
const BUNDLED = ['zod', 'i18next', 'electron-log', '@jellybrick/dbus-next', 'commander'];

/** Half the text to compile at every start; names stay, for what a log says of a crash. */
const SHORT = { compress: true, mangle: false, codegen: true } as const;

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const CLI_ENTRY = 'cli/index.js';

/** The command line runs in plain Node: the build fails where anything it reaches imports electron. It becomes executable. */
const plainNodeCli: Plugin = {
  name: 'claude-manager:plain-node-cli',
  generateBundle(_options, bundle) {
    const seen = new Set<string>();
    const visit = (fileName: string, chain: readonly string[]): void => {
      if (fileName === 'electron' || fileName.startsWith('electron/'))
        this.error(`The command line must not import electron: ${chain.join(' → ')}`);
      const chunk: Rolldown.OutputChunk | Rolldown.OutputAsset | undefined = bundle[fileName];
      if (chunk?.type !== 'chunk' || seen.has(fileName)) return;
      seen.add(fileName);
      for (const next of [...chunk.imports, ...chunk.dynamicImports]) visit(next, [...chain, fileName]);
    };
    visit(CLI_ENTRY, []);
  },
  writeBundle(options) {
    chmodSync(`${options.dir ?? 'out'}/${CLI_ENTRY}`, 0o755);
  },
};

export default defineConfig(({ command }) => ({
  // Main and command line in one build: they share their modules as chunks. All of out/ is this build's, and it comes first, so it empties it;
  // not while developing, where it runs again beside the others.
  main: {
    plugins: [plainNodeCli],
    build: {
      target: NODE_TARGET,
      outDir: path('out'),
      emptyOutDir: command === 'build',
      externalizeDeps: { exclude: BUNDLED },
      rolldownOptions: {
        input: { 'main/index': path('src/main/index.ts'), 'cli/index': path('src/cli/index.ts') },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', minify: SHORT },
      },
    },
  },
  // One CommonJS file: a sandboxed renderer's preload can neither be a module nor require one.
  preload: {
    build: {
      target: NODE_TARGET,
      outDir: path('out/preload'),
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: path('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: path('src/renderer'),
    plugins: [react()],
    build: {
      target: CHROME_TARGET,
      outDir: path('out/renderer'),
      minify: true,
      // The policy allows fonts from our own origin only, not as data.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { input: path('src/renderer/index.html') },
    },
  },
}));
