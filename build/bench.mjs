// npm run -s bench [-- look|actions|policy]: bundles tests/bench/NAME.ts (look, if none is named) and runs it; stdout holds its JSON alone.
import './node-version.mjs';
import { join } from 'node:path';
import { ensureDependencies } from './dependencies.mjs';
import { exitLike, root, runInForeground, runner, stop } from './run.mjs';

const BENCHES = ['look', 'actions', 'policy'];

await runner(async () => {
  const [first, ...rest] = process.argv.slice(2);
  const name = first ?? 'look';
  if (!BENCHES.includes(name)) throw stop(`There is no benchmark ${name}: ${BENCHES.join(', ')}.`);
  await ensureDependencies();
  const { build } = await import('vite');
  const folder = join(root, 'node_modules', '.cache', 'claude-manager', 'bench');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(root, 'tests', 'bench', `${name}.ts`),
      target: 'node20.18',
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: `${name}.js` } },
    },
  });
  exitLike(await runInForeground(process.execPath, [join(folder, `${name}.js`), ...rest]));
});
