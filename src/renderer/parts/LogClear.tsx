import { Dialog } from '@base-ui/react/dialog';
import { useEffect, useId, useRef, useState } from 'react';
import { formatNumber } from '../../shared/format.js';
import { ask } from '../ask.js';
import { setPreferences } from '../commands.js';
import { useLanguage, useWords } from '../i18n.js';
import { parseDays } from '../log-row.js';
import { useLog } from '../log-view.js';
import { useShown } from '../store.js';
import { showDone, showFailure } from '../toasts.js';
import { focusGrid } from './grid-focus.js';

const close = (): void => useLog.setState({ clearing: false });

/** How many entries are older than so many days, as main counts them; null = not known yet. */
const useCount = (days: number | null): number | null => {
  const [counted, setCounted] = useState<{ readonly days: number; readonly version: number; readonly lines: number } | null>(null);
  const version = useShown((shown) => shown.app?.logVersion ?? 0);
  useEffect(() => {
    if (days === null) return;
    let late = false;
    void ask(window.claudeManager.clearLog({ olderThanDays: days, preview: true })).then((result) => {
      if (late) return;
      if (result.ok) setCounted({ days, version, lines: result.value.lines });
      else showFailure(result.failure);
    });
    return () => {
      late = true;
    };
  }, [days, version]);
  return counted !== null && counted.days === days ? counted.lines : null;
};

const Body = ({ field }: { readonly field: React.RefObject<HTMLInputElement | null> }) => {
  const say = useWords();
  const language = useLanguage();
  const hint = useId();
  const configured = useShown((shown) => shown.app?.config.global_settings.log_clear_days ?? null);
  const [text, setText] = useState(configured === null ? '' : String(Math.round(configured)));
  const [busy, setBusy] = useState(false);
  const days = parseDays(text);
  const count = useCount(days);
  const clear = async (): Promise<void> => {
    if (days === null || !count || busy) return;
    setBusy(true);
    // What was chosen once is offered the next time.
    if (days !== configured) await setPreferences({ log_clear_days: days });
    const result = await ask(window.claudeManager.clearLog({ olderThanDays: days, preview: false }));
    close();
    if (result.ok) showDone(say('ui.log.cleared', { count: result.value.lines, shown: formatNumber(result.value.lines, language) }));
    else showFailure(result.failure);
  };
  const shown = formatNumber(count, language);
  return (
    <>
      <div className="head">
        <div className="grow">
          <Dialog.Title>{say('ui.log.clearTitle')}</Dialog.Title>
          <Dialog.Description>{say('ui.log.clearWhat')}</Dialog.Description>
        </div>
      </div>
      <div className="mid log-clear">
        <label className="line">
          <span>{say('ui.log.olderThan')}</span>
          <span className={days === null ? 'field num err' : 'field num'}>
            <input
              ref={field}
              type="text"
              inputMode="numeric"
              value={text}
              aria-invalid={days === null}
              aria-describedby={hint}
              onChange={(event) => setText(event.target.value)}
            />
            <span className="u">{say('ui.log.days')}</span>
          </span>
        </label>
        <p id={hint} className={days === null ? 'small c-bad' : 'small t2'} aria-live="polite">
          {days === null
            ? say('ui.log.daysRange')
            : count === null
              ? say('ui.log.counting')
              : count === 0
                ? say('ui.log.noneOlder')
                : say('ui.log.wouldGo', { count, shown })}
        </p>
      </div>
      <div className="end">
        <span className="grow" />
        <button type="button" className="btn" onClick={close}>
          {say('ui.cancel')}
        </button>
        <button type="button" className="btn danger" aria-disabled={!count || busy} aria-busy={busy} onClick={() => void clear()}>
          {count ? say('ui.log.clearButton', { count, shown }) : say('ui.log.clearNone')}
        </button>
      </div>
    </>
  );
};

/** Clears old entries: says first how many, and the button repeats it. */
export const LogClear = () => {
  const open = useLog((log) => log.clearing);
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Viewport className="dialog-at">
          <Dialog.Popup className="dialog narrow" initialFocus={field} finalFocus={() => focusGrid()}>
            <Body field={field} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
