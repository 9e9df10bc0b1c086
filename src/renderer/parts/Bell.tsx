import { Popover } from '@base-ui/react/popover';
import { useState } from 'react';
import { alertWords } from '../../shared/alert-words.js';
import type { AlertRow } from '../../shared/care.js';
import { formatDateTime, formatTime } from '../../shared/format.js';
import { seeAlerts } from '../care.js';
import { useLanguage, useWords } from '../i18n.js';
import { goTo } from '../navigate.js';
import { useShown } from '../store.js';
import { Icon } from './Icon.js';
import { overlayRoot } from './overlay-root.js';

const NOTHING: readonly AlertRow[] = [];

const OneAlert = ({ row, onShow }: { readonly row: AlertRow; readonly onShow: () => void }) => {
  const say = useWords();
  const language = useLanguage();
  const { title, body } = alertWords(row, say, language, row.firedAtMs);
  // The day only where it is another one than the reader knows already.
  const untilOf = (sinceMs: number, ms: number): string =>
    new Date(ms).toDateString() === new Date(sinceMs).toDateString() ? formatTime(ms, language) : formatDateTime(ms, language);
  const from = untilOf(Date.now(), row.firedAtMs);
  const live = row.recoveredAtMs === null && !row.lost;
  const { key } = row.culprit;
  return (
    <li className={live ? 'live' : ''}>
      <Icon name={live ? 'warn' : row.lost ? 'clock' : 'check'} tone={live ? 'c-warn' : 't3'} />
      <div className="grow">
        <p className="strong">{title}</p>
        <p className="small t2">{body}</p>
        <p className="small t3">
          {live && say('ui.bell.now', { time: from })}
          {row.lost && say('ui.bell.lost', { from })}
          {row.recoveredAtMs !== null && say('ui.bell.over', { from, to: untilOf(row.firedAtMs, row.recoveredAtMs) })}
        </p>
      </div>
      {live && key && (
        <button
          type="button"
          className="btn sm"
          onClick={() => {
            onShow();
            goTo({ tab: 'monitor', key, request: null });
          }}
        >
          {say('ui.bell.show')}
        </button>
      )}
    </li>
  );
};

/** The alerts, those of earlier starts last; the dot says that some are new. */
export const Bell = () => {
  const say = useWords();
  const alerts = useShown((shown) => shown.app?.alerts ?? NOTHING);
  const [open, setOpen] = useState(false);
  const fresh = alerts.filter(({ seen }) => !seen).length;
  const label = fresh === 0 ? say('ui.bell.label') : say('ui.bell.labelNew', { count: fresh });
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (next) void seeAlerts();
      }}
    >
      <Popover.Trigger className="icon-btn bell" aria-label={label} data-tip={label}>
        <Icon name="bell" />
        {fresh > 0 && <span className="dot" aria-hidden="true" />}
      </Popover.Trigger>
      <Popover.Portal container={overlayRoot}>
        <Popover.Positioner className="popup-at" sideOffset={6} align="end" collisionPadding={8}>
          <Popover.Popup className="panel alerts" aria-label={say('ui.bell.label')}>
            <Popover.Title className="head">{say('ui.bell.label')}</Popover.Title>
            {alerts.length === 0 ? (
              <p className="t2 none">{say('ui.bell.none')}</p>
            ) : (
              <ul tabIndex={0}>
                {alerts.map((row) => (
                  <OneAlert key={row.id} row={row} onShow={() => setOpen(false)} />
                ))}
              </ul>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
};
