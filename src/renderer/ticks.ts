import type { Preview, PreviewTarget } from '../shared/api.js';
import { keyId } from '../shared/process-key.js';

/** The lines that main proposes to end. */
export const firstTicks = (preview: Preview): ReadonlySet<string> =>
  new Set(preview.targets.filter((target) => target.ticked).map((target) => keyId(target.key)));

/** Ticks or unticks a line; what a session owns follows it, and can be unticked alone afterwards. */
export const toggleTick = (preview: Preview, ticks: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const on = !ticks.has(id);
  const followers = preview.targets.filter((target) => target.role === 'owned' && target.below && keyId(target.below) === id);
  const next = new Set(ticks);
  for (const each of [id, ...followers.map((target) => keyId(target.key))]) {
    if (on) next.add(each);
    else next.delete(each);
  }
  return next;
};

/** Every line below the one it hangs on, in main's order otherwise. */
export const inTree = (targets: readonly PreviewTarget[]): readonly PreviewTarget[] => {
  const ids = new Set(targets.map((target) => keyId(target.key)));
  const hangs = (target: PreviewTarget): boolean => target.below !== null && ids.has(keyId(target.below));
  const placed = new Set<PreviewTarget>();
  const walk = (target: PreviewTarget): readonly PreviewTarget[] => {
    if (placed.has(target)) return [];
    placed.add(target);
    const id = keyId(target.key);
    return [target, ...targets.filter((each) => each.below && keyId(each.below) === id).flatMap(walk)];
  };
  // Whatever hangs in a ring is still a line.
  return [...targets.filter((target) => !hangs(target)), ...targets].flatMap(walk);
};

/** What ending the ticked lines gives back, bytes; null = of none of them known. */
export const freedBy = (preview: Preview, ticks: ReadonlySet<string>): number | null =>
  preview.targets.reduce<number | null>(
    (sum, target) => (target.memoryBytes !== null && ticks.has(keyId(target.key)) ? (sum ?? 0) + target.memoryBytes : sum),
    null,
  );
