import { memo } from 'react';
import { sparkPath } from '../spark-path.js';
import { useShown } from '../store.js';

const BOX = { width: 60, height: 18, pad: 2 } as const;

interface SparklineProps {
  readonly id: string;
  readonly limitBytes: number | null;
  readonly high: boolean;
}

/** The last minutes of a row's memory. Takes its own values from the store, so that a new one draws no row again. */
export const Sparkline = memo(({ id, limitBytes, high }: SparklineProps) => {
  const trend = useShown((shown) => shown.app?.trends[id]);
  if (!trend || trend.length === 0) return null;
  const { line, last, limitY } = sparkPath(trend, limitBytes, BOX);
  return (
    <svg className={high ? 'spark high' : 'spark'} viewBox="0 0 60 18" aria-hidden="true">
      {limitY !== null && <path className="lim" d={`M0 ${limitY}H60`} />}
      <path d={line} />
      {last && <circle cx={last.x} cy={last.y} r="1.75" />}
    </svg>
  );
});
