// npm run -s bench: bundles tests/bench/look.ts and runs it; stdout holds its JSON alone.
import './node-version.mjs';
import { join } from 'node:path';
import { ensureDependencies } from './dependencies.mjs';
import { exitLike, root, runInForeground, runner } from './run.mjs';

await runner(async () => {
  await ensureDependencies();
  const { build } = await import('vite');
  const folder = join(root, 'node_modules', '.cache', 'claude-manager', 'bench');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(root, 'tests', 'bench', 'look.ts'),
      target: 'node20.18',
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'look.js' } },
    },
  });
  exitLike(await runInForeground(process.execPath, [join(folder, 'look.js'), ...process.argv.slice(2)]));
});
