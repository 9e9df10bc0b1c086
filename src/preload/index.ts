import { contextBridge, ipcRenderer } from 'electron';
import type { Api } from '../shared/api.js';
import { COMMANDS, NAVIGATE_CHANNEL, UPDATE_CHANNEL } from '../shared/api.js';

const commands = Object.fromEntries(COMMANDS.map((name) => [name, (input: unknown) => ipcRenderer.invoke(name, input)]));

const listenOn =
  <T>(channel: string) =>
  (listener: (value: T) => void): (() => void) => {
    const forward = (_event: unknown, value: T): void => listener(value);
    ipcRenderer.on(channel, forward);
    return () => ipcRenderer.removeListener(channel, forward);
  };

const onUpdate: Api['onUpdate'] = listenOn(UPDATE_CHANNEL);
const onNavigate: Api['onNavigate'] = listenOn(NAVIGATE_CHANNEL);

contextBridge.exposeInMainWorld('claudeManager', { ...commands, onUpdate, onNavigate });
