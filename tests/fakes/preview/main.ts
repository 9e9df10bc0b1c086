import { someStopped } from './fake-actions.js';
import { createFakeApi } from './fake-api.js';
import { aScene, type SceneOptions } from './scene.js';

/** The real page on an invented machine, in any browser: `npx vite .`, then /tests/fakes/preview/index.html?rows=17&kind=full&lang=pt-BR&theme=dark&look=5000 */
const query = new URLSearchParams(window.location.search);
const kinds: readonly SceneOptions['kind'][] = ['full', 'empty', 'first', 'denied', 'stale', 'failed'];
const themes: readonly SceneOptions['theme'][] = ['system', 'light', 'dark'];
const options: SceneOptions = {
  rows: Number(query.get('rows') ?? 17),
  language: query.get('lang') === 'pt-BR' ? 'pt-BR' : 'en',
  theme: themes.find((theme) => theme === query.get('theme')) ?? 'system',
  kind: kinds.find((kind) => kind === query.get('kind')) ?? 'full',
  notice: query.has('notice'),
  foreign: query.has('foreign'),
};

// For timing the page alone: ?ready=30 makes that many states beforehand.
const began = Date.now();
const ready = Array.from({ length: Number(query.get('ready') ?? 0) }, (_, tick) => aScene(options, tick, began + tick * 5000));
const api = createFakeApi((tick) => ready[tick % ready.length] ?? aScene(options, tick, Date.now()), {
  lookMs: Number(query.get('look') ?? 5000),
  endMs: Number(query.get('end') ?? 400),
  stubborn: (query.get('stubborn') ?? '').split(',').map(Number),
  expired: query.has('expired'),
  elevation: query.get('elevation'),
  stopped: query.has('stopped') ? someStopped(began) : [],
  logLines: Number(query.get('log') ?? 400),
});
const font = query.get('font');
if (font) document.documentElement.style.setProperty('--font', font);
Object.assign(window, { claudeManager: api });
await import('../../../src/renderer/main.js');
