import { Dialog } from '@base-ui/react/dialog';
import { useRef, useState } from 'react';
import { agreeToCleanup } from '../care.js';
import { onlyReport } from '../config-view.js';
import { useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { useView } from '../view.js';
import { CleanupReview, isReview, useReview } from './CleanupReview.js';
import { focusGrid } from './grid-focus.js';

/** Asks to agree to what automatic cleanup may end; the same as on the first screen, for rules that have changed since. */
export const ConsentDialog = () => {
  const say = useWords();
  const open = useView((view) => view.dialog === 'consent');
  const cancel = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  const review = useReview(open);
  const automatic = useShown((shown) => shown.app?.config.global_settings.auto_cleanup_mode === 'automatic');
  const agree = async (): Promise<void> => {
    if (busy || !isReview(review)) return;
    setBusy(true);
    if (await agreeToCleanup(review.rulesId)) useView.setState({ dialog: null });
    setBusy(false);
  };
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && useView.setState({ dialog: null })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Viewport className="dialog-at">
          <Dialog.Popup className="dialog" initialFocus={cancel} finalFocus={() => focusGrid()}>
            <div className="head">
              <div className="grow">
                <Dialog.Title>{say('cleanup.reviewTitle')}</Dialog.Title>
              </div>
            </div>
            <section className="mid" aria-label={say('cleanup.reviewTitle')} tabIndex={0}>
              <CleanupReview review={review} />
            </section>
            <div className="end">
              {automatic && (
                <button type="button" className="btn" onClick={() => void onlyReport()}>
                  {say('cleanup.onlyReport')}
                </button>
              )}
              <span className="grow" />
              <Dialog.Close ref={cancel} className="btn">
                {say('ui.cancel')}
              </Dialog.Close>
              <button type="button" className="btn primary" disabled={!isReview(review) || busy} onClick={() => void agree()}>
                {say('cleanup.agree')}
              </button>
            </div>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
