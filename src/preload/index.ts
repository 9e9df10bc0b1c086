import { contextBridge, ipcRenderer } from 'electron';
import type { Api, AppState } from '../shared/api.js';
import { COMMANDS, UPDATE_CHANNEL } from '../shared/api.js';

const commands = Object.fromEntries(COMMANDS.map((name) => [name, (input: unknown) => ipcRenderer.invoke(name, input)]));

const onUpdate: Api['onUpdate'] = (listener) => {
  const forward = (_event: unknown, state: AppState): void => listener(state);
  ipcRenderer.on(UPDATE_CHANNEL, forward);
  return () => ipcRenderer.removeListener(UPDATE_CHANNEL, forward);
};

contextBridge.exposeInMainWorld('claudeManager', { ...commands, onUpdate });
