/** Colours of the palette (tokens.css); what has none of its own is drawn in the grey of everything else. */
export const SLOTS = 6;

/** Which colour a group has, by its id, from 0. */
export type Slots = Readonly<Record<string, number>>;

const groupOf = (id: string): string => id.split(':', 1)[0] ?? '';

/**
 * Gives each of `ids` (most important first) a colour and keeps the ones that were given: the same user has the same colour in every chart
 * and at every update. Who is seen again takes his colour back from one who is not shown; without a free colour the rest are grey.
 */
export const giveSlots = (known: Slots, ids: readonly string[]): Slots => {
  const next: Record<string, number> = { ...known };
  const taken = new Map<string, Set<number>>();
  const takenOf = (id: string): Set<number> => {
    const group = groupOf(id);
    const made = taken.get(group) ?? new Set<number>();
    taken.set(group, made);
    return made;
  };
  const shown = ids.slice(0, SLOTS);
  const settled = new Set<string>();
  for (const id of shown) {
    const slot = known[id];
    if (slot === undefined || takenOf(id).has(slot)) continue;
    takenOf(id).add(slot);
    settled.add(id);
  }
  for (const id of shown) {
    if (settled.has(id)) continue;
    const used = takenOf(id);
    // Rather one that nobody has ever had: whoever has it comes back with it.
    const had = new Set(Object.entries(next).flatMap(([other, slot]) => (groupOf(other) === groupOf(id) ? [slot] : [])));
    const all = Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => !used.has(slot));
    const slot = all.find((one) => !had.has(one)) ?? all[0];
    if (slot === undefined) continue;
    next[id] = slot;
    used.add(slot);
  }
  const same = Object.keys(next).length === Object.keys(known).length && Object.entries(next).every(([id, slot]) => known[id] === slot);
  return same ? known : next;
};

/** The class that colours a group's marks: "series-1" to "series-6", or "series-other". */
export const slotClass = (slots: Slots, id: string): string => {
  const slot = slots[id];
  return id === 'other' || slot === undefined ? 'series-other' : `series-${slot + 1}`;
};
