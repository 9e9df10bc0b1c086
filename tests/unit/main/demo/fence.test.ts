import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../../../../src', import.meta.url));

/** Every file of ours and every module of Node's that loading `entry` loads; types load nothing. */
const reachable = (entry: string): ReadonlySet<string> => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    const name = relative(src, file);
    if (seen.has(name)) return;
    seen.add(name);
    for (const [, types, from = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)';/gms)) {
      if (types !== undefined) continue;
      if (!from.startsWith('.')) seen.add(from);
      else {
        const path = join(dirname(file), from.replace(/\.js$/, '.ts'));
        if (existsSync(path)) visit(path);
      }
    }
  };
  visit(join(src, entry));
  return seen;
};

/** Whoever sends signals or starts programs. */
const ACTORS = [
  'main/platform/posix.ts',
  'main/platform/index.ts',
  'main/platform/linux.ts',
  'main/elevate.ts',
  'main/claude-stop.ts',
  'main/administrator-prompt.ts',
  'node:child_process',
];

describe('what a demo can reach', () => {
  it('finds them where they are reached', () => {
    expect(ACTORS.filter((name) => !reachable('main/real-world.ts').has(name))).toEqual([]);
  });

  it.each(['main/core.ts', 'main/demo/demo-world.ts'])('%s neither signals nor starts anything by itself', (entry) => {
    const found = reachable(entry);
    expect(found.size).toBeGreaterThan(10);
    expect(ACTORS.filter((name) => found.has(name))).toEqual([]);
  });
});
