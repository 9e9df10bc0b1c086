import { Dialog } from '@base-ui/react/dialog';
import { type KeyboardEvent, useMemo, useRef } from 'react';
import type { Preview } from '../../shared/api.js';
import { formatTime, splitBytes } from '../../shared/format.js';
import { useNow } from '../clock.js';
import { askToEnd, cancelEnding, endTicked, useEnding } from '../ending.js';
import { useLanguage, useWords } from '../i18n.js';
import { freedBy } from '../ticks.js';
import { Excluded, Targets } from './EndTargets.js';
import { focusGrid } from './grid-focus.js';
import { Icon } from './Icon.js';

/** The title's and the button's words: verb and number in both. */
const useTitles = (
  force: boolean,
  count: number,
  nothing: boolean,
): { readonly title: string; readonly button: string; readonly what: string } => {
  const say = useWords();
  const verb = force ? 'ui.end.force' : 'ui.end.end';
  if (nothing) return { title: say('ui.end.nothing'), button: '', what: say('ui.end.nothingWhat') };
  return {
    title: count === 0 ? say('ui.end.choose') : say(`${verb}Title`, { count }),
    button: count === 0 ? say(`${verb}None`) : say(`${verb}Button`, { count }),
    what: say(`${verb}What`, {
      count: Math.max(1, count),
      seconds: useEnding.getState().preview ? Math.round((useEnding.getState().preview?.graceMs ?? 0) / 1000) : 5,
    }),
  };
};

const stopEnter = (event: KeyboardEvent): void => {
  // A held or hasty Enter must not kill: the pointer or the space bar has to mean it.
  if (event.key === 'Enter') event.preventDefault();
};

const Body = ({
  preview,
  cancelRef,
  endRef,
}: {
  readonly preview: Preview;
  readonly cancelRef: React.RefObject<HTMLButtonElement | null>;
  readonly endRef: React.RefObject<HTMLButtonElement | null>;
}) => {
  const say = useWords();
  const language = useLanguage();
  const now = useNow();
  const { phase, ticks, keys } = useEnding();
  const nothing = preview.token === null || preview.targets.length === 0;
  const ending = phase === 'ending';
  const expired = !ending && !nothing && now >= preview.expiresAtMs;
  const { title, button, what } = useTitles(preview.force, ticks.size, nothing);
  const freed = useMemo(() => splitBytes(freedBy(preview, ticks), language), [preview, ticks, language]);
  const seconds = Math.round(preview.graceMs / 1000);
  return (
    <>
      <div className="head">
        <div className="grow">
          <Dialog.Title>{title}</Dialog.Title>
          <Dialog.Description>{what}</Dialog.Description>
        </div>
        {!nothing && freed.unit !== '' && (
          <p className="freed">
            <span className="t3">≈ </span>
            <span className="figure">
              {freed.figure} <span className="u">{freed.unit}</span>
            </span>
            <br />
            <span className="caption t3">{say('ui.end.freed')}</span>
          </p>
        )}
      </div>
      {/* A long list must scroll by keyboard even where none of its lines can be ticked */}
      <div className="mid" tabIndex={nothing ? 0 : -1}>
        {preview.targets.length > 0 && <Targets preview={preview} disabled={ending || expired} />}
        {preview.excluded.length > 0 && <Excluded excluded={preview.excluded} alone={nothing} />}
      </div>
      <div className="end">
        <span className={expired ? 'small c-warn' : 'small t2'}>
          {expired ? say('ui.end.expired') : nothing ? null : say('ui.end.asSeen', { time: formatTime(preview.takenAtMs, language) })}
        </span>
        <button ref={cancelRef} type="button" className="btn" disabled={ending} onClick={() => void cancelEnding()}>
          {say(nothing ? 'ui.close' : 'ui.cancel')}
        </button>
        {expired ? (
          <button type="button" className="btn primary" onClick={() => void askToEnd(keys, preview.force)}>
            {say('ui.end.again')}
          </button>
        ) : (
          !nothing && (
            <button
              ref={endRef}
              type="button"
              className={preview.force ? 'btn danger-line' : 'btn danger'}
              aria-disabled={ticks.size === 0 || ending}
              aria-busy={ending}
              onClick={() => void endTicked()}
              onKeyDown={preview.force ? stopEnter : undefined}
            >
              {ending ? (
                <>
                  <span className="spin" />
                  {preview.force ? say('ui.end.killing') : say('ui.end.ending', { seconds })}
                </>
              ) : (
                <>
                  {preview.force && <Icon name="force" size="sm" />}
                  {button}
                </>
              )}
            </button>
          )
        )}
      </div>
    </>
  );
};

/** The frozen preview of an ending: what would end, what is left alone and why. Nothing ends without it. */
export const EndDialog = () => {
  const phase = useEnding((ending) => ending.phase);
  const preview = useEnding((ending) => ending.preview);
  const cancelRef = useRef<HTMLButtonElement>(null);
  const endRef = useRef<HTMLButtonElement>(null);
  const open = (phase === 'open' || phase === 'ending') && preview !== null;
  // Kept while the dialog fades out.
  const last = useRef<Preview | null>(null);
  if (preview) last.current = preview;
  const shown = preview ?? last.current;
  return (
    <Dialog.Root open={open} disablePointerDismissal onOpenChange={(next) => !next && void cancelEnding()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Viewport className="dialog-at">
          <Dialog.Popup
            className="dialog"
            initialFocus={() => (shown?.force ? cancelRef.current : (endRef.current ?? cancelRef.current))}
            finalFocus={() => focusGrid()}
          >
            {shown && <Body preview={shown} cancelRef={cancelRef} endRef={endRef} />}
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
