import { memo } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatNumber, type Language } from '../../shared/format.js';
import { niceAxis } from '../analytics/axis.js';

/** Sessions that ran so long. */
export interface RunTimeClass {
  readonly name: string;
  readonly running: number;
  readonly ended: number;
}

interface RunTimesChartProps {
  readonly classes: readonly RunTimeClass[];
  readonly language: Language;
  readonly label: string;
  readonly describe: (one: RunTimeClass) => string;
}

/** The histogram of run times: those that run now, and those that ended in the range. */
export const RunTimesChart = memo(({ classes, language, label, describe }: RunTimesChartProps) => {
  const axis = niceAxis(Math.max(4, ...classes.map(({ running, ended }) => running + ended)));
  return (
    <div className="plot" style={{ height: 168 }}>
      <ResponsiveContainer width="100%" height="100%" debounce={50}>
        <BarChart
          data={[...classes]}
          margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
          barCategoryGap="24%"
          accessibilityLayer
          aria-label={label}
        >
          <CartesianGrid vertical={false} />
          <XAxis dataKey="name" height={20} tickLine={false} interval={0} />
          <YAxis
            domain={[0, axis.top]}
            ticks={[...axis.ticks]}
            tickFormatter={(value: number) => formatNumber(value, language, axis.digits)}
            width={36}
            tickLine={false}
            axisLine={false}
          />
          <Bar dataKey="running" stackId="all" fill="var(--run-now)" isAnimationActive={false} />
          <Bar dataKey="ended" stackId="all" fill="var(--run-ended)" isAnimationActive={false} />
          <Tooltip
            isAnimationActive={false}
            content={({ active, label: name }) => {
              const one = classes.find((each) => each.name === name);
              return active && one ? <div className="xtip one">{describe(one)}</div> : null;
            }}
          />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
});
