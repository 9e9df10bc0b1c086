import { Popover } from '@base-ui/react/popover';
import { useWords } from '../i18n.js';
import { minuteStamp } from '../log-row.js';
import { setLogFilter, useLog } from '../log-view.js';
import { Icon } from './Icon.js';
import { overlayRoot } from './overlay-root.js';

const HOUR_MS = 3_600_000;
const SPANS = [
  ['hour', HOUR_MS],
  ['day', 24 * HOUR_MS],
  ['week', 7 * 24 * HOUR_MS],
  ['month', 30 * 24 * HOUR_MS],
] as const;

const ENDS = ['from', 'to'] as const;

/** Which time the shown lines are of: the last hours or days, or from one moment to another. */
export const LogTime = () => {
  const say = useWords();
  const filter = useLog((log) => log.filter);
  const set = filter.from !== undefined || filter.to !== undefined;
  const shown = (stamp: string | undefined): string => (stamp === undefined ? '…' : stamp.replace('T', ' '));
  const label = set ? `${shown(filter.from)} – ${shown(filter.to)}` : say('ui.log.anyTime');
  return (
    <Popover.Root>
      <Popover.Trigger className={set ? 'chip pick set' : 'chip pick'} aria-label={`${say('ui.log.time')}: ${label}`}>
        <span className="clip">{set ? label : say('ui.log.time')}</span>
        <Icon name="down" />
      </Popover.Trigger>
      <Popover.Portal container={overlayRoot}>
        <Popover.Positioner className="popup-at" align="start" sideOffset={6} collisionPadding={8}>
          <Popover.Popup className="panel log-time">
            <Popover.Title render={<h2 />}>{say('ui.log.time')}</Popover.Title>
            <fieldset className="seg" aria-label={say('ui.log.last')}>
              {SPANS.map(([name, ms]) => (
                <button type="button" key={name} onClick={() => setLogFilter({ from: minuteStamp(Date.now() - ms), to: undefined })}>
                  {say(`ui.log.span.${name}`)}
                </button>
              ))}
            </fieldset>
            {ENDS.map((end) => (
              <label className="line" key={end}>
                <span>{say(`ui.log.${end}`)}</span>
                <span className="field">
                  <input
                    type="datetime-local"
                    value={filter[end] ?? ''}
                    max="9999-12-31T23:59"
                    onChange={(event) => setLogFilter({ [end]: event.target.value })}
                  />
                </span>
              </label>
            ))}
            <button type="button" className="btn sm" disabled={!set} onClick={() => setLogFilter({ from: undefined, to: undefined })}>
              {say('ui.log.anyTime')}
            </button>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
};
