import { memo, type ReactNode, useMemo } from 'react';
import { CartesianGrid, ComposedChart, ResponsiveContainer, usePlotArea, XAxis, YAxis } from 'recharts';
import { formatNumber, type Language } from '../../shared/format.js';
import { niceAxis, tickLabel, timeTicks } from '../analytics/axis.js';
import { slotClass } from '../analytics/colours.js';
import { bandPaths, gapsOf, linePath, type Values } from '../analytics/stack.js';
import { Crosshair, PLOT, type Reading } from './Crosshair.js';

interface HistoryChartProps {
  readonly name: string;
  readonly height: number;
  readonly label: string;
  readonly noData: string;
  readonly reading: Reading;
}

/** Below this width a gap is seen but not named. */
const NAMED_GAP_PX = 48;

const largestOf = (lists: readonly Values[]): number =>
  lists.reduce((top, list) => list.reduce<number>((most, value) => Math.max(most, value ?? 0), top), 0);

interface DrawnProps extends Pick<Reading, 'stack' | 'dashed' | 'marks' | 'slots'> {
  readonly noData: string;
  readonly top: number;
}

/** Bands, gaps and marks: a few paths of our own in the place that recharts measured. A thousand points would cost it tens of milliseconds. */
const Drawn = memo(({ stack, dashed, marks, slots, noData, top }: DrawnProps) => {
  const area = usePlotArea();
  const drawn = useMemo(() => {
    if (!area) return null;
    const { fromMs, toMs } = stack;
    const x = (ms: number): number => area.x + ((ms - fromMs) / (toMs - fromMs)) * area.width;
    const y = (value: number): number => area.y + area.height - (value / top) * area.height;
    return { x, bands: bandPaths(stack, { x, y }), dash: dashed === null ? '' : linePath(stack.times, dashed, stack.stepMs, { x, y }) };
  }, [area, stack, dashed, top]);
  const gaps = useMemo(() => gapsOf(stack), [stack]);
  if (!area || !drawn) return null;
  const { x } = drawn;
  return (
    <g className="drawn">
      {gaps.map((gap) => {
        const width = x(gap.toMs) - x(gap.fromMs);
        return (
          <g key={gap.fromMs}>
            <rect className="gap" x={x(gap.fromMs)} y={area.y} width={Math.max(1, width)} height={area.height} />
            {width > NAMED_GAP_PX && (
              <text className="gap-name" x={x(gap.fromMs) + width / 2} y={area.y + area.height / 2} textAnchor="middle">
                {noData}
              </text>
            )}
          </g>
        );
      })}
      {drawn.bands.map(({ id, area: d }) => (
        <path key={id} className={`band ${slotClass(slots, id)}`} d={d} />
      ))}
      {drawn.bands.map(({ id, line }) => (
        <path key={id} className={`edge ${slotClass(slots, id)}`} d={line} />
      ))}
      {drawn.dash !== '' && <path className="dashed" d={drawn.dash} />}
      {marks.map((mark) => {
        const at = x(mark.atMs);
        const text = mark.ended > 0 ? String(mark.ended) : '!';
        const width = 10 + 6 * text.length;
        // A mark of this moment stands at the edge: its number stays inside.
        const middle = Math.min(Math.max(at, area.x + width / 2), area.x + area.width - width / 2);
        return (
          <g key={mark.atMs} className="mark">
            <path d={`M${at} ${area.y}V${area.y + area.height}`} />
            <rect x={middle - width / 2} y={area.y - 8} width={width} height={15} rx={3} />
            <text x={middle} y={area.y + 3.5} textAnchor="middle">
              {text}
            </text>
          </g>
        );
      })}
    </g>
  );
});

interface FrameProps {
  readonly fromMs: number;
  readonly toMs: number;
  readonly top: number;
  readonly language: Language;
  readonly children: ReactNode;
}

const MARGIN = { top: PLOT.top, right: PLOT.right, bottom: 0, left: 0 };

/** Scales and grid. Drawn anew when a scale changes: a look that only moves a line costs recharts nothing. */
const Scales = memo(({ fromMs, toMs, top, language }: Omit<FrameProps, 'children'>) => {
  const axis = niceAxis(top);
  return (
    <>
      <CartesianGrid vertical={false} />
      <XAxis
        dataKey="time"
        type="number"
        domain={[fromMs, toMs]}
        allowDataOverflow
        ticks={[...timeTicks(fromMs, toMs)]}
        interval="preserveStartEnd"
        tickFormatter={(atMs: number) => tickLabel(atMs, toMs - fromMs, language)}
        height={PLOT.bottom}
        tickLine={false}
      />
      <YAxis
        domain={[0, axis.top]}
        allowDataOverflow
        ticks={[...axis.ticks]}
        interval={0}
        tickFormatter={(value: number) => formatNumber(value, language, axis.digits)}
        width={PLOT.left}
        tickLine={false}
        axisLine={false}
      />
    </>
  );
});

const Frame = ({ fromMs, toMs, top, language, children }: FrameProps) => {
  // Nothing but the ends of the scale: what is drawn is drawn by us.
  const ends = useMemo(() => [{ time: fromMs }, { time: toMs }], [fromMs, toMs]);
  return (
    <ResponsiveContainer width="100%" height="100%" debounce={50}>
      <ComposedChart data={ends} margin={MARGIN} accessibilityLayer={false}>
        <Scales fromMs={fromMs} toMs={toMs} top={top} language={language} />
        {children}
      </ComposedChart>
    </ResponsiveContainer>
  );
};

/** Memory or CPU over time: bands that stand on each other, gaps as gaps, numbered marks where something happened. Charts of one page share the crosshair. */
export const HistoryChart = memo(({ name, height, label, noData, reading }: HistoryChartProps) => {
  const { stack, dashed, marks, slots, language } = reading;
  const { fromMs, toMs } = stack;
  const { top } = useMemo(() => niceAxis(largestOf(dashed === null ? [stack.total] : [stack.total, dashed])), [stack, dashed]);
  return (
    <div className="plot" style={{ height }}>
      <Frame fromMs={fromMs} toMs={toMs} top={top} language={language}>
        <Drawn {...{ stack, dashed, marks, slots, noData, top }} />
      </Frame>
      <Crosshair chart={name} label={label} reading={reading} />
    </div>
  );
});
