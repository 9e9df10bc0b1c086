import type { ProcessKey } from './types.js';

/** "pid:startedAt", for maps and sets; the stamp keeps a reused pid apart. */
export const keyId = (key: ProcessKey): string => `${key.pid}:${key.startedAt}`;

/** Whether two keys name the same process. */
export const sameKey = (a: ProcessKey, b: ProcessKey): boolean => a.pid === b.pid && a.startedAt === b.startedAt;
