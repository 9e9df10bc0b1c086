import { Checkbox } from '@base-ui/react/checkbox';
import { Dialog } from '@base-ui/react/dialog';
import { type KeyboardEvent, type RefObject, useId, useMemo, useRef } from 'react';
import type { Preview } from '../../shared/api.js';
import { formatTime, splitBytes } from '../../shared/format.js';
import { useNow } from '../clock.js';
import { useEndWords } from '../end-words.js';
import { askFor, askNever, cancelEnding, canEnd, endTicked, useEnding } from '../ending.js';
import { useLanguage, useWords } from '../i18n.js';
import { freedBy } from '../ticks.js';
import { Confirmation } from './Confirmation.js';
import { Excluded, Targets } from './EndTargets.js';
import { focusGrid } from './grid-focus.js';
import { Icon } from './Icon.js';

const stopEnter = (event: KeyboardEvent): void => {
  // A held or hasty Enter must not kill: the pointer or the space bar has to mean it.
  if (event.key === 'Enter') event.preventDefault();
};

interface Places {
  readonly cancelRef: RefObject<HTMLButtonElement | null>;
  readonly endRef: RefObject<HTMLButtonElement | null>;
  readonly fieldRef: RefObject<HTMLInputElement | null>;
}

const Freed = ({ preview, ticks }: { readonly preview: Preview; readonly ticks: ReadonlySet<string> }) => {
  const say = useWords();
  const language = useLanguage();
  const freed = useMemo(() => splitBytes(freedBy(preview, ticks), language), [preview, ticks, language]);
  if (freed.unit === '') return null;
  return (
    <p className="freed">
      <span className="t3">≈ </span>
      <span className="figure">
        {freed.figure} <span className="u">{freed.unit}</span>
      </span>
      <br />
      <span className="caption t3">{say('ui.end.freed')}</span>
    </p>
  );
};

/** For who need not see a list in which nothing speaks against anything. */
const NeverAgain = ({ disabled }: { readonly disabled: boolean }) => {
  const say = useWords();
  const never = useEnding((ending) => ending.never);
  const label = useId();
  return (
    <div className="never">
      <Checkbox.Root className="check" checked={never} disabled={disabled} aria-labelledby={label} onCheckedChange={(on) => askNever(on)}>
        <Checkbox.Indicator>
          <Icon name="check" />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <span id={label} className="small t2">
        {say('ui.end.never')}
      </span>
    </div>
  );
};

const buttonLook = ({ request }: Preview): string =>
  request.verb !== 'end' ? 'btn primary' : request.force ? 'btn danger-line' : 'btn danger';

const Body = ({ preview, cancelRef, endRef, fieldRef }: Places & { readonly preview: Preview }) => {
  const say = useWords();
  const language = useLanguage();
  const now = useNow();
  const state = useEnding();
  const { phase, ticks } = state;
  const { request } = preview;
  const nothing = preview.token === null || preview.targets.length === 0;
  const ending = phase === 'ending';
  const expired = !ending && !nothing && now >= preview.expiresAtMs;
  const { title, what, button, running } = useEndWords(preview, ticks.size, nothing);
  return (
    <>
      <div className="head">
        <div className="grow">
          <Dialog.Title>{title}</Dialog.Title>
          <Dialog.Description>{what}</Dialog.Description>
        </div>
        {!nothing && request.verb === 'end' && <Freed preview={preview} ticks={ticks} />}
      </div>
      {/* A long list must scroll by keyboard even where none of its lines can be ticked */}
      <div className="mid" tabIndex={nothing ? 0 : -1}>
        {request.elevated && !nothing && (
          <p className="callout">
            <Icon name="lock" />
            <span>{say('ui.act.password')}</span>
          </p>
        )}
        {preview.targets.length > 0 && <Targets preview={preview} disabled={ending || expired} />}
        {preview.excluded.length > 0 && <Excluded preview={preview} alone={nothing} disabled={ending} />}
      </div>
      {preview.confirm !== null && !nothing && !expired && (
        <Confirmation wanted={preview.confirm} enterAccepts={!request.force} disabled={ending} fieldRef={fieldRef} />
      )}
      {preview.light && !expired && request.verb === 'end' && <NeverAgain disabled={ending} />}
      <div className="end">
        <span className={expired ? 'small c-warn' : 'small t2'}>
          {expired ? say('ui.end.expired') : nothing ? null : say('ui.end.asSeen', { time: formatTime(preview.takenAtMs, language) })}
        </span>
        <button ref={cancelRef} type="button" className="btn" disabled={ending} onClick={() => void cancelEnding()}>
          {say(nothing ? 'ui.close' : 'ui.cancel')}
        </button>
        {expired ? (
          <button type="button" className="btn primary" onClick={() => void askFor(request)}>
            {say('ui.end.again')}
          </button>
        ) : (
          !nothing && (
            <button
              ref={endRef}
              type="button"
              className={buttonLook(preview)}
              aria-disabled={!canEnd(state)}
              aria-busy={ending}
              onClick={() => void endTicked()}
              onKeyDown={request.force ? stopEnter : undefined}
            >
              {ending ? (
                <>
                  <span className="spin" />
                  {running}
                </>
              ) : (
                <>
                  {request.force && <Icon name="force" size="sm" />}
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

/** The frozen preview of an action: what it would hit, what is left alone and why. Nothing is done without it. */
export const EndDialog = () => {
  const phase = useEnding((ending) => ending.phase);
  const preview = useEnding((ending) => ending.preview);
  const cancelRef = useRef<HTMLButtonElement>(null);
  const endRef = useRef<HTMLButtonElement>(null);
  const fieldRef = useRef<HTMLInputElement>(null);
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
            initialFocus={() => (shown?.request.force ? cancelRef.current : (fieldRef.current ?? endRef.current ?? cancelRef.current))}
            finalFocus={() => focusGrid()}
          >
            {shown && <Body preview={shown} cancelRef={cancelRef} endRef={endRef} fieldRef={fieldRef} />}
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
