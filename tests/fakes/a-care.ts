import type { AppState } from '../../src/shared/api.js';
import type { AutomationState, CleanupReview, CleanupTarget } from '../../src/shared/care.js';
import { cleanupRulesOf } from '../../src/shared/cleanup-rules.js';
import type { Config } from '../../src/shared/config.js';

/** Nothing found, nothing to tell, cleanup at rest and the first screen answered. */
export const atRest = (over: Partial<AutomationState> = {}): Pick<AppState, 'findings' | 'alerts' | 'automation'> => ({
  findings: [],
  alerts: [],
  automation: {
    firstRun: false,
    mode: 'report',
    hold: null,
    nextRunAtMs: null,
    pausedUntilMs: null,
    countdown: null,
    proposal: null,
    lastRun: null,
    ...over,
  },
});

export const aTarget = (pid: number, over: Partial<CleanupTarget> = {}): CleanupTarget => ({
  key: { pid, startedAt: `s${pid}` },
  name: `p${pid}`,
  kind: 'mcp-server',
  user: 'dana',
  memoryBytes: 50_000_000,
  cause: 'orphan',
  metric: null,
  ...over,
});

/** A review of the rules of a configuration. */
export const aReview = (config: Config, over: Partial<CleanupReview> = {}): CleanupReview => ({
  targets: [],
  skips: [],
  rules: cleanupRulesOf(config),
  rulesId: 'rules',
  ...over,
});
