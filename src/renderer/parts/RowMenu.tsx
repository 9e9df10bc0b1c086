import { Menu } from '@base-ui/react/menu';
import { memo, useEffect, useMemo, useRef } from 'react';
import { keyId } from '../../shared/process-key.js';
import type { ProcessView } from '../../shared/types.js';
import { ask } from '../ask.js';
import { copyText } from '../commands.js';
import { askFor, askToEnd, askToPause } from '../ending.js';
import { sayFrom, useWords } from '../i18n.js';
import { canElevate, isPaused, toEndElevated } from '../requests.js';
import { useShown } from '../store.js';
import { targetsOf } from '../targets.js';
import { showFailure } from '../toasts.js';
import { useView } from '../view.js';
import { focusGrid } from './grid-focus.js';
import { Icon } from './Icon.js';
import { overlayRoot } from './overlay-root.js';
import { PriorityItems } from './PriorityItems.js';
import { ProtectItems } from './ProtectItems.js';

const copyResume = async (view: ProcessView, say: ReturnType<typeof useWords>): Promise<void> => {
  const details = await ask(window.claudeManager.getDetails({ key: view.key }));
  if (!details.ok) showFailure(details.failure);
  else if (details.value.resume) await copyText(details.value.resume.command, say('ui.copied.resume'));
};

interface ItemsProps {
  readonly view: ProcessView;
  readonly targets: readonly ProcessView[];
  readonly byKey: boolean;
  readonly inDetails: boolean;
}

/** Pause or continue, whichever fits, and the priorities. What is refused stays, grey; its reason stands at End. */
const Tempering = ({ targets, refused }: { readonly targets: readonly ProcessView[]; readonly refused: boolean }) => {
  const say = useWords();
  const count = targets.length;
  const paused = targets.every(isPaused);
  const word = paused ? 'ui.action.continue' : 'ui.action.pause';
  return (
    <>
      <Menu.Item className="item" disabled={refused} onClick={() => void askToPause(targets)}>
        <Icon name={paused ? 'play' : 'pause'} />
        <span>{count > 1 ? say(`${word}Count`, { count }) : say(word)}</span>
        <span className="kb">{say('ui.key.ctrlShiftP')}</span>
      </Menu.Item>
      <Menu.SubmenuRoot disabled={refused}>
        <Menu.SubmenuTrigger className="item" disabled={refused}>
          <Icon name="priority" />
          <span>{say('ui.action.priority')}</span>
          <Icon name="right" size="sm" />
        </Menu.SubmenuTrigger>
        <Menu.Portal container={overlayRoot}>
          <Menu.Positioner className="popup-at" sideOffset={2} alignOffset={-5} collisionPadding={8}>
            <Menu.Popup className="menu tight">
              <PriorityItems keys={targets.map((view) => view.key)} />
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.SubmenuRoot>
    </>
  );
};

const Items = ({ view, targets, byKey, inDetails }: ItemsProps) => {
  const say = useWords();
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!byKey) return;
    // The menu takes focus itself when it opens; who came by key goes on to its first item.
    const frame = requestAnimationFrame(() => first.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [byKey]);
  // With several rows chosen the preview says what of each; a single one that is refused says so here.
  const refusal = targets.length === 1 && targets[0]?.refusal ? sayFrom(say, 'refusal', targets[0].refusal) : null;
  const keys = targets.map((target) => target.key);
  const count = targets.length;
  const foreign = targets.filter((target) => canElevate(target.refusal)).map((target) => target.key);
  return (
    <>
      {!inDetails && (
        <Menu.Item ref={first} className="item" onClick={() => useView.setState({ details: keyId(view.key) })}>
          <Icon name="info" />
          <span>{say('ui.action.details')}</span>
          <span className="kb">{say('ui.key.enter')}</span>
        </Menu.Item>
      )}
      <Menu.Item
        ref={inDetails ? first : undefined}
        className="item"
        disabled={refusal !== null}
        onClick={() => void askToEnd(keys, false)}
      >
        <Icon name="end" />
        <span>{count > 1 ? say('ui.action.endCount', { count }) : say('ui.action.end')}</span>
        <span className="kb">{say('ui.key.delete')}</span>
        {refusal && <small>{refusal}</small>}
      </Menu.Item>
      <Menu.Item className={refusal === null ? 'item bad' : 'item'} disabled={refusal !== null} onClick={() => void askToEnd(keys, true)}>
        <Icon name="force" />
        <span>{count > 1 ? say('ui.action.forceCount', { count }) : say('ui.action.force')}</span>
        <span className="kb">{say('ui.key.shiftDelete')}</span>
      </Menu.Item>
      {foreign.length > 0 && (
        <Menu.Item className="item tall" onClick={() => void askFor(toEndElevated(foreign, false))}>
          <Icon name="lock" />
          <span>{count > 1 ? say('ui.action.adminCount', { count: foreign.length }) : say('ui.action.admin')}</span>
          <small>{say('ui.action.adminNote')}</small>
        </Menu.Item>
      )}
      <Menu.Separator />
      <Tempering targets={targets} refused={refusal !== null} />
      {count === 1 && view.refusal?.reason !== 'protected' && <ProtectItems view={targets[0] ?? view} />}
      <Menu.Separator />
      <Menu.Item className="item" disabled={view.session === null} onClick={() => void copyResume(view, say)}>
        <Icon name="copy" />
        <span>{say('ui.action.copyResume')}</span>
        {view.session === null && <small>{say('ui.action.copyResumeNot')}</small>}
      </Menu.Item>
      <Menu.Item className="item" onClick={() => void copyText(String(view.key.pid), say('ui.copied.pid', { pid: view.key.pid }))}>
        <Icon name="copy" />
        <span>{say('ui.action.copyPid')}</span>
        <span className="kb">{view.key.pid}</span>
      </Menu.Item>
    </>
  );
};

/** The one menu of the rows: opens at the pointer, at a row's button, or at the row for the menu key. */
export const RowMenu = memo(() => {
  const say = useWords();
  const menu = useView((view) => view.menu);
  const selected = useView((view) => view.selected);
  // Closed, it is not drawn again at each look.
  const processes = useShown((shown) => (menu === null ? undefined : shown.app?.snapshot?.processes));
  const view = useMemo(() => processes?.find((each) => keyId(each.key) === menu?.id) ?? null, [processes, menu]);
  // The details speak of their own row only, whatever else is selected.
  const inDetails = menu?.inDetails ?? false;
  const from = useRef(false);
  if (menu) from.current = inDetails;
  const targets = useMemo(() => {
    if (!view) return [];
    const id = keyId(view.key);
    return targetsOf(processes ?? [], selected.has(id) && !inDetails ? selected : new Set(), id);
  }, [processes, view, selected, inDetails]);
  const anchor = useMemo(
    () => ({ getBoundingClientRect: () => DOMRect.fromRect({ x: menu?.x ?? 0, y: menu?.y ?? 0, width: 0, height: 0 }) }),
    [menu],
  );
  return (
    <Menu.Root open={menu !== null && view !== null} onOpenChange={(open) => !open && useView.setState({ menu: null })}>
      <Menu.Portal container={overlayRoot}>
        <Menu.Positioner className="popup-at" anchor={anchor} side="bottom" align="start" sideOffset={2} collisionPadding={8}>
          <Menu.Popup
            className="menu"
            aria-label={say('ui.action.menu', { name: view?.name ?? '' })}
            finalFocus={() => (from.current ? document.querySelector<HTMLElement>('#details-more') : null) ?? focusGrid()}
          >
            {view && <Items view={view} targets={targets} byKey={menu?.byKey ?? false} inDetails={inDetails} />}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
});
