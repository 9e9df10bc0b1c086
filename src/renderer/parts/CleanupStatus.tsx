import { memo } from 'react';
import { formatAge, formatTime } from '../../shared/format.js';
import { steerCleanup } from '../care.js';
import { useNow } from '../clock.js';
import { useLanguage, useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { Icon } from './Icon.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Automatic cleanup at the sidebar's foot: what it will do next, or why it does nothing, and the way to pause it. */
export const CleanupStatus = memo(() => {
  const say = useWords();
  const language = useLanguage();
  const now = useNow();
  const automation = useShown((shown) => shown.app?.automation);
  if (!automation) return null;
  const { hold, mode, nextRunAtMs, pausedUntilMs } = automation;
  const until = (): string => {
    if (nextRunAtMs === null) return say('cleanup.noRun');
    // Minutes are enough; at the last one it says so.
    const left = Math.max(MINUTE_MS, Math.ceil((nextRunAtMs - now) / MINUTE_MS) * MINUTE_MS);
    return say(mode === 'report' || hold === 'consent' ? 'cleanup.nextReport' : 'cleanup.next', { age: formatAge(left) });
  };
  const paused = hold === 'paused';
  const what =
    hold !== null && hold !== 'consent' ? say(`cleanup.why.${hold}`, { time: formatTime(pausedUntilMs, language).slice(0, 5) }) : until();
  const action = say(paused ? 'cleanup.resume' : 'cleanup.pause');
  return (
    <div className="cleanup">
      <Icon name="broom" />
      <div className="small grow clip">
        <div className="clip">{say('cleanup.name')}</div>
        <div className="t3 clip" data-tip={what} data-tip-clip>
          {what}
        </div>
      </div>
      {(hold === null || hold === 'consent' || paused) && (
        <button
          type="button"
          className="icon-btn sm"
          aria-label={action}
          data-tip={action}
          onClick={() => void steerCleanup('pause', paused ? null : Date.now() + HOUR_MS)}
        >
          <Icon name={paused ? 'play' : 'pause'} />
        </button>
      )}
    </div>
  );
});
