#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Core, createCore } from '../main/core.js';
import { createRealWorld } from '../main/real-world.js';
import { wantsDemo } from '../main/wants-demo.js';
import { createNodeIo } from './node-io.js';
import { run } from './run.js';

// As deep below the package's root when built (out/cli) as here.
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));

// Not process.exit: what is still in a pipe to a slow reader would be lost.
let core: Core | null = null;
// Loaded only where it is asked for: it is a tenth of the program.
const createWorld = wantsDemo() ? (await import('../main/demo/demo-world.js')).createDemoWorld : createRealWorld;
const io = createNodeIo({
  version,
  createCore: () => {
    core = createCore(createWorld());
    return core;
  },
});
process.exitCode = await run(process.argv.slice(2), io);
const leave = (): void => core?.leave();
process.stdout.write('', () => process.stderr.write('', leave));
