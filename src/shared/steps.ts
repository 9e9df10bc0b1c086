/** Work that can be interrupted: it stops after each step, and comes to a value in the end. */
export type Steps<T> = Generator<void, T, void>;

/** So many processes are gone through in one step. */
export const STEP = 64;
