import { describe, expect, it } from 'vitest';
import { coworkVm, desktopPart } from '../../../src/shared/desktop.js';
import type { ProcessFacts } from '../../../src/shared/process-facts.js';
import type { Kind } from '../../../src/shared/types.js';
import { facts } from '../../fixtures/builders.js';

const kindOf = (exe: string, args: readonly string[], rest: Partial<ProcessFacts> = {}): Kind | null =>
  desktopPart(facts({ exe, argv: [exe, ...args], ...rest }))?.kind ?? null;

describe('desktopPart', () => {
  const mac = { platform: 'darwin' } as const;
  const app = '/Applications/Claude.app/Contents';
  it.each<[Kind | null, string, readonly string[]]>([
    ['desktop-app', `${app}/MacOS/Claude`, []],
    ['desktop-helper', `${app}/Frameworks/Claude Helper (GPU).app/Contents/MacOS/Claude Helper (GPU)`, ['--type=gpu-process']],
    ['desktop-helper', `${app}/Frameworks/Squirrel.framework/Resources/ShipIt`, []],
    ['desktop-launcher', `${app}/Helpers/disclaimer`, ['--', '/x/claude', '--type=x']],
    ['chrome-native-host', `${app}/Helpers/chrome-native-host`, []],
    ['chrome-native-host', '/Users/dana/Library/Application Support/Claude/ChromeNativeHost/chrome-native-host', []],
    [null, '/Users/dana/Library/Application Support/Claude/claude-code/2.1.246/claude.app/Contents/MacOS/claude', []],
    [null, '/Applications/NotClaude.app/Contents/MacOS/Claude', []],
    [null, '/Applications/Claude.app.backup/MacOS/Claude', []],
  ])('on macOS %s: %s %j', (kind, exe, args) => {
    expect(kindOf(exe, args, mac)).toBe(kind);
  });

  it.each<[Kind | null, string, readonly string[]]>([
    ['desktop-app', 'C:\\Program Files\\WindowsApps\\Claude_1.2.3.0_x64__pzs8sxrjxfjjc\\app\\claude.exe', []],
    ['desktop-helper', 'C:\\Program Files\\WindowsApps\\Claude_1.2.3.0_x64__pzs8sxrjxfjjc\\app\\Claude.exe', ['--type=gpu-process']],
    ['desktop-service', 'C:\\Program Files\\WindowsApps\\Claude_1.2.3.0_x64__pzs8sxrjxfjjc\\app\\resources\\cowork-svc.exe', []],
    ['desktop-app', 'C:\\Users\\dana\\AppData\\Local\\AnthropicClaude\\app-1.1.886\\claude.exe', []],
    ['chrome-native-host', 'C:\\Users\\dana\\AppData\\Roaming\\Claude\\ChromeNativeHost\\chrome-native-host.exe', []],
    [null, 'C:\\Program Files\\WindowsApps\\ClaudeMonitor_1.0_x64\\app\\claude.exe', []],
  ])('on Windows %s: %s %j', (kind, exe, args) => {
    expect(kindOf(exe, args, { platform: 'win32' })).toBe(kind);
  });

  const electron = '/usr/lib/electron36/electron';
  const mount = '/tmp/.mount_claudeiXN8ff';
  it.each<[Kind | null, string, readonly string[]]>([
    ['desktop-app', '/usr/lib/claude-desktop/claude-desktop', []],
    ['desktop-helper', '/usr/lib/claude-desktop/claude-desktop', ['--type=zygote']],
    ['desktop-app', '/usr/lib/claude-desktop/claude-desktop', ['--', '--type=zygote']],
    ['desktop-helper', '/usr/lib/claude-desktop/chrome_crashpad_handler', []],
    ['desktop-app', '/usr/lib/claude-desktop/node_modules/electron/dist/electron', ['/usr/lib/claude-desktop/app.asar']],
    ['desktop-app', electron, ['--no-sandbox', '/usr/lib/claude-desktop/app.asar']],
    ['desktop-helper', electron, ['--type=renderer', '--app-path=/usr/lib/claude-desktop/app.asar']],
    ['desktop-service', '/usr/bin/node', ['/usr/lib/claude-desktop/cowork-vm-service.js']],
    ['desktop-app', `${mount}/usr/lib/node_modules/electron/dist/electron`, []],
    [
      'desktop-service',
      `${mount}/usr/lib/node_modules/electron/dist/electron`,
      [`${mount}/usr/lib/app.asar.unpacked/cowork-vm-service.js`],
    ],
    [null, '/tmp/.mount_ClaudeAb12cd/claude-manager', []],
    [null, '/tmp/.mount_ClaudeAb12cd/usr/bin/claude-monitor', []],
    [null, electron, ['/opt/other/app.asar']],
    [null, '/usr/bin/node', ['/usr/lib/claude-desktop/other.js']],
    [null, '/usr/bin/vim', ['/usr/lib/claude-desktop/cowork-vm-service.js']],
    [null, '/usr/lib/claude-desktop-tools/x', []],
  ])('on Linux %s: %s %j', (kind, exe, args) => {
    expect(kindOf(exe, args)).toBe(kind);
  });

  it('needs an executable that can be read', () => {
    expect(desktopPart(facts({ exe: null, comm: 'claude-desktop', argv: ['/usr/lib/claude-desktop/claude-desktop'] }))).toBeNull();
  });
});

describe('coworkVm', () => {
  const vm = { platform: 'darwin', comm: 'com.apple.Virtua', exe: '/x/com.apple.Virtualization.VirtualMachine' } as const;
  const disk = '/Users/dana/Library/Application Support/Claude/vm_bundles/claudevm.bundle/rootfs.img';

  it('is claimed by an open file or a compute system, never by its program', () => {
    expect(coworkVm(facts({ ...vm, hints: { openFile: disk } }))).toEqual({ by: 'file', claim: disk });
    expect(coworkVm(facts({ ...vm, hints: { openFile: '/Users/dana/Docker.raw' } }))).toBeNull();
    expect(coworkVm(facts({ ...vm }))).toBeNull();
    const worker = facts({
      platform: 'win32',
      comm: 'vmwp.exe',
      exe: 'C:\\Windows\\System32\\vmwp.exe',
      hints: { computeSystem: 'cowork-vm-8597' },
    });
    expect(coworkVm(worker)).toEqual({ by: 'system', claim: 'cowork-vm-8597' });
    expect(coworkVm({ ...worker, hints: { computeSystem: 'Ubuntu' } })).toBeNull();
  });

  it('is not whatever else reads its disk', () => {
    expect(coworkVm(facts({ platform: 'darwin', comm: 'rsync', exe: '/usr/bin/rsync', hints: { openFile: disk } }))).toBeNull();
  });
});
