import { useEffect } from 'react';
import type { AutomationState, CleanupTarget } from '../../shared/care.js';
import { steerCleanup } from '../care.js';
import { useNow } from '../clock.js';
import { wantAutomatic } from '../config-view.js';
import { askFor } from '../ending.js';
import { useWords } from '../i18n.js';
import { toClean } from '../requests.js';
import { useShown } from '../store.js';
import { announce } from '../toasts.js';
import { Icon } from './Icon.js';
import { Ring } from './Ring.js';

const namesOf = (targets: readonly CleanupTarget[]): string => targets.map(({ name }) => name).join(', ');

/** A sentence and whom it is about. */
const About = ({ words, targets }: { readonly words: string; readonly targets: readonly CleanupTarget[] }) => (
  <span className="clip grow" data-tip={namesOf(targets)} data-tip-clip>
    <span className="strong">{words}</span> <span className="t2">{namesOf(targets)}</span>
  </span>
);

/** Looks at them in the preview instead: nothing ends by itself any more. */
const Review = ({ targets }: { readonly targets: readonly CleanupTarget[] }) => {
  const say = useWords();
  return (
    <button
      type="button"
      className="btn sm"
      onClick={() => {
        void steerCleanup('cancel');
        void askFor(toClean(targets.map(({ key }) => key)));
      }}
    >
      {say('cleanup.review')}…
    </button>
  );
};

/** What is about to be ended, with the ways to stop it. The seconds are for the eye; that it began is said once. */
const Countdown = ({ countdown }: { readonly countdown: NonNullable<AutomationState['countdown']> }) => {
  const say = useWords();
  const now = useNow();
  const { startedAtMs, endsAtMs, targets } = countdown;
  const whole = Math.ceil((endsAtMs - startedAtMs) / 1000);
  const left = Math.max(0, Math.ceil((endsAtMs - now) / 1000));
  const count = targets.length;
  useEffect(() => announce(say('cleanup.countdown', { count, seconds: whole })), [say, count, whole]);
  return (
    <section className="banner" aria-label={say('cleanup.name')}>
      <Ring secondsLeft={left} intervalSeconds={whole} />
      <About words={say('cleanup.countdown', { count, seconds: left })} targets={targets} />
      <Review targets={targets} />
      <button type="button" className="btn sm" onClick={() => void steerCleanup('extend')}>
        {say('cleanup.extend')}
      </button>
      <button type="button" className="btn sm" onClick={() => void steerCleanup('snooze')}>
        {say('cleanup.snooze')}
      </button>
      <button type="button" className="btn sm" onClick={() => void steerCleanup('cancel')}>
        {say('cleanup.cancel')}
      </button>
    </section>
  );
};

const Question = ({ targets }: { readonly targets: readonly CleanupTarget[] }) => {
  const say = useWords();
  return (
    <section className="banner" aria-label={say('cleanup.name')}>
      <Icon name="broom" />
      <About words={say('cleanup.question', { count: targets.length })} targets={targets} />
      <Review targets={targets} />
      <button type="button" className="btn sm" onClick={() => void steerCleanup('cancel')}>
        {say('cleanup.notNow')}
      </button>
    </section>
  );
};

/** Automatic cleanup above the toolbar: a countdown, a question, a consent that is wanted, or that it stopped itself. */
export const CleanupBanner = () => {
  const say = useWords();
  const automation = useShown((shown) => shown.app?.automation);
  if (!automation) return null;
  const { countdown, proposal, hold } = automation;
  if (countdown) return <Countdown countdown={countdown} />;
  if (hold === 'halted')
    return (
      <section className="banner" aria-label={say('cleanup.name')}>
        <Icon name="warn" />
        <span className="clip grow">{say('cleanup.haltedBanner')}</span>
        <button type="button" className="btn sm" onClick={() => void steerCleanup('resume')}>
          {say('cleanup.goOn')}
        </button>
      </section>
    );
  if (proposal) return <Question targets={proposal} />;
  if (hold !== 'consent') return null;
  return (
    <section className="banner info" aria-label={say('cleanup.name')}>
      <Icon name="broom" />
      <span className="clip grow" data-tip={say('cleanup.consentBanner')} data-tip-clip>
        {say('cleanup.consentBanner')}
      </span>
      <button type="button" className="btn sm" onClick={wantAutomatic}>
        {say('cleanup.review')}…
      </button>
    </section>
  );
};
