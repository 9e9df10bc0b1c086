import { memo } from 'react';
import { sparkPath } from '../spark-path.js';
import { useShown } from '../store.js';

const BOX = { width: 60, height: 18, pad: 2 } as const;

interface SparklineProps {
  readonly id: string;
  readonly limitBytes: number | null;
  readonly high: boolean;
}

/** The runs of a trend as elements. A function and no component: there are thirty of them at each look. */
export const polylines = (lines: readonly string[], className?: string) =>
  lines.map((points, run) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a run is nothing but its points, and those change at each look
    <polyline key={run} className={className} points={points} />
  ));

/**
 * The last minutes of a row's memory. Takes its own values from the store, so that a new one draws no row again. Made of polylines alone, the
 * dot at its end too: their points are no property of style, so that a tick of thirty rows has no style to work out.
 */
export const Sparkline = memo(({ id, limitBytes, high }: SparklineProps) => {
  const trend = useShown((shown) => shown.app?.trends[id]);
  if (!trend || trend.length === 0) return null;
  const { lines, last, limitY } = sparkPath(trend, limitBytes, BOX);
  return (
    <svg className={high ? 'spark high' : 'spark'} viewBox={`0 0 ${BOX.width} ${BOX.height}`} aria-hidden="true">
      {limitY !== null && <polyline className="lim" points={`0,${limitY} ${BOX.width},${limitY}`} />}
      {polylines(lines)}
      {last && <polyline className="dot" points={`${last.x},${last.y} ${last.x},${last.y}`} />}
    </svg>
  );
});
