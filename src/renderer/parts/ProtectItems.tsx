import { Menu } from '@base-ui/react/menu';
import type { ProtectRule } from '../../shared/config.js';
import type { ProcessView } from '../../shared/types.js';
import { protect } from '../commands.js';
import { useWords } from '../i18n.js';
import { shortPath } from './cells.js';
import { Icon } from './Icon.js';
import { overlayRoot } from './overlay-root.js';

/** The rules by which a row could be protected from here on, narrow ones last. */
const rulesFor = (view: ProcessView): readonly ProtectRule[] => {
  const project = view.session?.projectDir ?? view.projectDir;
  return [
    ...(project === null ? [] : [{ by: 'project', value: project } as const]),
    ...(view.session?.name ? [{ by: 'name', value: view.session.name } as const] : []),
    { by: 'pid', value: String(view.key.pid) },
  ];
};

/** Adds a protect rule for a row: by its project, its session's name, or its pid. What is protected is never ended from here. */
export const ProtectItems = ({ view }: { readonly view: ProcessView }) => {
  const say = useWords();
  return (
    <Menu.SubmenuRoot>
      <Menu.SubmenuTrigger className="item">
        <Icon name="protected" />
        <span>{say('ui.protect.title')}</span>
        <Icon name="right" size="sm" />
      </Menu.SubmenuTrigger>
      <Menu.Portal container={overlayRoot}>
        <Menu.Positioner className="popup-at" sideOffset={2} alignOffset={-5} collisionPadding={8}>
          <Menu.Popup className="menu tight">
            {rulesFor(view).map((rule) => {
              const value = rule.by === 'project' ? shortPath(rule.value) : rule.value;
              const words = say(`ui.protect.${rule.by}`, { value });
              return (
                <Menu.Item key={rule.by} className="item" onClick={() => void protect(rule, say('ui.protect.done', { what: words }))}>
                  <span className="clip">{words}</span>
                </Menu.Item>
              );
            })}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.SubmenuRoot>
  );
};
