import { Menu } from '@base-ui/react/menu';
import { memo } from 'react';
import { CHOOSABLE, type ColumnId, DEFAULT_COLUMNS } from '../columns.js';
import { useWords } from '../i18n.js';
import { useView } from '../view.js';
import { Icon } from './Icon.js';
import { overlayRoot } from './overlay-root.js';

const choose = (id: ColumnId, on: boolean): void =>
  useView.setState(({ columns }) => ({ columns: CHOOSABLE.filter((each) => (each === id ? on : columns.includes(each))) }));

/** Which columns the table has, and the way back to what it had at first. */
export const ColumnMenu = memo(() => {
  const say = useWords();
  const columns = useView((view) => view.columns);
  return (
    <Menu.Root>
      <Menu.Trigger className="icon-btn" aria-label={say('ui.toolbar.columns')} data-tip={say('ui.toolbar.columns')}>
        <Icon name="columns" />
      </Menu.Trigger>
      <Menu.Portal container={overlayRoot}>
        <Menu.Positioner className="popup-at" sideOffset={6} align="end" collisionPadding={8}>
          <Menu.Popup className="menu tight">
            <Menu.Group>
              <Menu.GroupLabel className="group-label">{say('ui.toolbar.columns')}</Menu.GroupLabel>
              {CHOOSABLE.map((id) => (
                <Menu.CheckboxItem
                  key={id}
                  className="item"
                  checked={columns.includes(id)}
                  onCheckedChange={(on) => choose(id, on)}
                  closeOnClick={false}
                >
                  <span className="mark">
                    <Menu.CheckboxItemIndicator className="mark">
                      <Icon name="check" />
                    </Menu.CheckboxItemIndicator>
                  </span>
                  <span>{say(`ui.head.${id}`)}</span>
                </Menu.CheckboxItem>
              ))}
            </Menu.Group>
            <Menu.Separator />
            <Menu.Item className="item" closeOnClick={false} onClick={() => useView.setState({ columns: DEFAULT_COLUMNS })}>
              <Icon name="undo" />
              <span>{say('ui.toolbar.columnsReset')}</span>
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
});
