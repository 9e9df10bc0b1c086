/** The middle one, the upper of two; NaN of none. */
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** To two digits behind the point. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;
