import { Menu } from '@base-ui/react/menu';
import { setPreferences } from '../commands.js';
import { useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { useView } from '../view.js';
import { Icon } from './Icon.js';
import { overlayRoot } from './overlay-root.js';
import { ChosenMark } from './Picker.js';

const LANGUAGES = ['system', 'en', 'pt-BR'] as const;
const THEMES = ['system', 'light', 'dark'] as const;

/** What belongs to the whole window: language, theme, help. */
export const OverflowMenu = () => {
  const say = useWords();
  const language = useShown((shown) => shown.app?.settings.language ?? 'system');
  const theme = useShown((shown) => shown.app?.settings.theme ?? 'system');
  const stopped = useShown((shown) => shown.app?.stopped.length ?? 0);
  return (
    <Menu.Root>
      <Menu.Trigger className="icon-btn" aria-label={say('ui.menu.label')} data-tip={say('ui.menu.label')}>
        <Icon name="more" />
      </Menu.Trigger>
      <Menu.Portal container={overlayRoot}>
        <Menu.Positioner className="popup-at" sideOffset={6} align="end" collisionPadding={8}>
          <Menu.Popup className="menu">
            <Menu.Group>
              <Menu.GroupLabel className="group-label">{say('ui.menu.language')}</Menu.GroupLabel>
              <Menu.RadioGroup
                value={language}
                onValueChange={(value: unknown) => {
                  const next = LANGUAGES.find((each) => each === value);
                  if (next) void setPreferences({ language: next });
                }}
              >
                {LANGUAGES.map((value) => (
                  <Menu.RadioItem key={value} value={value} className="item" closeOnClick>
                    <span className="mark">
                      <ChosenMark />
                    </span>
                    {/* A language is named in itself, so that one finds the way back. */}
                    <span lang={value === 'system' ? undefined : value}>{say(`ui.menu.languages.${value}`)}</span>
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
            </Menu.Group>
            <Menu.Separator />
            <Menu.Group>
              <Menu.GroupLabel className="group-label">{say('ui.menu.theme')}</Menu.GroupLabel>
              <Menu.RadioGroup
                value={theme}
                onValueChange={(value: unknown) => {
                  const next = THEMES.find((each) => each === value);
                  if (next) void setPreferences({ theme: next });
                }}
              >
                {THEMES.map((value) => (
                  <Menu.RadioItem key={value} value={value} className="item" closeOnClick>
                    <span className="mark">
                      <ChosenMark />
                    </span>
                    <span>{say(`ui.menu.themes.${value}`)}</span>
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
            </Menu.Group>
            <Menu.Separator />
            <Menu.Item className="item" onClick={() => useView.setState({ dialog: 'stopped' })}>
              <Icon name="undo" />
              <span>{say('ui.stopped.title')}…</span>
              <span className="n">{stopped}</span>
            </Menu.Item>
            <Menu.Separator />
            <Menu.Item className="item" onClick={() => useView.setState({ dialog: 'shortcuts' })}>
              <Icon name="keyboard" />
              <span>{say('ui.menu.shortcuts')}</span>
              <span className="kb">?</span>
            </Menu.Item>
            <Menu.Item className="item" onClick={() => useView.setState({ dialog: 'about' })}>
              <Icon name="info" />
              <span>{say('ui.menu.about')}</span>
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
};
