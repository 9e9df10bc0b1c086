import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Switch } from '@base-ui/react/switch';
import { useState } from 'react';
import type { CleanupMode } from '../../shared/care.js';
import { answerFirstRun } from '../care.js';
import { setPreferences } from '../commands.js';
import { useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { CleanupReview, isReview, useReview } from './CleanupReview.js';
import { Icon, type IconName } from './Icon.js';
import { overlayRoot } from './overlay-root.js';
import { Picker } from './Picker.js';

const MODES = ['report', 'ask', 'automatic'] as const satisfies readonly CleanupMode[];
const LANGUAGES = ['en', 'pt-BR'] as const;
const PLEDGES: readonly { readonly id: 'reads' | 'sends' | 'ends'; readonly icon: IconName }[] = [
  { id: 'reads', icon: 'eye' },
  { id: 'sends', icon: 'lock' },
  { id: 'ends', icon: 'end' },
];

const Pledges = () => {
  const say = useWords();
  const sessions = useShown((shown) => shown.app?.snapshot?.totals.sessions ?? null);
  const orphans = useShown((shown) => shown.app?.quick.orphans ?? 0);
  return (
    <div className="l">
      <h1>{say('first.title')}</h1>
      <p className="t2">{say('first.before')}</p>
      <dl className="pledge">
        {PLEDGES.map(({ id, icon }) => (
          <div key={id}>
            <dt>
              <Icon name={icon} />
              {say(`first.${id}`)}
            </dt>
            <dd>{say(`first.${id}What`)}</dd>
          </div>
        ))}
      </dl>
      {sessions !== null && (
        <p className="small t3 found">
          {say('first.found', { sessions: say('first.sessions', { count: sessions }), orphans: say('first.orphans', { count: orphans }) })}
        </p>
      )}
    </div>
  );
};

const SetUp = () => {
  const say = useWords();
  const language = useShown((shown) => shown.app?.language ?? 'en');
  const [mode, setMode] = useState<CleanupMode>('report');
  const [alertsEnabled, setAlerts] = useState(true);
  const [busy, setBusy] = useState(false);
  const review = useReview(true);
  const rulesId = isReview(review) ? review.rulesId : null;
  const automatic = mode === 'automatic';
  const start = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await answerFirstRun({ mode, alertsEnabled, rulesId: automatic ? rulesId : null });
    setBusy(false);
  };
  return (
    <div className="r">
      <section className="choices" aria-label={say('first.setUp')} tabIndex={0}>
        <h2>{say('first.setUp')}</h2>
        <div className="opts">
          <div>
            <span>{say('first.language')}</span>
            <Picker
              name={say('first.language')}
              value={language}
              none={language}
              choices={LANGUAGES.map((value) => ({ value, label: say(`ui.menu.languages.${value}`) }))}
              onPick={(value) => {
                const next = LANGUAGES.find((each) => each === value);
                if (next) void setPreferences({ language: next });
              }}
            />
          </div>
          <div>
            <div>
              <div id="first-alerts">{say('first.alerts')}</div>
              <div className="small t3">{say('first.alertsWhat')}</div>
            </div>
            <Switch.Root className="switch" aria-labelledby="first-alerts" checked={alertsEnabled} onCheckedChange={setAlerts}>
              <Switch.Thumb />
            </Switch.Root>
          </div>
        </div>
        <h3 id="first-mode">{say('cleanup.name')}</h3>
        <RadioGroup
          aria-labelledby="first-mode"
          value={mode}
          onValueChange={(value: unknown) => setMode(MODES.find((each) => each === value) ?? 'report')}
        >
          {MODES.map((each) => (
            <label className="radio" key={each}>
              <Radio.Root className="o" value={each} aria-label={say(`cleanup.mode.${each}`)} />
              <span>
                {say(`cleanup.mode.${each}`)}
                <span className="small t3">{say(`cleanup.modeWhat.${each}`)}</span>
              </span>
            </label>
          ))}
        </RadioGroup>
        <CleanupReview review={review} />
      </section>
      <div className="go">
        <button type="button" className="btn lg primary" disabled={busy || (automatic && rulesId === null)} onClick={() => void start()}>
          {say(automatic ? 'first.agreeAndStart' : 'first.start')}
        </button>
      </div>
    </div>
  );
};

/** The first screen: what the program reads, sends and ends, and how far automatic cleanup may go, shown on what runs right now. */
export const FirstRun = () => (
  <main className="first">
    <Pledges />
    <SetUp />
    <div ref={overlayRoot} />
  </main>
);
