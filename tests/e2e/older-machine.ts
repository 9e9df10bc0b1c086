import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OlderMachine {
  /** A program that runs the one that it is given, where the machine was started so much earlier. */
  readonly within: string;
  readonly close: () => void;
}

/**
 * The same machine, started `hours` earlier: for whoever runs in it every process is so much older. Everything else is as it is: a mount
 * namespace in which one line of /proc/stat says so. Only root makes one.
 */
export const createOlderMachine = (hours: number): OlderMachine => {
  const folder = mkdtempSync(join(tmpdir(), 'older-machine-'));
  chmodSync(folder, 0o755);
  const [stat, within] = [join(folder, 'stat'), join(folder, 'within')];
  const earlier = (_line: string, seconds: string): string => `btime ${Number(seconds) - hours * 3_600}`;
  writeFileSync(stat, readFileSync('/proc/stat', 'utf8').replace(/^btime (\d+)$/m, earlier));
  const inside = `mount --bind '${stat}' /proc/stat && exec "$@"`;
  writeFileSync(within, `#!/bin/bash\nexec unshare --mount /bin/bash -c '${inside.replaceAll("'", "'\\''")}' within "$@"\n`);
  chmodSync(within, 0o755);
  return { within, close: () => rmSync(folder, { recursive: true, force: true }) };
};
