import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Message, systemBus, Variant } from '@jellybrick/dbus-next';

const AGENT = 'org.freedesktop.PolicyKit1.AuthenticationAgent';
const HELPER = '/usr/lib/polkit-1/polkit-agent-helper-1';

/** What a person at the password dialog does. */
export type Person = { readonly does: 'cancel' | 'refuse' } | { readonly does: 'answer'; readonly user: string; readonly password: string };

export interface Asked {
  readonly action: string;
  readonly message: string;
}

const startTimeOf = (pid: number): bigint => BigInt(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19] ?? 0);

/** Types the password where polkit's own program asks for it. */
const answer = (cookie: string, user: string, password: string): Promise<void> =>
  new Promise((resolve) => {
    const helper = spawn(HELPER, [user]);
    helper.stdin.write(`${cookie}\n`);
    helper.stdout.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n')) if (line.startsWith('PAM_PROMPT_ECHO_OFF')) helper.stdin.write(`${password}\n`);
    });
    helper.on('close', () => resolve());
  });

/**
 * A polkit authentication agent for this process and what it starts: shows no dialog but does what `person` would. `onAsked` runs while the
 * dialog stands. Resolves with the way to stop, once it is registered.
 */
export const startAgent = async (person: Person, onAsked: (asked: Asked) => Promise<void>): Promise<() => void> => {
  const bus = systemBus();
  bus.addMethodHandler((message) => {
    if (message.interface !== AGENT) return false;
    if (message.member === 'BeginAuthentication') {
      const [action, text, , , cookie] = message.body as readonly string[];
      const act = async (): Promise<void> => {
        await onAsked({ action: action ?? '', message: text ?? '' });
        if (person.does === 'cancel') {
          bus.send(Message.newError(message, 'org.freedesktop.PolicyKit1.Error.Cancelled', 'dismissed'));
          return;
        }
        if (person.does === 'answer') await answer(cookie ?? '', person.user, person.password);
        bus.send(Message.newMethodReturn(message));
      };
      void act();
      return true;
    }
    if (message.member !== 'CancelAuthentication') return false;
    bus.send(Message.newMethodReturn(message));
    return true;
  });
  const subject = { pid: new Variant('u', process.pid), 'start-time': new Variant('t', startTimeOf(process.pid)) };
  await bus.call(
    new Message({
      destination: 'org.freedesktop.PolicyKit1',
      path: '/org/freedesktop/PolicyKit1/Authority',
      interface: 'org.freedesktop.PolicyKit1.Authority',
      member: 'RegisterAuthenticationAgent',
      signature: '(sa{sv})ss',
      body: [['unix-process', subject], 'en_US.UTF-8', '/test/agent'],
    }),
  );
  return () => bus.disconnect();
};
