interface MeterProps {
  readonly label: string;
  /** What is said for the value, in words. */
  readonly text: string;
  readonly ours: number | null;
  readonly others: number | null;
  readonly total: number | null;
  /** The whole is short: ours is drawn in red. */
  readonly short?: boolean;
  readonly thin?: boolean;
}

const share = (part: number | null, whole: number | null): string =>
  part === null || !whole ? '0%' : `${Math.min(100, Math.max(0, (part / whole) * 100))}%`;

/** Ours, everything else, free. The number is always written beside it. */
export const Meter = ({ label, text, ours, others, total, short = false, thin = false }: MeterProps) => (
  // Not <meter>, which draws one value: this is two.
  <div
    className={`meter ${thin ? 'thin' : ''} ${short ? 'bad' : ''}`}
    role="meter"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={total ?? ours ?? 0}
    aria-valuenow={ours ?? 0}
    aria-valuetext={text}
  >
    <span className="m-own" style={{ width: share(ours, total) }} />
    <span className="m-other" style={{ width: share(others, total) }} />
  </div>
);
