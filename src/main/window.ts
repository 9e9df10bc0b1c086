import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BrowserWindow, Menu, nativeTheme, protocol, session } from 'electron';
import type { WindowPlace } from './window-place.js';

/** The one origin that the window may show and that commands are taken from. */
export const APP_ORIGIN = 'app://ui';

/** No `unsafe-*`: styles come from files, React sets single properties through the CSSOM. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join('; ');

const MIME: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const outFolder = fileURLToPath(new URL('..', import.meta.url));
const rendererFolder = join(outFolder, 'renderer');

/** Set by the development server only; a packaged or built application never has it. */
const devUrl = process.env['ELECTRON_RENDERER_URL'];

/** Before `ready`: makes app:// a standard, secure scheme (its own origin, CSP and module scripts work). What was compiled of it once is kept for the next window. */
export const registerScheme = (): void => {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
};

const serve = async (request: Request): Promise<Response> => {
  const url = new URL(request.url);
  const headers = { 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff' };
  const missing = new Response('not found', { status: 404, headers });
  if (request.method !== 'GET' || url.host !== 'ui') return missing;
  const path = normalize(join(rendererFolder, decodeURIComponent(url.pathname === '/' ? '/index.html' : url.pathname)));
  const type = MIME[extname(path)];
  if (!path.startsWith(rendererFolder + sep) || type === undefined) return missing;
  try {
    // A link inside the folder must not lead out of it.
    if (!realpathSync(path).startsWith(realpathSync(rendererFolder) + sep)) return missing;
    return new Response(await readFile(path), { headers: { ...headers, 'content-type': type } });
  } catch {
    return missing;
  }
};

/** After `ready`: serves the window's files and refuses every permission that a page can ask for. */
export const prepareSession = (): void => {
  protocol.handle('app', serve);
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.setDevicePermissionHandler(() => false);
};

/** Whether a frame's address is our own page. `URL.origin` is "null" for schemes that Node does not know, so by parts. */
export const isOurPage = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const page = new URL(url);
  return `${page.protocol}//${page.host}` === (devUrl === undefined ? APP_ORIGIN : new URL(devUrl).origin);
};

/** The default menu binds Ctrl+R and F5 to a reload of the page; here they read the processes anew. macOS needs its menu for copy and paste. */
export const removeDefaultMenu = (): void => {
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null);
};

/** Told to every page of this run, so that one that comes back finds its place, and one of another run begins anew. */
const RUN_ID = randomUUID();

export interface WindowOptions {
  readonly demo: boolean;
  /** Null = where the system puts it. */
  readonly place: WindowPlace | null;
  /** Whether it is still to be shown when it has painted. */
  readonly wanted: () => boolean;
}

/** The one window: no Node, sandboxed, isolated, pinned to its origin. Shown once it has painted. */
export const createWindow = ({ demo, place, wanted }: WindowOptions): BrowserWindow => {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    ...(place && { x: place.x, y: place.y, width: place.width, height: place.height }),
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: demo ? 'Claude Manager – Demo' : 'Claude Manager',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#201f1d' : '#ffffff',
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(outFolder, 'preload', 'index.cjs'),
      contextIsolation: true,
      nodeIntegration: false,
      sandbox: true,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => {
    if (!wanted()) return;
    if (place?.maximized) window.maximize();
    window.show();
  });
  const { webContents } = window;
  // The page's own title would take its place.
  if (demo) window.on('page-title-updated', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const)
    webContents.on(name as 'will-navigate', (event) => {
      if (!isOurPage(event.url)) event.preventDefault();
    });
  void window.loadURL(`${devUrl ?? `${APP_ORIGIN}/index.html`}#${RUN_ID}`);
  return window;
};
