import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reused } from '../../fakes/reuse-pids.js';
import { isRoot } from './real-files.js';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const helper = join(checkout, 'resources/helper/claude-manager-helper');

describe.skipIf(!isRoot)('a pid that is somebody else’s by now, for real (only root makes pid namespaces)', () => {
  let folder = '';
  let outcome: Readonly<Record<string, Reused>> = {};
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reuse-'));
    await build({
      ...{ configFile: false, logLevel: 'error', root: checkout, ssr: { noExternal: true } },
      build: {
        ...{ ssr: 'tests/fakes/reuse-pids.ts', outDir: folder, target: 'node20.18' },
        rolldownOptions: { output: { entryFileNames: 'reuse.mjs' } },
      },
    });
    // In a namespace of its own the next pid can be chosen, and nobody else forks.
    const own = ['--pid', '--fork', '--kill-child', '--mount', '--mount-proc'];
    const { stdout, stderr } = spawnSync('/usr/bin/unshare', [...own, process.execPath, join(folder, 'reuse.mjs'), helper], {
      encoding: 'utf8',
      timeout: 90_000,
      killSignal: 'SIGKILL',
    });
    outcome = stdout === '' ? { [stderr]: { reused: false, said: [], newcomerLives: false } } : JSON.parse(stdout);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is never signalled, whatever is asked for and whenever it changed hands', () => {
    const spared = (said: unknown) => ({ reused: true, said, newcomerLives: true });
    const word = expect.stringMatching(/^[0-9]+ asked$/);
    expect(outcome).toEqual({
      'ended after the preview': spared(['skipped changed null']),
      'killed after the preview': spared(['skipped changed null']),
      'paused after the preview': spared(['skipped changed null']),
      'slowed after the preview': spared(['skipped changed null']),
      'killed after being asked': spared(['done done SIGTERM']),
      'killed by root after the prompt': spared([expect.stringMatching(/^[0-9]+ changed$/)]),
      'killed by root after being asked': spared([word, expect.stringMatching(/^[0-9]+ ended$/)]),
    });
  });
});
