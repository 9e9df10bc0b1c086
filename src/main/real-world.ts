import { userInfo } from 'node:os';
import { createClaudeStop } from './claude-stop.js';
import { createElevate } from './elevate.js';
import { createFolderWatches } from './folder-watches.js';
import { createHostileFiles } from './hostile-file.js';
import { createJobCheck } from './job-check.js';
import { resolvePaths } from './paths.js';
import { createPlatform, currentOs } from './platform/index.js';
import { endOurselves } from './platform/posix.js';
import { createSessionFiles } from './session-files.js';
import { createSessionRegistry } from './sessions.js';
import type { World } from './world.js';

const accountName = (): string | null => {
  try {
    return userInfo().username;
  } catch {
    // No account for this uid, as in many containers.
    return null;
  }
};

/** The running system. Throws, readably, where there is no platform for it or no home directory. */
export const createRealWorld = (): World => {
  const platform = createPlatform();
  const selfUid = process.getuid?.() ?? -1;
  const files = createHostileFiles({ selfUid });
  const homeOf = platform.homeOf;
  const selfConfigDir = process.env['CLAUDE_CONFIG_DIR'] ?? null;
  return {
    demo: false,
    platform,
    paths: resolvePaths({ os: currentOs }),
    self: { pid: process.pid, ppid: () => process.ppid, uid: selfUid, user: accountName() },
    registry: createSessionRegistry({ files, homeOf, selfUid, selfConfigDir, now: Date.now, watches: createFolderWatches({ selfUid }) }),
    sessionFiles: createSessionFiles({ files, homeOf }),
    elevate: createElevate({ os: currentOs }),
    claudeStop: (clock) => createClaudeStop({ platform, clock, selfUid, env: process.env }),
    jobCheck: createJobCheck({ files }),
    past: null,
    leave: () => {
      // A file that never answers must not keep us.
      if (files.hanging() > 0) endOurselves();
    },
  };
};
