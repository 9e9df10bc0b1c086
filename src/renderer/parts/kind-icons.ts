import type { Activity, Kind, StatusWord } from '../../shared/types.js';
import type { IconName } from './Icon.js';

export const KIND_ICONS: Readonly<Record<Kind, IconName>> = {
  'cli-session': 'cli',
  'cli-headless': 'headless',
  'ide-session': 'ide',
  'desktop-session': 'display',
  'sdk-worker': 'sdk',
  teammate: 'users',
  'acp-adapter': 'ide',
  'bg-session': 'bg',
  'mcp-server': 'mcp',
  'tool-shell': 'shell',
  'tool-child': 'child',
  hook: 'hook',
  'bg-pty-host': 'bg',
  'bg-spare': 'bg',
  daemon: 'daemon',
  'remote-control': 'globe',
  'mcp-serve': 'mcp',
  'plugin-daemon': 'daemon',
  'swarm-tmux': 'table',
  'desktop-app': 'display',
  'desktop-helper': 'display',
  'desktop-launcher': 'display',
  'desktop-service': 'daemon',
  'cowork-vm': 'host',
  'chrome-native-host': 'globe',
  zombie: 'offline',
  'api-client': 'sdk',
  unverified: 'unknown',
  'cli-utility': 'cli',
};

/** Also the style sheet's class for each status. */
export const STATUS_ICONS: Readonly<Record<StatusWord | 'protected', IconName>> = {
  normal: 'normal',
  'high-memory': 'high',
  old: 'old',
  'possible-orphan': 'possible',
  orphan: 'orphan',
  protected: 'protected',
};

export const ACTIVITY_ICONS: Readonly<Record<Exclude<Activity, 'none'> | 'paused', IconName>> = {
  busy: 'busy',
  waiting: 'waiting',
  shell: 'shell',
  idle: 'idle',
  unknown: 'unknown',
  paused: 'pause',
};
