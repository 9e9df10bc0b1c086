/** One element of a long list, and the line that it shows at present. */
export interface RowSlot {
  /** Names the element for React: it stays itself while its line changes. */
  readonly id: number;
  readonly place: number;
}

/**
 * Hands the elements of lines that left the view to those that came into it: new words in an old row cost a fraction of a new row. What stays in
 * view keeps its element, and with it the keyboard's focus. While the list is `moving` the elements stay in the order in which they stand, because
 * each that is moved in the page is laid out anew; as soon as it rests they stand as the lines do, for whoever has the page read out.
 */
export const createRowSlots = (): ((places: readonly number[], moving: boolean) => readonly RowSlot[]) => {
  let slots: readonly RowSlot[] = [];
  let next = 0;
  return (places, moving) => {
    const wanted = new Set(places);
    const held = new Set(slots.map(({ place }) => place));
    const coming = places.filter((place) => !held.has(place)).values();
    const kept = slots.flatMap((slot): readonly RowSlot[] => {
      if (wanted.has(slot.place)) return [slot];
      const { value: place } = coming.next();
      return place === undefined ? [] : [{ id: slot.id, place }];
    });
    const added = [...coming].map((place) => {
      next += 1;
      return { id: next, place };
    });
    const all = [...kept, ...added];
    const order = new Map(places.map((place, at) => [place, at]));
    slots = moving ? all : all.sort((a, b) => (order.get(a.place) ?? 0) - (order.get(b.place) ?? 0));
    return slots;
  };
};
