import { Menu } from '@base-ui/react/menu';
import type { Priority } from '../../shared/api.js';
import type { ProcessKey } from '../../shared/types.js';
import { askFor } from '../ending.js';
import { useWords } from '../i18n.js';
import { toSetPriority } from '../requests.js';
import { Icon } from './Icon.js';
import { overlayRoot } from './overlay-root.js';

const PRIORITIES: readonly Priority[] = ['high', 'normal', 'low'];

/** The three priorities, as items of a menu; each opens the preview. */
export const PriorityItems = ({ keys }: { readonly keys: readonly ProcessKey[] }) => {
  const say = useWords();
  return PRIORITIES.map((priority) => (
    <Menu.Item key={priority} className="item" onClick={() => void askFor(toSetPriority(keys, priority))}>
      <span className="mark" />
      <span>{say(`ui.priority.${priority}`)}</span>
    </Menu.Item>
  ));
};

/** A button that opens them. */
export const PriorityButton = ({ keys }: { readonly keys: readonly ProcessKey[] }) => {
  const say = useWords();
  return (
    <Menu.Root>
      <Menu.Trigger className="btn sm">
        {say('ui.action.priority')}
        <Icon name="down" size="sm" />
      </Menu.Trigger>
      <Menu.Portal container={overlayRoot}>
        <Menu.Positioner className="popup-at" side="top" align="start" sideOffset={6} collisionPadding={8}>
          <Menu.Popup className="menu tight">
            <PriorityItems keys={keys} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
};
