import { Component, type ReactNode } from 'react';
import { useWords } from '../i18n.js';

interface State {
  readonly error: Error | null;
}

/** What is left when drawing the page has failed: what happened, and the way out. */
export const Crash = ({ message }: { readonly message: string }) => {
  const say = useWords();
  return (
    <main className="crash">
      <h1>{say('ui.crash.title')}</h1>
      <p>{say('ui.crash.text')}</p>
      <pre className="mono">{message}</pre>
      <button type="button" className="btn primary" onClick={() => window.location.reload()}>
        {say('ui.crash.reload')}
      </button>
    </main>
  );
};

/** React asks for a class here: only a class can catch what drawing throws. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    return this.state.error ? <Crash message={this.state.error.message} /> : this.props.children;
  }
}
