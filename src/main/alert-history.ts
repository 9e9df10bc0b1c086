import type { AlertRow } from '../shared/care.js';
import type { Metric } from '../shared/limits.js';
import { METRICS } from '../shared/limits.js';
import type { LogEntry } from '../shared/log-line.js';
import { parseLogLine } from '../shared/log-line.js';
import { readTail } from './file-tail.js';

/** As far back as is looked for them: some thousand lines of each file. */
const TAIL_BYTES = 512 * 1024;
const MEGABYTE = 1_048_576;

const field = ({ fields }: LogEntry, name: string): string | null => fields.find(([key]) => key === name)?.[1] ?? null;

/** "512MB", "80%" or "5.3" as the figure that an alert holds. */
const figureIn = (text: string | null): number => {
  const figure = /^(\d{1,12}(?:\.\d+)?)(MB|%)?$/.exec(text ?? '');
  return figure === null ? 0 : Number(figure[1]) * (figure[2] === 'MB' ? MEGABYTE : 1);
};

const rowOf = (entry: LogEntry, rule: Metric, id: number): AlertRow => {
  const [user, pid] = [field(entry, 'User'), field(entry, 'PID')];
  const name = field(entry, 'Name') ?? (pid === null ? (user ?? '?') : `PID ${pid}`);
  const atMs = Date.parse(entry.at);
  return {
    ...{ id, rule, others: 0, firedAtMs: atMs, recoveredAtMs: null, lost: true, told: 'bell', seen: true },
    culprit: { key: null, user, name, value: figureIn(field(entry, 'Value')), limit: figureIn(field(entry, 'Limit')), startedAtMs: null },
  };
};

/** The alerts that lines of the action log (oldest first) tell of, newest first; their numbers are below zero. */
export const pastAlerts = (lines: readonly string[], most: number): readonly AlertRow[] => {
  const rows: AlertRow[] = [];
  const live = new Map<Metric, number>();
  for (const line of lines) {
    if (!line.includes(' - ALERT: ')) continue;
    const entry = parseLogLine(line);
    const rule = METRICS.find((metric) => entry !== null && metric === field(entry, 'Rule'));
    if (entry === null || rule === undefined || Number.isNaN(Date.parse(entry.at))) continue;
    const at = live.get(rule);
    const before = at === undefined ? undefined : rows[at];
    if (field(entry, 'Result') === 'recovered') {
      if (at !== undefined && before !== undefined) rows[at] = { ...before, recoveredAtMs: Date.parse(entry.at), lost: false };
      live.delete(rule);
    } else if (at !== undefined && before !== undefined) rows[at] = { ...rowOf(entry, rule, before.id), firedAtMs: before.firedAtMs };
    else {
      live.set(rule, rows.length);
      rows.push(rowOf(entry, rule, -1 - rows.length));
    }
  }
  return rows.slice(-most).reverse();
};

/** What the bell showed before this start, by the ends of the action log's last two files. Rejects with the operating system's error. */
export const readPastAlerts = async (path: string, most: number): Promise<readonly AlertRow[]> =>
  pastAlerts([...(await readTail(`${path}.1`, TAIL_BYTES)), ...(await readTail(path, TAIL_BYTES))], most);
