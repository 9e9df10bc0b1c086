// npm run -s demo-data -- FOLDER: writes the demo's month into FOLDER/history.db, and the demo's limits beside it; says on stdout where.
import './node-version.mjs';
import { bundle } from './bundle.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { exitLike, runInForeground, runner } from './run.mjs';

await runner(async () => {
  await ensureDependencies();
  const program = await bundle('tests/fakes/demo-data.ts', 'demo-data');
  exitLike(await runInForeground(process.execPath, [program, ...process.argv.slice(2)]));
});
