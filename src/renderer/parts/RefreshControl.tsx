import { Popover } from '@base-ui/react/popover';
import { Switch } from '@base-ui/react/switch';
import { memo, useId, useState } from 'react';
import { useNow } from '../clock.js';
import { refreshNow, setPreferences, togglePause } from '../commands.js';
import { useWords } from '../i18n.js';
import { LEAST_SECONDS, MOST_SECONDS, parseSeconds } from '../interval.js';
import { useShown } from '../store.js';
import { Icon } from './Icon.js';
import { overlayRoot } from './overlay-root.js';
import { Ring } from './Ring.js';

const PRESETS = [2, 5, 10, 30] as const;

const Countdown = () => {
  const now = useNow();
  const loop = useShown((shown) => shown.app?.loop);
  const next = loop?.enabled ? loop.nextLookAtMs : null;
  const interval = (loop?.intervalMs ?? 5000) / 1000;
  return <Ring secondsLeft={next === null ? null : Math.max(0, Math.floor((next - now) / 1000))} intervalSeconds={interval} />;
};

const IntervalField = ({ seconds }: { readonly seconds: number }) => {
  const say = useWords();
  const hint = useId();
  const [text, setText] = useState<string | null>(null);
  const wrong = text !== null && parseSeconds(text) === null;
  const commit = (): void => {
    const value = text === null ? null : parseSeconds(text);
    if (value !== null && value !== seconds) void setPreferences({ refresh_interval_seconds: value });
    if (value !== null) setText(null);
  };
  return (
    <>
      <label className="line">
        <span>{say('ui.refresh.other')}</span>
        <span className={wrong ? 'field num err' : 'field num'}>
          <input
            type="text"
            inputMode="decimal"
            value={text ?? String(seconds)}
            aria-invalid={wrong}
            aria-describedby={hint}
            onChange={(event) => setText(event.target.value)}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === 'Enter') commit();
              const step = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
              if (step === 0) return;
              event.preventDefault();
              setText(String(Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, Math.round(parseSeconds(text ?? '') ?? seconds) + step))));
            }}
          />
          <span className="u">s</span>
        </span>
      </label>
      <p id={hint} className={wrong ? 'hint err' : 'hint'}>
        {say('ui.refresh.range', { least: LEAST_SECONDS, most: MOST_SECONDS })}
      </p>
    </>
  );
};

const Panel = () => {
  const say = useWords();
  const seconds = useShown((shown) => shown.app?.settings.refresh_interval_seconds ?? 5);
  const enabled = useShown((shown) => shown.app?.loop.enabled ?? true);
  const auto = useId();
  return (
    <>
      <Popover.Title render={<h2 />}>{say('ui.refresh.title')}</Popover.Title>
      <div className="line">
        <span id={auto}>{say('ui.refresh.auto')}</span>
        <Switch.Root
          className="switch"
          aria-labelledby={auto}
          checked={enabled}
          onCheckedChange={(on) => void setPreferences({ refresh_enabled: on })}
        />
      </div>
      <fieldset className="seg" aria-label={say('ui.refresh.presets')}>
        {PRESETS.map((preset) => (
          <button
            type="button"
            key={preset}
            aria-pressed={seconds === preset}
            onClick={() => void setPreferences({ refresh_interval_seconds: preset })}
          >
            {preset} s
          </button>
        ))}
      </fieldset>
      <IntervalField seconds={seconds} />
    </>
  );
};

/** When the next look is due, how often there is one, pause and now. */
export const RefreshControl = memo(() => {
  const say = useWords();
  const seconds = useShown((shown) => shown.app?.settings.refresh_interval_seconds ?? 5);
  const enabled = useShown((shown) => shown.app?.loop.enabled ?? true);
  const pause = say(enabled ? 'ui.refresh.pause' : 'ui.refresh.resume');
  const every = enabled ? say('ui.refresh.every', { seconds }) : say('ui.refresh.paused');
  return (
    <div className="refresh">
      <Popover.Root>
        <Popover.Trigger className="every" aria-label={`${say('ui.refresh.title')}: ${every}`}>
          <Countdown />
          <span className="clip small">{every}</span>
          <Icon name="down" />
        </Popover.Trigger>
        <Popover.Portal container={overlayRoot}>
          <Popover.Positioner className="popup-at" side="top" align="start" sideOffset={6} collisionPadding={8}>
            <Popover.Popup className="panel refresh-panel">
              <Panel />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      <span className="grow" />
      <button
        type="button"
        className="icon-btn sm"
        aria-label={pause}
        data-tip={`${pause}  (${say('ui.key.space')})`}
        onClick={() => void togglePause()}
      >
        <Icon name={enabled ? 'pause' : 'play'} />
      </button>
      <button
        type="button"
        className="icon-btn sm"
        aria-label={say('ui.refresh.now')}
        data-tip={`${say('ui.refresh.now')}  (F5)`}
        onClick={() => void refreshNow()}
      >
        <Icon name="refresh" />
      </button>
    </div>
  );
});
