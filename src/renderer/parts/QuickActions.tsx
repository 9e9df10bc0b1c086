import { Menu } from '@base-ui/react/menu';
import { memo } from 'react';
import { formatNumber } from '../../shared/format.js';
import type { ProcessView } from '../../shared/types.js';
import { askFor } from '../ending.js';
import { useLanguage, useWords } from '../i18n.js';
import { toEndAll } from '../requests.js';
import { useShown } from '../store.js';
import { tallySessions } from '../tally.js';
import { useView } from '../view.js';
import { Icon, type IconName } from './Icon.js';
import { overlayRoot } from './overlay-root.js';
import { useKept } from './use-kept.js';

interface LineProps {
  readonly icon: IconName;
  readonly label: string;
  /** Null = not known yet. */
  readonly count: number | null;
}

const Line = ({ icon, label, count }: LineProps) => {
  const language = useLanguage();
  return (
    <>
      <Icon name={icon} />
      <span className="clip">{label}</span>
      <span className="n">{formatNumber(count, language)}</span>
    </>
  );
};

/** A quick action with the number that it will hit; where that is none it stays, with the reason. */
const Quick = ({ why, onAct, ...line }: LineProps & { readonly why: () => string; readonly onAct: () => void }) => {
  const say = useWords();
  const off = line.count === null ? say('ui.quick.unknown') : line.count === 0 ? why() : null;
  return (
    <li>
      <button
        type="button"
        className={off === null ? '' : 'off'}
        aria-disabled={off !== null}
        data-tip={off ?? undefined}
        onClick={() => off === null && onAct()}
      >
        <Line {...line} />
        {off !== null && <span className="said">{off}</span>}
      </button>
    </li>
  );
};

type Sessions = ReturnType<typeof tallySessions>;

const UserPicker = memo(({ users, known }: { readonly users: Sessions; readonly known: boolean }) => {
  const say = useWords();
  const language = useLanguage();
  const line = { icon: 'user', label: say('ui.quick.user'), count: known ? users.length : null } as const;
  if (users.length === 0) return <Quick {...line} why={() => say('ui.quick.noUser')} onAct={() => undefined} />;
  return (
    <li>
      <Menu.Root>
        <Menu.Trigger className="has-menu" aria-label={say('ui.quick.userLabel', { count: users.length })}>
          <Icon name="user" />
          <span className="clip">{line.label}</span>
          <Icon name="right" size="sm" />
        </Menu.Trigger>
        <Menu.Portal container={overlayRoot}>
          <Menu.Positioner className="popup-at" side="right" align="start" sideOffset={4} collisionPadding={8}>
            <Menu.Popup className="menu tight">
              <Menu.Group>
                <Menu.GroupLabel className="group-label">{say('ui.quick.whose')}</Menu.GroupLabel>
                {users.map(({ user, count }) => (
                  <Menu.Item key={user} className="item" onClick={() => void askFor(toEndAll({ type: 'user', user }))}>
                    <Icon name="user" tone="t2" />
                    <span className="clip">{user}</span>
                    <span className="n">{say('ui.quick.sessions', { count, shown: formatNumber(count, language) })}</span>
                  </Menu.Item>
                ))}
              </Menu.Group>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </li>
  );
});

/** What can be ended in one go, each with its number, and what was ended; all but the last open the preview. */
export const QuickActions = ({ processes }: { readonly processes: readonly ProcessView[] }) => {
  const say = useWords();
  const quick = useShown((shown) => (shown.app?.snapshot ? shown.app.quick : null));
  const users = useKept(tallySessions(processes));
  const stopped = useShown((shown) => shown.app?.stopped.length ?? null);
  const hours = useShown((shown) => shown.app?.config.global_settings.max_process_age_hours ?? null);
  const possible = quick?.possibleOrphans ?? 0;
  const noOrphans = (): string => {
    if (processes.some((view) => view.leftOver === 'yes')) return say('ui.quick.notYet');
    return possible > 0 ? say('ui.quick.onlyPossible', { count: possible }) : say('ui.quick.noOrphans');
  };
  return (
    <section aria-label={say('ui.quick.label')}>
      <h2 className="head">{say('ui.quick.label')}</h2>
      <ul className="quick">
        <Quick
          icon="orphan"
          label={say('ui.quick.orphans')}
          count={quick?.orphans ?? null}
          why={noOrphans}
          onAct={() => void askFor(toEndAll({ type: 'orphans' }))}
        />
        <Quick
          icon="old"
          label={say('ui.quick.old')}
          count={quick?.old ?? null}
          why={() => say('ui.quick.noOld', { hours })}
          onAct={() => void askFor(toEndAll({ type: 'old', hours: null }))}
        />
        <UserPicker users={users} known={quick !== null} />
        <Quick
          icon="end"
          label={say('ui.quick.all')}
          count={quick?.all ?? null}
          why={() => say('ui.quick.noAll')}
          onAct={() => void askFor(toEndAll({ type: 'all' }))}
        />
        <li className="apart">
          <button type="button" className={stopped ? '' : 'off'} onClick={() => useView.setState({ dialog: 'stopped' })}>
            <Line icon="undo" label={say('ui.stopped.title')} count={stopped} />
          </button>
        </li>
      </ul>
    </section>
  );
};
