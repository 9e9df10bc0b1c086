import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { rememberAnalytics } from './analytics/analytics-view.js';
import { followNews } from './care.js';
import { startWords, WordsProvider } from './i18n.js';
import { followMain } from './navigate.js';
import { ErrorBoundary } from './parts/ErrorBoundary.js';
import { rememberPlace } from './place.js';
import { connect, somethingToShow } from './store.js';
import { rememberTab } from './tab.js';
import { rememberView } from './view.js';

/** So long the page waits with its first drawing for what it is to show: two drawings take twice the time. */
const PATIENCE_MS = 200;

const root = document.querySelector('#root');
if (!root) throw new Error('index.html has no #root');

// Until main has said which: what the system prefers, so that no other theme or language flashes up first.
document.documentElement.dataset['theme'] = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
startWords(navigator.language.toLowerCase().startsWith('pt') ? 'pt-BR' : 'en');
rememberView(window.localStorage);
rememberTab(window.localStorage);
rememberAnalytics(window.localStorage);
rememberPlace(window.localStorage, document, window.location.hash);
followMain(window.claudeManager);
followNews();
connect(window.claudeManager, document);

await somethingToShow(PATIENCE_MS);
createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <WordsProvider>
        <ErrorBoundary>
          <App />
        </ErrorBoundary>
      </WordsProvider>
    </CSPProvider>
  </StrictMode>,
);
