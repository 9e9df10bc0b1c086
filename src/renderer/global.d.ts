import type { Api } from '../shared/api.js';

declare global {
  interface Window {
    /** Put there by the preload; the window's only way out. */
    readonly claudeManager: Api;
  }
}

declare module 'react' {
  interface CSSProperties {
    '--cols'?: string;
    '--col-gap'?: string;
    '--edge'?: string;
    '--bar-px'?: string;
    '--rows-px'?: string;
  }
}
