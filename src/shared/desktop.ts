import { baseName, ownSlots, plainPath, programName, runtimeOf, scriptIndex } from './argv-slots.js';
import { isEnginePath } from './engine.js';
import type { ProcessFacts } from './process-facts.js';
import type { Kind, Os } from './types.js';

const HOMES: Readonly<Record<Os, readonly RegExp[]>> = {
  darwin: [/(?:^|\/)Claude\.app\/Contents\//],
  win32: [/\/windowsapps\/claude_[^/]*\/app\//, /\/anthropicclaude\/(?:app-[^/]*\/|claude\.exe$)/],
  linux: [
    /^\/(?:usr\/(?:lib|lib64|share|libexec)|opt)\/claude-desktop\//,
    /^\/opt\/Claude\//,
    /^\/nix\/store\/[^/]*-claude-desktop[^/]*\//,
    // An AppImage's mount is named after the first letters of the file: other programs' begin with "claude" too.
    /(?:^|\/)\.mount_[Cc]laude[^/]*\/(?!(?:.*\/)?[Cc]laude-(?!desktop)[^/]*$)/,
  ],
};

const inDesktop = (os: Os, path: string): boolean =>
  path.length <= 4096 && /claude/i.test(path) && HOMES[os].some((home) => home.test(path));

/** Claude Desktop's native messaging host lives in its data folder, outside the application. */
const isChromeHost = (path: string): boolean => /\/[Cc]laude\/chromenativehost\/chrome-native-host(?:\.exe)?$/i.test(path);

const APP_PATH = '--app-path=';

/** The Desktop part that an Electron or a runtime from elsewhere runs: community builds use the distribution's own. */
const guestPath = (facts: ProcessFacts, exe: string): string | null => {
  const { platform, argv } = facts;
  if (argv === null) return null;
  const electron = /^electron\d*$/.test(programName(platform, exe));
  const runtime = runtimeOf(facts);
  if (!electron && runtime === null) return null;
  const slots = [argv[scriptIndex(argv, 'node')] ?? '', ...ownSlots(argv).filter((slot) => slot.startsWith(APP_PATH))];
  const paths = slots.map((slot) => plainPath(platform, slot.startsWith(APP_PATH) ? slot.slice(APP_PATH.length) : slot) ?? '');
  return paths.find((path) => inDesktop(platform, path) && (electron || baseName(path) === 'cowork-vm-service.js')) ?? null;
};

/** Which part of Claude Desktop a process is, by path, and the path that says so; null = none. */
export const desktopPart = (facts: ProcessFacts): { readonly kind: Kind; readonly path: string } | null => {
  const { platform } = facts;
  const exe = plainPath(platform, facts.exe);
  if (exe === null) return null;
  const name = programName(platform, exe);
  if (isChromeHost(exe)) return { kind: 'chrome-native-host', path: exe };
  // "claude.app" of an engine that Desktop manages is not "Claude.app".
  if (isEnginePath(exe)) return null;
  const path = inDesktop(platform, exe) ? exe : guestPath(facts, exe);
  if (path === null) return null;
  const slots = ownSlots(facts.argv);
  const of = (kind: Kind): { kind: Kind; path: string } => ({ kind, path });
  if (name === 'chrome-native-host') return of('chrome-native-host');
  if (name === 'disclaimer') return of('desktop-launcher');
  if (name === 'cowork-svc' || slots.some((slot) => baseName(plainPath(platform, slot) ?? '') === 'cowork-vm-service.js'))
    return of('desktop-service');
  if (slots.some((slot) => slot.startsWith('--type='))) return of('desktop-helper');
  if (/\/Claude\.app\/Contents\/(?:Frameworks|Helpers)\//.test(path) || /^(?:chrome[_-]crashpad|chrome[_-]sandbox)/.test(name))
    return of('desktop-helper');
  return of('desktop-app');
};

/** Programs that run a virtual machine; which machine it is, only an open file or the compute system's name tells. */
const VM_PROGRAM = /com\.apple\.virtua|virtualmachine|^vmwp|^vmmem|^qemu|^virtiofsd|^bwrap$|^crosvm/i;

/** Whether a process runs Cowork's virtual machine, and what claims it; null = not Claude's. */
export const coworkVm = (facts: ProcessFacts): { readonly by: 'file' | 'system'; readonly claim: string } | null => {
  const { openFile, computeSystem } = facts.hints;
  const names = [programName(facts.platform, facts.exe), facts.comm ?? ''];
  if (!names.some((name) => VM_PROGRAM.test(name))) return null;
  const file = (openFile ?? '').replaceAll('\\', '/');
  if (/\/claude(?:-3p)?\/vm_bundles\//i.test(file)) return { by: 'file', claim: file };
  return computeSystem && /^cowork-vm-/i.test(computeSystem) ? { by: 'system', claim: computeSystem } : null;
};
