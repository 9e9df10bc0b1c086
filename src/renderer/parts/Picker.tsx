import { Menu } from '@base-ui/react/menu';
import { memo } from 'react';
import { Icon, type IconName } from './Icon.js';
import { overlayRoot } from './overlay-root.js';

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly icon?: IconName;
  /** Stands at the right, e.g. a count. */
  readonly aside?: string;
}

interface PickerProps {
  /** What is picked here, for those who do not see the chip. */
  readonly name: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  /** The value that means "no choice made". */
  readonly none: string;
  /** Stands on the chip while no choice is made; absent = the words of that value. */
  readonly idle?: string;
  /** Stands for those words where the window is narrow. */
  readonly icon?: IconName;
  readonly onPick: (value: string) => void;
  /** Pointer or keyboard is on a choice of the open list; null = on none any more. */
  readonly onAim?: (value: string | null) => void;
  readonly className?: string;
}

/** One mark for the chosen item of a list. */
export const ChosenMark = () => (
  <Menu.RadioItemIndicator className="mark" keepMounted={false}>
    <Icon name="check" />
  </Menu.RadioItemIndicator>
);

/** A chip that opens a list to pick one of. */
export const Picker = memo(({ name, value, choices, none, idle, icon, onPick, onAim, className = '' }: PickerProps) => {
  const chosen = choices.find((choice) => choice.value === value);
  return (
    <Menu.Root onOpenChange={(open) => !open && onAim?.(null)}>
      <Menu.Trigger className={`chip pick ${value === none ? '' : 'set'} ${className}`} aria-label={`${name}: ${chosen?.label ?? ''}`}>
        {icon !== undefined && <Icon name={icon} size="sm" />}
        <span className={icon !== undefined && value === none ? 'clip hide-narrow' : 'clip'}>
          {value === none && idle !== undefined ? idle : chosen?.label}
        </span>
        <Icon name="down" />
      </Menu.Trigger>
      <Menu.Portal container={overlayRoot}>
        <Menu.Positioner className="popup-at" sideOffset={6} align="start" collisionPadding={8}>
          <Menu.Popup className="menu tight">
            <Menu.RadioGroup value={value} onValueChange={onPick} aria-label={name}>
              {choices.map((choice) => (
                <Menu.RadioItem
                  key={choice.value}
                  value={choice.value}
                  className="item"
                  closeOnClick
                  onPointerEnter={() => onAim?.(choice.value)}
                  onFocus={() => onAim?.(choice.value)}
                >
                  <span className="mark">
                    <ChosenMark />
                  </span>
                  <span className="clip">{choice.label}</span>
                  <span className="n">{choice.aside}</span>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
});
