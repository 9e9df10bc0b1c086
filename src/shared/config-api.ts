import type { ConfigPreview } from './config-edit.js';
import type { Weakening } from './weaker.js';

/** The window's commands on the configuration; part of the contract in api.ts. */
export const CONFIG_COMMANDS = ['updateConfig', 'previewImport', 'previewRestore', 'listBackups', 'exportConfig'] as const;

export interface ConfigOutputs {
  updateConfig: null;
  /** Null = the user closed the dialog. */
  previewImport: (ConfigPreview & { readonly file: string }) | null;
  previewRestore: ConfigPreview;
  /** Newest first; `atMs` is wall time. */
  listBackups: readonly { readonly name: string; readonly atMs: number }[];
  /** Null = the user closed the dialog. */
  exportConfig: { readonly path: string | null };
}

/** The configuration's file as the window shows it. */
export interface ConfigFileView {
  readonly path: string;
  /** Wall ms of its last change as we saw it; null = there is none. */
  readonly savedAtMs: number | null;
  /** Ways in which the file protects less than what is in force, until the user agrees (weaker.ts). */
  readonly weaker: readonly Weakening[];
}
