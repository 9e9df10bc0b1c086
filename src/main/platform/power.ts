import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SUPPLIES = '/sys/class/power_supply';

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
};

/** Whether a Linux machine runs on its battery: no mains is on line and a battery discharges. Unknown counts as no. `root` for tests. */
export const isOnBattery = (root = SUPPLIES): boolean => {
  let names: readonly string[];
  try {
    names = readdirSync(root);
  } catch {
    return false;
  }
  const supplies = names.map((name) => ({
    type: read(join(root, name, 'type')),
    // A mouse has a battery too.
    scope: read(join(root, name, 'scope')),
    online: read(join(root, name, 'online')),
    status: read(join(root, name, 'status')),
  }));
  const mains = supplies.some(({ type, online }) => type !== 'Battery' && online === '1');
  return !mains && supplies.some(({ type, scope, status }) => type === 'Battery' && scope !== 'Device' && status === 'Discharging');
};
