/** Seconds between two looks: what the configuration allows. */
export const LEAST_SECONDS = 1;
export const MOST_SECONDS = 30;

/** The number of seconds that a typed text stands for, decimals by dot or comma; null when it is none that is allowed. */
export const parseSeconds = (text: string): number | null => {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && value >= LEAST_SECONDS && value <= MOST_SECONDS ? value : null;
};
