import { memo } from 'react';
import { Pie, PieChart, ResponsiveContainer, Tooltip } from 'recharts';
import type { Slots } from '../analytics/colours.js';
import type { Slice } from '../analytics/shares.js';

interface ShareChartProps {
  readonly slices: readonly Slice[];
  readonly slots: Slots;
  readonly label: string;
  readonly describe: (slice: Slice) => string;
}

const fillOf = (slots: Slots, id: string): string => {
  const slot = slots[id];
  return id === 'other' || slot === undefined ? 'var(--chart-other)' : `var(--chart-${slot + 1})`;
};

/** Parts of a whole. Its legend, with every value, stands beside it. */
export const ShareChart = memo(({ slices, slots, label, describe }: ShareChartProps) => (
  <div className="plot pie">
    <ResponsiveContainer width="100%" height="100%" debounce={50}>
      <PieChart accessibilityLayer aria-label={label}>
        <Pie
          data={slices.map((slice) => ({ slice, value: slice.memoryBytes, fill: fillOf(slots, slice.id) }))}
          dataKey="value"
          innerRadius="56%"
          outerRadius="98%"
          startAngle={90}
          endAngle={-270}
          isAnimationActive={false}
          className="slices"
        />
        <Tooltip
          isAnimationActive={false}
          content={({ active, payload }) => {
            const slice = slices.find(({ id }) => id === payload?.[0]?.payload?.slice?.id);
            return active && slice ? <div className="xtip one">{describe(slice)}</div> : null;
          }}
        />
      </PieChart>
    </ResponsiveContainer>
  </div>
));
