/** The administrator's helper takes no more processes at once. */
export const MOST_TARGETS = 64;
