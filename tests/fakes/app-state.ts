import type { AppState } from '../../src/shared/api.js';
import { parseConfig } from '../../src/shared/config.js';
import type { ProcessView } from '../../src/shared/types.js';
import { atRest } from './a-care.js';
import { aSnapshot } from './a-view.js';

/** What main tells the window: these processes, or null before the first look; say only what matters to the test. */
export const aState = (processes: readonly ProcessView[] | null, over: Partial<AppState> = {}): AppState => ({
  snapshot: processes && aSnapshot(processes),
  trends: {},
  loop: { enabled: true, intervalMs: 5000, nextLookAtMs: 1, staleSinceMs: null, error: null, looks: 1 },
  settings: { language: 'system', theme: 'system', refresh_interval_seconds: 5, refresh_enabled: true },
  config: parseConfig({}),
  configFile: { path: '/home/dana/.config/claude-manager/claude_limits.json', savedAtMs: null, weaker: [] },
  stopped: [],
  quick: { orphans: 0, possibleOrphans: 0, old: 0, all: 0 },
  logVersion: 0,
  historyVersion: 0,
  language: 'en',
  about: { version: '1', electron: '1', selfUser: 'dana', selfUid: 1000, root: false, demo: false },
  ...atRest(),
  notices: [],
  ...over,
});
