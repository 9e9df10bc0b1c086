const MINUTE_MS = 60_000;

/** How long a test goes on under `npm run soak`, in ms; null in an ordinary run of the tests. */
export const soakMs: number | null = process.env['SOAK_MINUTES'] === undefined ? null : Number(process.env['SOAK_MINUTES']) * MINUTE_MS;

/** What such a test may take: as long as it goes on, and time to begin and to end. */
export const soakTimeoutMs = (ordinaryMs: number): number => (soakMs === null ? ordinaryMs : soakMs + 2 * MINUTE_MS);
