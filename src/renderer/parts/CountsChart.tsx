import { memo } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatNumber, type Language } from '../../shared/format.js';
import { niceAxis } from '../analytics/axis.js';

/** One bar: how many there are of each of the things that stand on each other. */
export interface Counted {
  /** Its own among the bars; below it stands `tick`. */
  readonly name: string;
  readonly tick: string;
  readonly counts: readonly number[];
}

interface CountsChartProps {
  readonly bars: readonly Counted[];
  /** Colours, from the floor upwards. */
  readonly fills: readonly string[];
  readonly language: Language;
  readonly label: string;
  readonly describe: (bar: Counted) => string;
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** Bars of counts that stand on each other. */
export const CountsChart = memo(({ bars, fills, language, label, describe }: CountsChartProps) => {
  const axis = niceAxis(Math.max(4, ...bars.map(({ counts }) => sumOf(counts))), 4, true);
  return (
    <div className="plot" style={{ height: 168 }}>
      <ResponsiveContainer width="100%" height="100%" debounce={50}>
        <BarChart
          data={[...bars]}
          margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
          barCategoryGap="24%"
          accessibilityLayer
          aria-label={label}
        >
          <CartesianGrid vertical={false} />
          <XAxis
            dataKey="name"
            height={20}
            tickLine={false}
            interval={0}
            tickFormatter={(_: string, index: number) => bars[index]?.tick ?? ''}
          />
          <YAxis
            domain={[0, axis.top]}
            ticks={[...axis.ticks]}
            tickFormatter={(value: number) => formatNumber(value, language, axis.digits)}
            width={36}
            tickLine={false}
            axisLine={false}
          />
          {fills.map((fill, at) => (
            <Bar key={fill} dataKey={({ counts }: Counted) => counts[at] ?? 0} stackId="all" fill={fill} isAnimationActive={false} />
          ))}
          <Tooltip
            isAnimationActive={false}
            content={({ active, label: name }) => {
              const bar = bars.find((each) => each.name === name);
              return active && bar ? <div className="xtip one">{describe(bar)}</div> : null;
            }}
          />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
});
