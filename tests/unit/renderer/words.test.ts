import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import en from '../../../resources/locales/en.json' with { type: 'json' };
import ptBr from '../../../resources/locales/pt-BR.json' with { type: 'json' };
import { GROUPS as ANALYTICS_GROUPS, RANKS } from '../../../src/renderer/analytics/analytics-view.js';
import { COLUMN_IDS } from '../../../src/renderer/columns.js';
import { GROUPS, SECTIONS, UNITS } from '../../../src/renderer/config-groups.js';
import { sayFrom, sayNow, startWords } from '../../../src/renderer/i18n.js';
import { KNOWN_FIELDS, KNOWN_REASONS, KNOWN_RESULTS } from '../../../src/renderer/log-row.js';
import { TABS } from '../../../src/shared/api.js';
import { HISTORY_RANGES, RUN_TIME_EDGES_MS } from '../../../src/shared/history.js';
import { LOG_ACTIONS, LOG_LEVELS } from '../../../src/shared/log-line.js';
import { PROTECT_BY, SETTING_KEYS, SETTINGS, USER_SETTING_KEYS, USER_SETTINGS } from '../../../src/shared/settings.js';
import { KINDS } from '../../../src/shared/types.js';

const folder = fileURLToPath(new URL('../../../src/renderer', import.meta.url));
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

const STATUSES = ['normal', 'high-memory', 'old', 'possible-orphan', 'orphan', 'protected'];
const ACTIVITIES = ['busy', 'waiting', 'shell', 'idle', 'unknown', 'none', 'paused'];
const BULKS = ['orphans', 'old', 'user', 'all'];
const STATISTICS = ['old', 'orphans', 'possible', 'high', 'leftOver', 'meanMemory', 'meanRunTime', 'longest', 'largest'];
const HEADS = [
  ...['time', 'event', 'user', 'kind', 'count', 'freed', 'memory', 'part', 'cpu', 'processes', 'running', 'ended', 'runTime'],
  ...[
    'memoryHours',
    'cpuHours',
    'sessionsEnded',
    'peak',
    'limit',
    'project',
    'server',
    'users',
    'copies',
    'mean',
    'slope',
    'limitIn',
    'over',
  ],
];
const VARIANTS = ['end', 'force', ...BULKS, 'admin', 'adminForce', 'pause', 'continue', 'low', 'normal', 'high'];
/** Keys that the sources put together from parts. */
const MADE = [
  ...SETTING_KEYS.flatMap((key) => [`ui.config.set.${key}.name`, `ui.config.set.${key}.hint`]),
  ...Object.entries(SETTINGS).flatMap(([key, setting]) =>
    setting.type === 'choice' ? setting.words.map((word) => `ui.config.word.${key}.${word}`) : [],
  ),
  ...[...GROUPS.map(({ id }) => id), 'users', 'rules', 'file', 'weaker'].flatMap((id) => [
    `ui.config.group.${id}.name`,
    `ui.config.group.${id}.hint`,
  ]),
  ...SECTIONS.map((section) => `ui.config.section.${section}`),
  ...Object.values(UNITS).map((unit) => `ui.config.unit.${unit}`),
  ...['user', ...USER_SETTING_KEYS].map((key) => `ui.config.field.${key}`),
  ...(['priority', 'enforce'] as const).flatMap((key) => USER_SETTINGS[key].words.map((word) => `ui.config.field.${key}Word.${word}`)),
  ...PROTECT_BY.flatMap((by) => [`ui.config.by.${by}`, `ui.config.byHint.${by}`]),
  ...['read_only', 'confirm_single_idle', 'elevation_enabled'].map((key) => `ui.config.weakened.${key}`),
  ...['import', 'restore', 'reset', 'loosen'].flatMap((source) => [
    `ui.config.proposal.${source}`,
    `ui.config.proposal.${source}Button_one`,
  ]),
  ...['range', 'wholeRange', 'flag', 'words', 'list', 'other'].flatMap((range) => [`error.value.${range}`, `error.import.${range}`]),
  ...['syntax', 'depth', 'notObject', 'tooBig'].map((problem) => `error.import.${problem}`),
  ...KINDS.map((kind) => `kind.${kind}`),
  ...STATUSES.map((status) => `status.${status}`),
  ...ACTIVITIES.map((activity) => `activity.${activity}`),
  ...COLUMN_IDS.flatMap((id) => [`ui.head.${id}`, `ui.column.${id}`]),
  ...['yes', 'no', 'unknown'].map((word) => `ui.details.leftOver.${word}`),
  ...LOG_ACTIONS.map((action) => `log.action.${action}`),
  ...LOG_LEVELS.map((level) => `log.level.${level}`),
  ...KNOWN_FIELDS.map((field) => `log.field.${field}`),
  ...KNOWN_RESULTS.map((result) => `log.result.${result}`),
  ...KNOWN_REASONS.map((reason) => `log.reason.${reason}`),
  ...['when', 'level', 'action', 'target', 'user', 'freed', 'outcome'].map((head) => `ui.log.head.${head}`),
  ...['hour', 'day', 'week', 'month'].map((span) => `ui.log.span.${span}`),
  ...['text', 'jsonl', 'csv'].map((format) => `ui.log.format.${format}`),
  ...['from', 'to'].map((end) => `ui.log.${end}`),
  ...HISTORY_RANGES.flatMap((last) => [`analytics.last.${last}`, `analytics.short.${last}`]),
  ...ANALYTICS_GROUPS.flatMap((group) => [`analytics.group.${group}`, `analytics.per.${group}`]),
  ...RANKS.map((rank) => `analytics.rank.${rank}`),
  ...[...RUN_TIME_EDGES_MS, null].map((_, at) => `analytics.runTime.${at}`),
  ...['failed', 'refused', 'respawn'].map((kind) => `analytics.kindOf.${kind}`),
  ...['elsewhere', 'stopped'].map((state) => `analytics.recording.${state}`),
  ...['projects', 'servers'].map((name) => `analytics.title.${name}`),
  ...STATISTICS.map((id) => `analytics.statistic.${id}`),
  ...HEADS.map((head) => `analytics.head.${head}`),
  ...TABS.map((tab) => `ui.tab.${tab}`),
  ...['R', 'S', 'D', 'T', 't', 'Z', 'X', 'I'].map((state) => `ui.state.${state}`),
  ...['system', 'en', 'pt-BR'].map((language) => `ui.menu.languages.${language}`),
  ...['system', 'light', 'dark'].map((theme) => `ui.menu.themes.${theme}`),
  ...VARIANTS.flatMap((variant) => ['title', 'what'].map((part) => `ui.act.${variant}.${part}`)),
  ...VARIANTS.filter((variant) => !BULKS.includes(variant)).flatMap((one) =>
    ['button', 'none', 'running'].map((part) => `ui.act.${one}.${part}`),
  ),
  ...['end', 'pause', 'continue', 'priority'].flatMap((verb) => [`ui.act.nothing.${verb}`, `ui.act.choose.${verb}`]),
  ...['keys', ...BULKS].map((scope) => `ui.act.empty.${scope}`),
  ...['ended', 'killed', 'paused', 'continued', 'prioritised'].flatMap((deed) =>
    ['One', 'All', 'Some', 'NotOne', 'Not'].map((part) => `ui.result.${deed}${part}`),
  ),
  ...['low', 'normal', 'high'].map((priority) => `ui.priority.${priority}`),
  ...['pause', 'continue'].map((verb) => `ui.action.${verb}Count`),
  ...['KILL_PROCESS', 'KILL_USER_PROCESSES', 'KILL_ALL_PROCESSES', 'CLEAN_OLD', 'CLEAN_ORPHANS', 'STOP_BACKGROUND', 'AUTO_CLEANUP'].map(
    (action) => `ui.stopped.why.${action}`,
  ),
  ...['project', 'name', 'pid'].map((by) => `ui.protect.${by}`),
  ...['NoAgent', 'NotInstalled'].map((outcome) => `error.elevate${outcome}`),
  ...['table', 'act', 'window'].map((group) => `ui.keys.group.${group}`),
];
const written = [...sources.matchAll(/'((?:ui|analytics|cleanup|first|rehearsal|finding)\.[A-Za-z.]+)'/g)].map((match) => match[1] ?? '');

const holds = (locale: unknown, key: string): boolean => {
  const found = key
    .split('.')
    .reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined), locale);
  return typeof found === 'string';
};
const missing = (locale: unknown): readonly string[] =>
  [...new Set([...written, ...MADE])].filter((key) => !holds(locale, key) && !holds(locale, `${key}_other`));

describe('the page’s words', () => {
  it('are looked for where they are', () => {
    expect(written.length).toBeGreaterThan(100);
  });

  it('are all there in both languages', () => {
    expect({ en: missing(en), ptBr: missing(ptBr) }).toEqual({ en: [], ptBr: [] });
  });
});

describe('sayFrom', () => {
  it('shows hostile values as they are: neither looked up, nor filled in, nor escaped', () => {
    startWords('en');
    const path = '<b>$t(ui.close) {{pid}} & "x"';
    expect(sayFrom(sayNow, 'evidence', { id: 'kind.desktopPath', values: { path } })).toBe(`Part of Claude Desktop: ${path}`);
  });
});
