import { useEffect, useState } from 'react';

/** How long the order is held after the last reason for it has gone. */
const RELEASE_MS = 2000;

/** Whether Ctrl is down, the way to hold the order for a moment. */
export const useCtrlHeld = (): boolean => {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const down = (event: KeyboardEvent): void => setHeld(event.key === 'Control' || event.ctrlKey);
    // Where the window loses focus, the key's release goes to somebody else.
    const off = (): void => setHeld(false);
    const up = (event: KeyboardEvent): void => {
      if (event.key === 'Control') off();
    };
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', off);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', off);
    };
  }, []);
  return held;
};

/** Whether the order of the rows is held: while there is a reason, and a moment longer. */
export const useHold = (reason: boolean): boolean => {
  const [lingers, setLingers] = useState(false);
  useEffect(() => {
    if (reason) {
      setLingers(true);
      return;
    }
    const timer = setTimeout(() => setLingers(false), RELEASE_MS);
    return () => clearTimeout(timer);
  }, [reason]);
  return reason || lingers;
};
