import type { IpcMainInvokeEvent, WebContents } from 'electron';
import { ipcMain } from 'electron';
import type { CommandInput, CommandName, CommandOutputs, Destination, Result } from '../shared/api.js';
import { COMMANDS, NAVIGATE_CHANNEL, UPDATE_CHANNEL } from '../shared/api.js';
import { commandInputs } from '../shared/api-schema.js';
import type { Update } from '../shared/patch.js';

/** Who asked: previews are bound to it. */
export interface Caller {
  readonly id: string;
}

export type Handlers = {
  readonly [C in CommandName]: (input: CommandInput<C>, caller: Caller) => Promise<Result<CommandOutputs[C]>>;
};

export interface IpcParts {
  readonly handlers: Handlers;
  /** Whether a web contents is a window of ours and the address its own page. */
  readonly isTrusted: (contents: WebContents, url: string) => boolean;
  readonly onError: (command: CommandName, error: unknown) => void;
}

const refuse = (id: string): Result<never> => ({ ok: false, failure: { reason: 'invalid', id } });

const isFromOurPage = (event: IpcMainInvokeEvent, isTrusted: IpcParts['isTrusted']): boolean => {
  const frame = event.senderFrame;
  // A null frame is gone or navigated away; a sub-frame is never ours.
  return frame !== null && frame.parent === null && isTrusted(event.sender, frame.url);
};

/** Registers every command of the contract: sender checked, input parsed, and whatever throws crosses as a failure. */
export const registerIpc = ({ handlers, isTrusted, onError }: IpcParts): void => {
  const register = <C extends CommandName>(name: C): void => {
    ipcMain.handle(name, async (event, input: unknown): Promise<Result<CommandOutputs[C]>> => {
      if (!isFromOurPage(event, isTrusted)) return refuse('sender');
      const parsed = commandInputs[name].safeParse(input);
      if (!parsed.success) return refuse('input');
      try {
        return await handlers[name](parsed.data as CommandInput<C>, { id: `window-${event.sender.id}` });
      } catch (error) {
        onError(name, error);
        return refuse('unexpected');
      }
    });
  };
  for (const name of COMMANDS) register(name);
};

/** Pushes what changed to a window; a window that is going away is left out. */
export const pushUpdate = (contents: WebContents, update: Update): void => {
  if (!contents.isDestroyed()) contents.send(UPDATE_CHANNEL, update);
};

/** Tells a window where to go. */
export const pushDestination = (contents: WebContents, destination: Destination): void => {
  if (!contents.isDestroyed()) contents.send(NAVIGATE_CHANNEL, destination);
};
