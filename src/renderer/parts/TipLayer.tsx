import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect, useState } from 'react';
import { overlayRoot } from './overlay-root.js';

/**
 * The one tooltip of the page. What has one carries it as `data-tip`; with `data-tip-clip` it shows only where the text
 * is cut off. One listener serves a thousand rows, where a component a cell would cost each of them a subscription.
 */
const DELAY_MS = 450;

interface Tip {
  readonly anchor: Element;
  readonly text: string;
}

const tipOf = (target: EventTarget | null): Tip | null => {
  const anchor = target instanceof Element ? target.closest('[data-tip]') : null;
  const text = anchor?.getAttribute('data-tip');
  if (!anchor || !text) return null;
  if (anchor.hasAttribute('data-tip-clip') && anchor.scrollWidth <= anchor.clientWidth) return null;
  return { anchor, text };
};

/** Shows the tooltip of what the pointer rests on or the keyboard has focused. */
export const TipLayer = () => {
  const [tip, setTip] = useState<Tip | null>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let at: Element | null = null;
    const hide = (): void => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      at = null;
      setTip(null);
    };
    const over = (event: PointerEvent): void => {
      const next = event.pointerType === 'touch' ? null : tipOf(event.target);
      if (next && next.anchor === at) return;
      hide();
      if (!next) return;
      at = next.anchor;
      timer = setTimeout(() => setTip(next.anchor.isConnected ? next : null), DELAY_MS);
    };
    const focus = (event: FocusEvent): void => {
      hide();
      const next = event.target instanceof Element && event.target.matches(':focus-visible') ? tipOf(event.target) : null;
      // A row's own text is no help to somebody who is on the row; what a control does is.
      if (next?.anchor.matches('button, [role="button"]')) setTip(next);
    };
    document.addEventListener('pointerover', over);
    document.addEventListener('focusin', focus);
    document.addEventListener('pointerdown', hide, true);
    document.addEventListener('keydown', hide, true);
    document.addEventListener('scroll', hide, true);
    document.documentElement.addEventListener('pointerleave', hide);
    return () => {
      hide();
      document.removeEventListener('pointerover', over);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('pointerdown', hide, true);
      document.removeEventListener('keydown', hide, true);
      document.removeEventListener('scroll', hide, true);
      document.documentElement.removeEventListener('pointerleave', hide);
    };
  }, []);

  return (
    <Tooltip.Root open={tip !== null}>
      <Tooltip.Portal container={overlayRoot}>
        <Tooltip.Positioner className="tip-at" anchor={tip?.anchor ?? null} side="bottom" sideOffset={6} collisionPadding={8}>
          <Tooltip.Popup className="tip">{tip?.text}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
};
