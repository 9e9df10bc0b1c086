import { memo } from 'react';
import { formatBytes, formatNumber, splitBytes } from '../../shared/format.js';
import type { HistorySummary, Metric } from '../../shared/history.js';
import { momentLabel } from '../analytics/axis.js';
import { useLanguage, useWords } from '../i18n.js';

const signed = (value: number, format: (absolute: number) => string): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : '±'}${format(Math.abs(value))}`;

interface FigureProps {
  readonly name: string;
  readonly figure: string;
  readonly unit?: string;
  readonly caption: string;
  readonly tip?: string | undefined;
  readonly narrow?: boolean;
}

const Figure = ({ name, figure, unit, caption, tip, narrow = true }: FigureProps) => (
  <div className={narrow ? '' : 'hide-narrow'} data-tip={tip}>
    <dt>{name}</dt>
    <dd className="figure">
      {figure} {unit !== undefined && <span className="u">{unit}</span>}
    </dd>
    <dd className="caption clip">{caption}</dd>
  </div>
);

/** The figures of the head: as they are now, and how they changed over the range. */
export const MetricStrip = memo(({ summary }: { readonly summary: HistorySummary }) => {
  const say = useWords();
  const language = useLanguage();
  const { metrics, ended } = summary;
  const count = (value: number | null, digits = 0): string => formatNumber(value, language, digits);
  const change = (metric: Metric, format: (absolute: number) => string): string =>
    metric.change === null ? say('analytics.changeUnknown') : say('analytics.change', { change: signed(metric.change, format) });
  const peak = (metric: Metric, format: (value: number | null) => string): string | undefined =>
    metric.peak === null || metric.peakAtMs === null
      ? undefined
      : say('analytics.peak', {
          peak: format(metric.peak),
          at: momentLabel(metric.peakAtMs, language),
          mean: format(metric.mean),
        });
  const bytes = (value: number | null): string => formatBytes(value, language);
  const cores = (value: number | null): string => count(value === null ? null : value / 100, 1);
  const memory = splitBytes(metrics.memoryBytes.now, language);
  const freed = splitBytes(ended.freedBytes, language);
  const { processes, activeUsers, cpuPercent, memoryBytes } = metrics;
  return (
    <dl className="strip">
      <Figure
        name={say('analytics.metric.processes')}
        figure={count(processes.now)}
        caption={change(processes, (n) => count(Math.round(n)))}
        tip={peak(processes, (n) => count(n, 0))}
      />
      <Figure
        name={say('analytics.metric.memory')}
        figure={memory.figure}
        unit={memory.unit}
        caption={change(memoryBytes, bytes)}
        tip={peak(memoryBytes, bytes)}
      />
      <Figure
        name={say('analytics.metric.users')}
        figure={count(activeUsers.now)}
        caption={change(activeUsers, (n) => count(Math.round(n)))}
        tip={peak(activeUsers, (n) => count(n, 0))}
      />
      <Figure
        name={say('analytics.metric.cpu')}
        figure={cores(cpuPercent.now)}
        unit={say('analytics.cores')}
        caption={change(cpuPercent, (n) => cores(n))}
        tip={peak(cpuPercent, cores)}
      />
      <Figure
        name={say('analytics.metric.ended')}
        figure={count(ended.byHand + ended.byCleanup)}
        caption={say('analytics.endedBy', { hand: count(ended.byHand), cleanup: count(ended.byCleanup) })}
        narrow={false}
      />
      <Figure
        name={say('analytics.metric.freed')}
        figure={freed.figure}
        unit={freed.unit}
        caption={say('analytics.endedNot', { refused: count(ended.refused), failed: count(ended.failed) })}
        narrow={false}
      />
    </dl>
  );
});
