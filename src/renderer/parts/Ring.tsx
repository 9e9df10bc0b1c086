import { Icon } from './Icon.js';

const RADIUS = 10.5;
const LENGTH = 2 * Math.PI * RADIUS;

interface RingProps {
  /** Whole seconds that are left; null = none planned, the ring is dashed. */
  readonly secondsLeft: number | null;
  readonly intervalSeconds: number;
}

/** The countdown to the next look. Decoration: it changes every second, so it is never announced. */
export const Ring = ({ secondsLeft, intervalSeconds }: RingProps) => {
  if (secondsLeft === null)
    return (
      <span className="ring" aria-hidden="true">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle className="dashed" cx="12" cy="12" r={RADIUS} />
        </svg>
        <Icon name="pause" size="sm" />
      </span>
    );
  const share = Math.min(1, Math.max(0, secondsLeft / Math.max(1, intervalSeconds)));
  return (
    <span className="ring" aria-hidden="true">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <circle className="bg" cx="12" cy="12" r={RADIUS} />
        <circle className="fg" cx="12" cy="12" r={RADIUS} strokeDasharray={LENGTH} strokeDashoffset={LENGTH * (1 - share)} />
      </svg>
      {secondsLeft}
    </span>
  );
};
