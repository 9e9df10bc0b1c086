import { Menu } from '@base-ui/react/menu';
import { formatNumber } from '../../shared/format.js';
import { cleanText } from '../../shared/redact.js';
import { ask } from '../ask.js';
import { useLanguage, useWords } from '../i18n.js';
import { type LogLevel, sentFilter, setLogFilter, toggleLevel, useLog } from '../log-view.js';
import { showDone, showFailure } from '../toasts.js';
import { Icon } from './Icon.js';
import { LevelIcon } from './LogLevel.js';
import { LogTime } from './LogTime.js';
import { overlayRoot } from './overlay-root.js';
import { Picker } from './Picker.js';
import { useActionName } from './use-action-name.js';

const LEVELS: readonly LogLevel[] = ['SUCCESS', 'ERROR', 'INFO'];
const FORMATS = ['text', 'jsonl', 'csv'] as const;
const ANY = '';

const Chip = ({ level }: { readonly level: LogLevel }) => {
  const say = useWords();
  const language = useLanguage();
  const on = useLog((log) => log.filter.levels?.includes(level) ?? false);
  const count = useLog((log) => log.head?.counts[level] ?? null);
  return (
    <button type="button" className={!count && !on ? 'chip zero' : 'chip'} aria-pressed={on} onClick={() => toggleLevel(level)}>
      <LevelIcon level={level} />
      {say(`log.level.${level}`)} <b>{formatNumber(count, language)}</b>
    </button>
  );
};

const Export = () => {
  const say = useWords();
  const write = async (format: (typeof FORMATS)[number]): Promise<void> => {
    const { filter } = useLog.getState();
    const result = await ask(window.claudeManager.exportLog({ filter: sentFilter(filter), format }));
    if (!result.ok) showFailure(result.failure);
    else if (result.value.path !== null)
      showDone(say('ui.log.exported', { count: result.value.lines, file: cleanText(result.value.path, 300) }));
  };
  return (
    <Menu.Root>
      <Menu.Trigger className="icon-btn" aria-label={say('ui.log.export')} data-tip={say('ui.log.exportTip')}>
        <Icon name="download" />
      </Menu.Trigger>
      <Menu.Portal container={overlayRoot}>
        <Menu.Positioner className="popup-at" sideOffset={6} align="end" collisionPadding={8}>
          <Menu.Popup className="menu tight">
            {FORMATS.map((format) => (
              <Menu.Item key={format} className="item" onClick={() => void write(format)}>
                <span className="mark" />
                <span>{say(`ui.log.format.${format}`)}</span>
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
};

/** The log's filters with what each would show; follow, export, clear. */
export const LogToolbar = ({ following, onFollow }: { readonly following: boolean; readonly onFollow: () => void }) => {
  const say = useWords();
  const language = useLanguage();
  const actionName = useActionName();
  const filter = useLog((log) => log.filter);
  const head = useLog((log) => log.head);
  const all = head === null ? null : LEVELS.reduce((sum, level) => sum + head.counts[level], 0);
  // A filter that the log has nothing of any more can still be taken off.
  const actions = [...new Set([...(head?.actions ?? []), ...(filter.action === undefined ? [] : [filter.action])])];
  const users = [...new Set([...(head?.users ?? []), ...(filter.user === undefined ? [] : [filter.user])])];
  return (
    <div className="toolbar" role="toolbar" aria-label={say('ui.toolbar.label')}>
      <button type="button" className="chip" aria-pressed={!filter.levels} onClick={() => setLogFilter({ levels: [] })}>
        {say('ui.toolbar.all')} <b>{formatNumber(all, language)}</b>
      </button>
      {LEVELS.map((level) => (
        <Chip key={level} level={level} />
      ))}
      <span className="sep" />
      <Picker
        name={say('ui.log.action')}
        idle={say('ui.log.action')}
        value={filter.action ?? ANY}
        none={ANY}
        onPick={(action) => setLogFilter({ action })}
        choices={[
          { value: ANY, label: say('ui.log.allActions') },
          ...actions.map((action) => ({ value: action, label: actionName(action) })),
        ]}
      />
      <Picker
        name={say('ui.toolbar.user')}
        idle={say('ui.toolbar.user')}
        value={filter.user ?? ANY}
        none={ANY}
        onPick={(user) => setLogFilter({ user })}
        choices={[{ value: ANY, label: say('ui.toolbar.allUsers') }, ...users.map((user) => ({ value: user, label: cleanText(user, 64) }))]}
      />
      <LogTime />
      <span className="grow" />
      <button
        type="button"
        className={following ? 'btn sm on' : 'btn sm'}
        aria-label={say('ui.log.follow')}
        aria-pressed={following}
        data-tip={say('ui.log.followTip')}
        onClick={onFollow}
      >
        <Icon name="follow" size="sm" />
        <span className="hide-narrow">{say('ui.log.follow')}</span>
      </button>
      <Export />
      <button
        type="button"
        className="icon-btn"
        aria-label={say('ui.log.clear')}
        data-tip={say('ui.log.clear')}
        onClick={() => useLog.setState({ clearing: true })}
      >
        <Icon name="broom" />
      </button>
    </div>
  );
};
