import type { LogFilter, LogPage, LogRow } from '../../../src/shared/api.js';

/** An action log of as many lines as asked for, the same each time. */

const ACTIONS = ['KILL_PROCESS', 'CLEAN_ORPHANS', 'CLEAN_OLD', 'KILL_USER_PROCESSES', 'SET_PRIORITY', 'CLEAR_LOGS'] as const;
const USERS = ['marina', 'rafael', 'dkim'] as const;
const LEVELS: readonly LogRow['level'][] = ['SUCCESS', 'SUCCESS', 'SUCCESS', 'INFO', 'ERROR'];
const BEGAN = new Date(2026, 2, 1, 8).getTime();

const stampOf = (ms: number): string => {
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 19);
};

const aRow = (id: number): LogRow => {
  const level = LEVELS[(id * 7) % LEVELS.length] ?? 'INFO';
  const row = {
    id,
    at: stampOf(BEGAN + id * 61_000),
    level,
    action: ACTIONS[(id * 5) % ACTIONS.length] ?? 'KILL_PROCESS',
    fields: [
      ['PID', String(20_000 + ((id * 37) % 40_000))],
      ['User', USERS[id % USERS.length] ?? 'marina'],
      ['Memory', `${(id * 13) % 900}MB`],
      ['Signal', 'SIGTERM'],
      ...(level === 'SUCCESS'
        ? []
        : ([
            ['Result', level === 'ERROR' ? 'failed' : 'skipped'],
            ['Reason', level === 'ERROR' ? 'timeout' : 'changed'],
          ] as const)),
    ],
  } satisfies Omit<LogRow, 'line'>;
  return {
    ...row,
    line: `${row.at} - ${row.level} - ${row.action}: ${row.fields.map(([name, value]) => `${name}: ${value}`).join(' - ')}`,
  };
};

/** One page of it under a filter, newest first. */
export const aLogPage = (lines: number, filter: LogFilter, offset: number, limit: number): LogPage => {
  const text = filter.text?.toLowerCase() ?? '';
  const all = Array.from({ length: lines }, (_, index) => aRow(lines - 1 - index));
  const rest = all.filter(
    (row) =>
      (filter.action === undefined || row.action === filter.action) &&
      (filter.user === undefined || row.fields.some(([name, value]) => name === 'User' && value === filter.user)) &&
      (filter.from === undefined || row.at >= filter.from) &&
      (filter.to === undefined || row.at <= filter.to) &&
      (text === '' || `${row.action} ${row.fields.flat().join(' ')}`.toLowerCase().includes(text)),
  );
  const rows = rest.filter((row) => !filter.levels || filter.levels.includes(row.level));
  const countOf = (level: LogRow['level']): number => rest.filter((row) => row.level === level).length;
  return {
    rows: rows.slice(offset, offset + limit),
    matching: rows.length,
    total: lines,
    counts: { SUCCESS: countOf('SUCCESS'), ERROR: countOf('ERROR'), INFO: countOf('INFO') },
    actions: [...ACTIONS],
    users: [...USERS],
    skipped: 0,
  };
};
