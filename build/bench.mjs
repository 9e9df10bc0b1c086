// npm run -s bench [-- look|actions|policy|history]: bundles tests/bench/NAME.ts (look, if none is named) and runs it; stdout holds its JSON alone.
import './node-version.mjs';
import { bundle } from './bundle.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { exitLike, runInForeground, runner, stop } from './run.mjs';

const BENCHES = ['look', 'actions', 'policy', 'history'];

await runner(async () => {
  const [first, ...rest] = process.argv.slice(2);
  const name = first ?? 'look';
  if (!BENCHES.includes(name)) throw stop(`There is no benchmark ${name}: ${BENCHES.join(', ')}.`);
  await ensureDependencies();
  const program = await bundle(`tests/bench/${name}.ts`, `bench-${name}`);
  exitLike(await runInForeground(process.execPath, [program, ...rest]));
});
