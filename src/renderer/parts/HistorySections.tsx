import { memo, useCallback, useMemo } from 'react';
import { formatBytes, formatNumber, type Language } from '../../shared/format.js';
import type { HistoryAnswer, HistoryEvent } from '../../shared/history.js';
import { useAnalytics } from '../analytics/analytics-view.js';
import { momentLabel } from '../analytics/axis.js';
import { SLOTS, type Slots, slotClass } from '../analytics/colours.js';
import { useGroupName } from '../analytics/names.js';
import { type Band, courseOf, type Mark, marksOf, type Stack, stackOf, type Values } from '../analytics/stack.js';
import { moment, number, type Table, text } from '../analytics/table.js';
import { useLanguage, useWords } from '../i18n.js';
import { ChartFrame } from './ChartFrame.js';
import type { Reading } from './Crosshair.js';
import { HistoryChart } from './HistoryChart.js';
import { useActionName } from './use-action-name.js';

const MB = 1024 ** 2;
const GB = 1024 ** 3;
const MEMORY_HEIGHT = 236;
const CPU_HEIGHT = 148;

interface OverTimeProps {
  readonly answer: HistoryAnswer;
  readonly name: string;
  readonly title: string;
  readonly stack: Stack;
  readonly dashed: Values | null;
  readonly marks: readonly Mark[];
  readonly digits: number;
  readonly unit: string;
  readonly height: number;
  readonly legend?: React.ReactNode;
}

const tableOf = ({ stack, dashed, digits }: OverTimeProps, language: Language, heads: readonly string[], dashedHead: string): Table => {
  const figure = (values: Values, at: number) => number(formatNumber(values[at] ?? null, language, digits), values[at] ?? null);
  return {
    words: 1,
    head: [...heads, ...(dashed === null ? [] : [dashedHead])],
    rows: stack.times.map((time, at) => [
      moment(momentLabel(time, language, stack.stepMs), time),
      figure(stack.total, at),
      ...stack.bands.map(({ values }) => figure(values, at)),
      ...(dashed === null ? [] : [figure(dashed, at)]),
    ]),
  };
};

const Legend = ({
  bands,
  slots,
  nameOf,
}: {
  readonly bands: readonly Band[];
  readonly slots: Slots;
  readonly nameOf: (band: Band) => string;
}) => (
  <>
    {bands.map((band) => (
      <span className="key" key={band.id}>
        <i className={slotClass(slots, band.id)} />
        <span className="clip">{nameOf(band)}</span>
      </span>
    ))}
  </>
);

const OverTime = (props: OverTimeProps) => {
  const { answer, name, title, stack, dashed, marks, digits, unit, height, legend } = props;
  const say = useWords();
  const language = useLanguage();
  const nameOf = useGroupName();
  const slots = useAnalytics((view) => view.slots);
  const course = courseOf(stack.times, stack.total);
  const figure = (value: number): string => `${formatNumber(value, language, digits)} ${unit}`;
  const markName = useCallback((mark: Mark) => say('analytics.mark', { count: mark.events.length, ended: mark.ended }), [say]);
  const reading = useMemo(
    (): Reading => ({
      ...{ stack, dashed, marks, slots, language, digits, nameOf, markName },
      ...{ dashedName: say('analytics.available'), totalName: say('analytics.total') },
    }),
    [stack, dashed, marks, slots, language, digits, nameOf, markName, say],
  );
  const sentence =
    course === null
      ? ''
      : say('analytics.course', {
          ...{ title, from: momentLabel(answer.fromMs, language), to: momentLabel(answer.toMs, language) },
          ...{ first: figure(course.first), last: figure(course.last), top: figure(course.top), at: momentLabel(course.topAtMs, language) },
          most: stack.bands[0] === undefined ? '–' : nameOf(stack.bands[0]),
        });
  const empty =
    course !== null
      ? null
      : answer.sinceMs === null
        ? say('analytics.emptyYet')
        : say('analytics.emptyThen', { at: momentLabel(answer.sinceMs, language) });
  return (
    <ChartFrame
      name={name}
      title={title}
      sentence={sentence}
      empty={empty}
      table={() =>
        tableOf(
          props,
          language,
          [say('analytics.head.time'), say('analytics.total'), ...stack.bands.map(nameOf)],
          say('analytics.available'),
        )
      }
      legend={
        <>
          <Legend bands={stack.bands} slots={slots} nameOf={nameOf} />
          {legend}
        </>
      }
    >
      <HistoryChart name={name} height={height} label={title} noData={say('analytics.noData')} reading={reading} />
    </ChartFrame>
  );
};

/** Memory over time by group, with the host's available memory and what ended; CPU below, on the same time. */
export const HistorySections = memo(({ answer }: { readonly answer: HistoryAnswer }) => {
  const say = useWords();
  const available = useAnalytics((view) => view.available);
  const by = say(`analytics.per.${answer.by === 'session' ? 'user' : answer.by}`);
  const largest = useMemo(
    () => answer.total.memoryBytes.mean.reduce<number>((top, value) => Math.max(top, value ?? 0), 0),
    [answer.total.memoryBytes],
  );
  const unit = largest >= GB ? GB : MB;
  const memory = useMemo(() => stackOf(answer, ({ memoryBytes }) => memoryBytes, unit, SLOTS), [answer, unit]);
  const cpu = useMemo(() => stackOf(answer, ({ cpuPercent }) => cpuPercent, 100, SLOTS), [answer]);
  const host = answer.hostAvailableBytes.mean;
  const dashed = useMemo(() => (available ? host.map((value) => (value === null ? null : value / unit)) : null), [available, host, unit]);
  const marks = useMemo(() => marksOf(answer.events, answer.fromMs, answer.toMs), [answer.events, answer.fromMs, answer.toMs]);
  const unitName = unit === GB ? 'GB' : 'MB';
  return (
    <>
      <OverTime
        {...{ answer, dashed, marks }}
        name="memory-history"
        title={say('analytics.title.memory', { by, unit: unitName })}
        stack={memory}
        digits={unit === GB ? 1 : 0}
        unit={unitName}
        height={MEMORY_HEIGHT}
        legend={
          <button
            type="button"
            className="key toggle"
            aria-pressed={available}
            data-tip={say('analytics.availableTip')}
            onClick={() => useAnalytics.setState({ available: !available })}
          >
            <i className="ln" />
            {say('analytics.available')}
          </button>
        }
      />
      <OverTime
        answer={answer}
        name="cpu-history"
        title={say('analytics.title.cpu', { by })}
        stack={cpu}
        dashed={null}
        marks={NO_MARKS}
        digits={1}
        unit={say('analytics.cores')}
        height={CPU_HEIGHT}
      />
    </>
  );
});

const NO_MARKS: readonly Mark[] = [];
const MOST_EVENTS = 8;
const PLAIN: ReadonlySet<HistoryEvent['kind']> = new Set(['ended', 'cleanup', 'alert']);

/** What happened in the range, newest first: what the numbered marks stand for. */
export const EventSection = memo(({ events, sinceMs }: { readonly events: readonly HistoryEvent[]; readonly sinceMs: number | null }) => {
  const say = useWords();
  const language = useLanguage();
  const actionName = useActionName();
  const newest = useMemo(() => [...events].reverse(), [events]);
  /** What was done, and what became of it where it was not simply done. */
  const what = (event: HistoryEvent): string =>
    PLAIN.has(event.kind)
      ? actionName(event.action)
      : say('analytics.event', { what: say(`analytics.kindOf.${event.kind}`), action: actionName(event.action) });
  const title = say('analytics.title.events');
  const freed = newest.reduce((sum, event) => sum + (event.freedBytes ?? 0), 0);
  return (
    <ChartFrame
      name="events"
      title={title}
      sentence={say('analytics.eventsAre', { count: events.length, freed: formatBytes(freed, language) })}
      empty={events.length > 0 ? null : sinceMs === null ? say('analytics.emptyYet') : say('analytics.noEvents')}
      table={() => ({
        words: 4,
        head: ['time', 'event', 'user', 'kind', 'count', 'freed'].map((head) => say(`analytics.head.${head}`)),
        rows: newest.map((event) => [
          moment(momentLabel(event.atMs, language), event.atMs),
          text(what(event)),
          text(event.user ?? '–'),
          text(event.processKind === null ? '–' : say(`kind.${event.processKind}`)),
          number(formatNumber(event.count, language), event.count),
          number(formatBytes(event.freedBytes, language), event.freedBytes),
        ]),
      })}
    >
      <ol className="happened">
        {newest.slice(0, MOST_EVENTS).map((event) => (
          <li key={event.id}>
            <span className="t3">{momentLabel(event.atMs, language)}</span>
            <span className="clip">{what(event)}</span>
            <span className="num">
              {event.freedBytes !== null
                ? formatBytes(event.freedBytes, language)
                : event.kind === 'alert'
                  ? (event.user ?? '')
                  : formatNumber(event.count, language)}
            </span>
          </li>
        ))}
      </ol>
      {newest.length > MOST_EVENTS && <p className="small t3">{say('analytics.moreEvents', { count: newest.length - MOST_EVENTS })}</p>}
    </ChartFrame>
  );
});
