import { join } from 'node:path';
import { root } from './run.mjs';

/** Bundles one TypeScript program of the tests for plain Node; gives its path. Packages with machine code stay outside. */
export const bundle = async (source, name) => {
  const { build } = await import('vite');
  const folder = join(root, 'node_modules', '.cache', 'claude-manager', 'programs', name);
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(root, source),
      target: 'node20.18',
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: `${name}.js` } },
    },
  });
  return join(folder, `${name}.js`);
};
