import { useEffect, useState } from 'react';
import { copyText } from '../commands.js';
import { updateConfig } from '../config-view.js';
import { askFor } from '../ending.js';
import { useWords } from '../i18n.js';
import { undoEnd } from '../quiet-end.js';
import { closeToast, type Toast, useToasts } from '../toasts.js';
import { useView } from '../view.js';
import { Icon, type IconName } from './Icon.js';

const STAYS_MS = 6000;
const ICONS: Readonly<Record<Toast['tone'], { readonly icon: IconName; readonly tone: string }>> = {
  ok: { icon: 'check', tone: 'c-ok' },
  info: { icon: 'info', tone: 'c-info' },
  bad: { icon: 'error', tone: 'c-bad' },
};

const OneToast = ({ toast }: { readonly toast: Toast }) => {
  const say = useWords();
  const [watched, setWatched] = useState(false);
  useEffect(() => {
    if (toast.sticky || watched) return;
    const timer = setTimeout(() => closeToast(toast.id), STAYS_MS);
    return () => clearTimeout(timer);
  }, [toast, watched]);
  const { icon, tone } = ICONS[toast.tone];
  const { resume, force, command, undo, revert } = toast;
  return (
    <li
      className="toast"
      onPointerEnter={() => setWatched(true)}
      onPointerLeave={() => setWatched(false)}
      onFocus={() => setWatched(true)}
      onBlur={() => setWatched(false)}
    >
      <Icon name={icon} tone={tone} />
      <div>
        <h2>{toast.title}</h2>
        {toast.lines.length > 0 && (
          <ul>
            {toast.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {command && <code className="cmd">{command}</code>}
        {(force || resume || toast.stopped || command || undo || revert) && (
          <div className="doit">
            {undo && (
              <button type="button" className="btn sm" onClick={() => undoEnd(undo)}>
                {say('ui.quiet.undo')}
                <span className="kb">{say('ui.key.ctrlZ')}</span>
              </button>
            )}
            {revert && (
              <button
                type="button"
                className="btn sm"
                onClick={() => {
                  closeToast(toast.id);
                  void updateConfig(revert);
                }}
              >
                {say('ui.quiet.undo')}
              </button>
            )}
            {force && (
              <button
                type="button"
                className="btn sm danger-line"
                onClick={() => {
                  closeToast(toast.id);
                  void askFor(force);
                }}
              >
                {say('ui.action.force')}
              </button>
            )}
            {resume && (
              <button type="button" className="btn sm" onClick={() => void copyText(resume.command, say('ui.copied.resume'))}>
                {say('ui.action.copyResume')}
              </button>
            )}
            {toast.stopped && (
              <button type="button" className="btn sm" onClick={() => useView.setState({ dialog: 'stopped' })}>
                {say('ui.stopped.open')}
              </button>
            )}
            {command && (
              <button type="button" className="btn sm" onClick={() => void copyText(command, say('ui.copied.command'))}>
                {say('ui.action.copyCommand')}
              </button>
            )}
          </div>
        )}
      </div>
      {/* Closing it must not take away the way to undo. */}
      {undo === null && (
        <button type="button" className="icon-btn sm" aria-label={say('ui.close')} onClick={() => closeToast(toast.id)}>
          <Icon name="close" size="sm" />
        </button>
      )}
    </li>
  );
};

/** Results, bottom right, and the page's one live region. */
export const Toasts = () => {
  const say = useWords();
  const toasts = useToasts((state) => state.toasts);
  const said = useToasts((state) => state.said);
  return (
    <section aria-label={say('ui.result.label')}>
      <div className="said" aria-live="polite" aria-atomic="true">
        <span key={said.turn}>{said.text}</span>
      </div>
      {toasts.length > 0 && (
        <ul className="toasts">
          {toasts.map((toast) => (
            <OneToast key={toast.id} toast={toast} />
          ))}
        </ul>
      )}
    </section>
  );
};
