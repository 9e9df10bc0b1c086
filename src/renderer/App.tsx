import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { sayFrom, useWords } from './i18n.js';
import { useShortcuts } from './keyboard.js';
import { Banners } from './parts/Banners.js';
import { Bell } from './parts/Bell.js';
import { CleanupBanner } from './parts/CleanupBanner.js';
import { ConfigSearch } from './parts/ConfigSearch.js';
import { ConsentDialog } from './parts/ConsentDialog.js';
import { EndDialog } from './parts/EndDialog.js';
import { Crash } from './parts/ErrorBoundary.js';
import { FirstRun } from './parts/FirstRun.js';
import { InfoDialogs } from './parts/InfoDialogs.js';
import { LogSearch } from './parts/LogSearch.js';
import { MonitorSearch } from './parts/MonitorSearch.js';
import { OverflowMenu } from './parts/OverflowMenu.js';
import { overlayRoot } from './parts/overlay-root.js';
import { Tabs } from './parts/Tabs.js';
import { TipLayer } from './parts/TipLayer.js';
import { Toasts } from './parts/Toasts.js';
import { Sidebar } from './Sidebar.js';
import { useShown } from './store.js';
import { useTab } from './tab.js';
import { MonitorTab } from './tabs/MonitorTab.js';

// Loaded when somebody goes there: a window opens on the table, and the charts alone are more than all the rest.
const AnalyticsTab = lazy(async () => ({ default: (await import('./tabs/AnalyticsTab.js')).AnalyticsTab }));
const ConfigTab = lazy(async () => ({ default: (await import('./tabs/ConfigTab.js')).ConfigTab }));
const LogsTab = lazy(async () => ({ default: (await import('./tabs/LogsTab.js')).LogsTab }));

const DARK = '(prefers-color-scheme: dark)';

/** Puts the chosen theme on the page; "system" follows the system as it changes. */
const useTheme = (): void => {
  const theme = useShown((shown) => shown.app?.settings.theme ?? 'system');
  useEffect(() => {
    const query = window.matchMedia(DARK);
    const apply = (): void => {
      document.documentElement.dataset['theme'] = theme === 'system' ? (query.matches ? 'dark' : 'light') : theme;
    };
    apply();
    query.addEventListener('change', apply);
    return () => query.removeEventListener('change', apply);
  }, [theme]);
};

/** Speaks the language that main has resolved. */
const useSpeech = (): void => {
  const { i18n } = useTranslation();
  const language = useShown((shown) => shown.app?.language);
  useEffect(() => {
    if (!language) return;
    document.documentElement.lang = language;
    if (i18n.language !== language) void i18n.changeLanguage(language);
  }, [language, i18n]);
};

/** The window: sidebar, tabs, the tab that is shown, and what lies over it. */
export const App = () => {
  const say = useWords();
  const failure = useShown((shown) => (shown.app ? null : shown.failure));
  const firstRun = useShown((shown) => shown.app?.automation.firstRun ?? false);
  const tab = useTab((state) => state.tab);
  useTheme();
  useSpeech();
  useShortcuts();
  if (failure) return <Crash message={sayFrom(say, 'error', failure)} />;
  if (firstRun)
    return (
      <>
        <FirstRun />
        <Toasts />
        <TipLayer />
      </>
    );
  return (
    <>
      <div className="app">
        <Sidebar />
        <main className="main">
          <div className="content">
            <header className="bar">
              <h1 className="said">Claude Manager</h1>
              <Tabs />
              {tab === 'logs' ? <LogSearch /> : tab === 'config' ? <ConfigSearch /> : tab === 'monitor' ? <MonitorSearch /> : null}
              <Bell />
              <OverflowMenu />
            </header>
            <CleanupBanner />
            <Banners />
            <div className="panel-at" id={`panel-${tab}`} role="tabpanel" aria-labelledby={`tab-${tab}`} key={tab}>
              <Suspense>{{ monitor: <MonitorTab />, analytics: <AnalyticsTab />, config: <ConfigTab />, logs: <LogsTab /> }[tab]}</Suspense>
            </div>
          </div>
          <div ref={overlayRoot} />
        </main>
      </div>
      <Toasts />
      <EndDialog />
      <InfoDialogs />
      <ConsentDialog />
      <TipLayer />
    </>
  );
};
