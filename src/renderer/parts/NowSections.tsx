import { memo, useCallback, useEffect, useMemo, useRef } from 'react';
import { formatAge, formatBytes, formatNumber } from '../../shared/format.js';
import type { HistorySummary } from '../../shared/history.js';
import { isSessionKind, runTimeClasses, sharesOf, statisticsOf } from '../../shared/statistics.js';
import type { Snapshot } from '../../shared/types.js';
import { colour, useAnalytics } from '../analytics/analytics-view.js';
import { SLOTS, slotClass } from '../analytics/colours.js';
import { useGroupName } from '../analytics/names.js';
import { keepSlices, type Slice, slicesOf } from '../analytics/shares.js';
import { number, text } from '../analytics/table.js';
import { useLanguage, useWords } from '../i18n.js';
import { ChartFrame } from './ChartFrame.js';
import { type Counted, CountsChart } from './CountsChart.js';
import { ShareChart } from './ShareChart.js';
import { useKept } from './use-kept.js';

/** Who uses the memory now. */
export const ShareSection = memo(({ snapshot }: { readonly snapshot: Snapshot }) => {
  const say = useWords();
  const language = useLanguage();
  const nameOf = useGroupName();
  const by = useAnalytics((view) => view.by);
  const slots = useAnalytics((view) => view.slots);
  const shares = useMemo(() => sharesOf(snapshot, by), [snapshot, by]);
  const last = useRef<readonly Slice[]>([]);
  const slices = useMemo(() => slicesOf(shares, SLOTS), [shares]);
  last.current = keepSlices(last.current, slices);
  useEffect(() => colour(slices.flatMap(({ id }) => (id === 'other' ? [] : [id]))), [slices]);
  const title = say('analytics.title.share', { by: say(`analytics.per.${by}`) });
  const percent = useCallback((part: number): string => `${formatNumber(part * 100, language)} %`, [language]);
  const describe = useCallback(
    (slice: Slice): string => `${nameOf(slice)}: ${formatBytes(slice.memoryBytes, language)}, ${percent(slice.part)}`,
    [nameOf, percent, language],
  );
  return (
    <ChartFrame
      name="memory-share"
      title={title}
      sentence={`${title}: ${slices.map(describe).join('; ')}.`}
      empty={slices.length > 0 ? null : say('analytics.nobodyNow')}
      table={() => ({
        words: 1,
        head: [say(`analytics.group.${by}`), ...['memory', 'part', 'cpu', 'processes'].map((head) => say(`analytics.head.${head}`))],
        rows: shares.map((share) => [
          text(nameOf(share)),
          number(formatBytes(share.memoryBytes, language), share.memoryBytes),
          number(percent(share.memoryBytes / (snapshot.totals.memoryBytes || 1)), share.memoryBytes / (snapshot.totals.memoryBytes || 1)),
          number(formatNumber(share.cpuPercent, language), share.cpuPercent),
          number(formatNumber(share.processes, language), share.processes),
        ]),
      })}
    >
      <div className="share">
        <ShareChart slices={last.current} slots={slots} label={title} describe={describe} />
        <dl>
          {slices.map((slice) => (
            <div key={slice.id}>
              <dt>
                <i className={slotClass(slots, slice.id)} />
                <span className="clip" data-tip={nameOf(slice)} data-tip-clip>
                  {nameOf(slice)}
                </span>
              </dt>
              <dd>
                {formatBytes(slice.memoryBytes, language)} <span className="t3">{percent(slice.part)}</span>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </ChartFrame>
  );
});

const RUN_FILLS = ['var(--run-now)', 'var(--run-ended)'];

/** How long sessions ran: those that run now, counted here, and those that ended in the range. */
export const RunTimesSection = memo(({ snapshot, summary }: { readonly snapshot: Snapshot; readonly summary: HistorySummary }) => {
  const say = useWords();
  const language = useLanguage();
  const { takenAtMs, processes } = snapshot;
  const running = runTimeClasses(
    processes.flatMap(({ kind, startedAtMs }) =>
      isSessionKind(kind) && startedAtMs !== null ? [Math.max(0, takenAtMs - startedAtMs)] : [],
    ),
  );
  const { ended } = summary.runTimes;
  const counted = running.map((count, at): Counted => {
    const name = say(`analytics.runTime.${at}`);
    return { name, tick: name, counts: [count, ended[at] ?? 0] };
  });
  // The same picture where the counts are the same: a look seldom changes them.
  const classes = useKept<readonly Counted[]>(counted);
  const title = say('analytics.title.runTimes');
  const describe = useCallback(
    ({ name, counts }: Counted): string => say('analytics.runTimeIs', { name, running: counts[0] ?? 0, ended: counts[1] ?? 0 }),
    [say],
  );
  const total = classes.reduce((sum, { counts }) => sum + (counts[0] ?? 0) + (counts[1] ?? 0), 0);
  return (
    <ChartFrame
      name="run-times"
      title={title}
      sentence={`${title}: ${classes.map(describe).join('; ')}.`}
      empty={total > 0 ? null : say('analytics.noSessions')}
      legend={
        <>
          <span className="key">
            <i className="run-now" />
            {say('analytics.head.running')}
          </span>
          <span className="key">
            <i className="run-ended" />
            {say('analytics.head.ended')}
          </span>
        </>
      }
      table={() => ({
        words: 1,
        head: ['runTime', 'running', 'ended'].map((head) => say(`analytics.head.${head}`)),
        rows: classes.map(({ name, counts }) => [text(name), ...counts.map((count) => number(formatNumber(count, language), count))]),
      })}
    >
      <CountsChart bars={classes} fills={RUN_FILLS} language={language} label={title} describe={describe} />
    </ChartFrame>
  );
});

/** The general statistics of the last reading. */
export const StatisticsSection = memo(({ snapshot }: { readonly snapshot: Snapshot }) => {
  const say = useWords();
  const language = useLanguage();
  const stats = useMemo(() => statisticsOf(snapshot), [snapshot]);
  const count = (value: number): string => formatNumber(value, language);
  const lines: readonly (readonly [id: string, value: string, raw: number | null, aside?: string])[] = [
    ['old', count(stats.old), stats.old],
    ['orphans', count(stats.orphans), stats.orphans],
    ['possible', count(stats.possibleOrphans), stats.possibleOrphans],
    ['high', count(stats.highMemory), stats.highMemory],
    ['leftOver', formatBytes(stats.leftOverBytes, language), stats.leftOverBytes],
    ['meanMemory', formatBytes(stats.meanMemoryBytes, language), stats.meanMemoryBytes],
    ['meanRunTime', formatAge(stats.meanRunTimeMs), stats.meanRunTimeMs],
    ['longest', formatAge(stats.longestMs), stats.longestMs, stats.longest?.name ?? ''],
    [
      'largest',
      formatBytes(stats.largest?.tree.memoryBytes ?? null, language),
      stats.largest?.tree.memoryBytes ?? null,
      stats.largest?.name ?? '',
    ],
  ];
  const title = say('analytics.title.statistics');
  return (
    <ChartFrame
      name="statistics"
      title={title}
      sentence={title}
      empty={null}
      table={() => ({
        words: 1,
        head: [say('analytics.head.figure'), say('analytics.head.value')],
        rows: lines.map(([id, value, raw, aside]) => [
          text(`${say(`analytics.statistic.${id}`)}${aside ? ` (${aside})` : ''}`),
          number(value, raw),
        ]),
      })}
    >
      <dl className="stats">
        {lines.map(([id, value, , aside]) => (
          <div key={id}>
            <dt className="clip">{say(`analytics.statistic.${id}`)}</dt>
            <dd>
              {aside !== undefined && aside !== '' && (
                <span className="t3 clip" data-tip={aside} data-tip-clip>
                  {aside}
                </span>
              )}
              <span className="strong">{value}</span>
            </dd>
          </div>
        ))}
      </dl>
    </ChartFrame>
  );
});
