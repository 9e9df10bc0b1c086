import { Dialog } from '@base-ui/react/dialog';
import { Fragment, type ReactNode, useRef } from 'react';
import { TABS } from '../../shared/api.js';
import { useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { useView } from '../view.js';
import { focusGrid } from './grid-focus.js';
import { Stopped } from './Stopped.js';

/** Every key, in groups: [what it does, the keys]; a "+" joins keys that are pressed together. */
const SHORTCUTS: readonly { readonly group: string; readonly keys: readonly (readonly [string, readonly string[]])[] }[] = [
  {
    group: 'table',
    keys: [
      ['move', ['↑', '↓', 'Home', 'End', 'PgUp', 'PgDn']],
      ['unfold', ['←', '→']],
      ['range', ['Shift+↑', 'Shift+↓']],
      ['all', ['Ctrl+A']],
      ['details', ['Enter']],
      ['menu', ['Shift+F10']],
    ],
  },
  {
    group: 'act',
    keys: [
      ['end', ['Del', 'Ctrl+E']],
      ['force', ['Shift+Del', 'Ctrl+K']],
      ['freeze', ['Ctrl+Shift+P']],
      ['undo', ['Ctrl+Z']],
    ],
  },
  {
    group: 'window',
    keys: [
      ['search', ['Ctrl+F', '/']],
      ['refresh', ['F5', 'Ctrl+R']],
      ['pause', ['Space']],
      ['hold', ['Ctrl']],
      ['tabs', TABS.map((_, index) => `Ctrl+${index + 1}`)],
      ['settings', ['Ctrl+,']],
      ['close', ['Esc']],
      ['help', ['?']],
    ],
  },
];

const Shortcuts = () => {
  const say = useWords();
  const name = (key: string): string =>
    key
      .split('+')
      .map((part) => (/^[A-Z][a-z]/.test(part) ? say(`ui.keys.name.${part}`) : part))
      .join(' ');
  return (
    <div className="keys">
      {SHORTCUTS.map(({ group, keys }) => (
        <section key={group}>
          <h3>{say(`ui.keys.group.${group}`)}</h3>
          <dl>
            {keys.map(([what, combos]) => (
              <Fragment key={what}>
                <dt>
                  {combos.map((combo) => (
                    <kbd className="kbd" key={combo}>
                      {name(combo)}
                    </kbd>
                  ))}
                </dt>
                <dd>{what === 'tabs' ? TABS.map((tab) => say(`ui.tab.${tab}`)).join(', ') : say(`ui.keys.${what}`)}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
};

const About = () => {
  const say = useWords();
  const about = useShown((shown) => shown.app?.about);
  const host = useShown((shown) => shown.app?.snapshot?.host);
  const facts: readonly (readonly [string, ReactNode])[] = [
    [say('ui.about.version'), about?.version ?? '–'],
    ['Electron', about?.electron ?? '–'],
    [say('ui.about.user'), about?.selfUser ?? about?.selfUid ?? '–'],
    [say('ui.about.system'), host?.osName ?? '–'],
  ];
  return (
    <>
      <p className="t2">{say('ui.about.text')}</p>
      <dl className="kv about">
        {facts.map(([term, value]) => (
          <Fragment key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
};

/** The dialogs that only tell: the shortcuts, what was stopped, and about. */
export const InfoDialogs = () => {
  const say = useWords();
  const dialog = useView((view) => (view.dialog === 'consent' ? null : view.dialog));
  const close = useRef<HTMLButtonElement>(null);
  // Kept while the dialog fades out.
  const last = useRef(dialog);
  if (dialog !== null) last.current = dialog;
  const shown = last.current;
  const title = say(shown === 'about' ? 'ui.menu.about' : shown === 'stopped' ? 'ui.stopped.title' : 'ui.keys.title');
  return (
    <Dialog.Root open={dialog !== null} onOpenChange={(open) => !open && useView.setState({ dialog: null })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Viewport className="dialog-at">
          <Dialog.Popup className={shown === 'stopped' ? 'dialog' : 'dialog narrow'} initialFocus={close} finalFocus={() => focusGrid()}>
            <div className="head">
              <div className="grow">
                <Dialog.Title>{shown === 'about' ? 'Claude Manager' : title}</Dialog.Title>
                {shown === 'stopped' && <Dialog.Description>{say('ui.stopped.what')}</Dialog.Description>}
              </div>
            </div>
            <section className="mid" aria-label={title} tabIndex={0}>
              {shown === 'about' ? <About /> : shown === 'shortcuts' ? <Shortcuts /> : shown === 'stopped' ? <Stopped /> : null}
            </section>
            <div className="end">
              <span className="grow" />
              <Dialog.Close ref={close} className="btn">
                {say('ui.close')}
              </Dialog.Close>
            </div>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
