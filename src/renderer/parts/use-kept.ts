import { useRef } from 'react';
import { keep } from '../../shared/equal.js';

/** A value worked out anew at each look, as the same object while it says the same: what is drawn from it is not drawn again. */
export const useKept = <T>(value: T): T => {
  const kept = useRef(value);
  kept.current = keep(kept.current, value);
  return kept.current;
};
