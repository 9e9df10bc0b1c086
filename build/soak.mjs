// npm run soak [-- NAME [MINUTES]]: the tests that get better by going on for long, one after the other, or the one that is named.
// Each is an ordinary test of `npm test` that reads SOAK_MINUTES (tests/fakes/soak.ts). The last line is `N stages passed, N failed`.
import './node-version.mjs';
import { join } from 'node:path';
import { exitLike, root, runInForeground, runner, say, stop } from './run.mjs';

/** `suite` is a stage of build/test.mjs, `file` a part of the test file's path, `minutes` how long it goes on if nobody says otherwise. */
const STAGES = [
  { name: 'looks', suite: 'unit', file: 'differential.real', minutes: 60 },
  { name: 'actions', suite: 'unit', file: 'actions.property', minutes: 20 },
  // Not by time but by number: 200 crashes, and 500 keys a writer.
  { name: 'config', suite: 'unit', file: 'config-crash', minutes: 10 },
  // A hundred kills.
  { name: 'history', suite: 'unit', file: 'history-kill', minutes: 10 },
  // 500 steps of the window's and the tray's life.
  { name: 'lifecycle', suite: 'e2e', file: 'random-life', minutes: 12 },
];

await runner(async () => {
  const [only, given] = process.argv.slice(2);
  const stages = only === undefined ? STAGES : STAGES.filter(({ name }) => name === only);
  if (stages.length === 0) throw stop(`There is no soak ${only}: ${STAGES.map(({ name }) => name).join(', ')}.`);
  if (given !== undefined && !(Number(given) > 0)) throw stop(`How many minutes is "${given}"?`);
  const failed = [];
  for (const { name, suite, file, minutes } of stages) {
    const SOAK_MINUTES = given ?? String(minutes);
    say(`\n══ ${name}, ${SOAK_MINUTES} min`);
    const ended = await runInForeground(process.execPath, [join(root, 'build', 'test.mjs'), suite, file], {
      env: { ...process.env, SOAK_MINUTES },
    });
    // Ended by hand: no other begins.
    if (ended.signal) return exitLike(ended);
    if (ended.code !== 0) failed.push(name);
  }
  say(`\n${stages.length - failed.length} stages passed, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`);
  if (failed.length > 0) process.exitCode = 1;
});
