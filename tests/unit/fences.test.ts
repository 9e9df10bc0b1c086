import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FENCES, type SourceFile } from './fences.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const NOT_OURS = new Set(['node_modules', 'out', 'dist', '.git', '.cache', 'test-results']);
const TEXT = /\.(m?[jt]sx?|cjs|json|jsonc|css|html|md|ya?ml|conf|sh|py|txt|svg|policy|npmrc)$|(^|\/)(\.npmrc|\.gitignore|run|LICENSE)$/;

/** Every text file of the checkout but what is installed or built; read from the disk, because a fresh copy may have no .git. */
const ownFiles = (folder = root): readonly SourceFile[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (NOT_OURS.has(entry.name)) return [];
    if (entry.isDirectory()) return ownFiles(path);
    const name = relative(root, path).split(sep).join('/');
    return entry.isFile() && TEXT.test(name) ? [{ path: name, text: readFileSync(path, 'utf8') }] : [];
  });

describe('fences', () => {
  const files = ownFiles();

  it('look at the files they are meant for', () => {
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'package-lock.json',
        '.npmrc',
        '.ci/run',
        'src/main/index.ts',
        'src/shared/types.ts',
        'tests/unit/fences.test.ts',
      ]),
    );
  });

  describe.each(FENCES.map((fence) => [fence.name, fence] as const))('%s', (_name, fence) => {
    it('catches each bad sample and lets each good one pass', () => {
      expect({ missed: fence.bad.filter((one) => fence.check(one).length === 0), wronged: fence.good.flatMap(fence.check) }).toEqual({
        missed: [],
        wronged: [],
      });
    });

    it('holds', () => {
      expect(files.flatMap(fence.check)).toEqual([]);
    });
  });
});
