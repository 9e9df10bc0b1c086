/** One notification. Its texts are plain: whoever shows it makes them safe for where they are shown. */
export interface Message {
  /** Ours: a second message with the same id replaces the first. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** Buttons, at most three; the notification itself answers as `default`. */
  readonly buttons: readonly { readonly id: string; readonly label: string }[];
  /** Stays until it is answered or withdrawn. */
  readonly sticky: boolean;
}

/** Shows notifications outside of the window. */
export interface Notifier {
  /** Whether it was handed to somebody who shows it; false where there is nobody. Never rejects. */
  readonly show: (message: Message) => Promise<boolean>;
  readonly withdraw: (id: string) => Promise<void>;
  /** Takes back everything that is shown. */
  readonly close: () => Promise<void>;
}

export interface NotifierParts {
  /** `default` = the notification itself was clicked, else a button's id. */
  readonly onAnswer: (messageId: string, answer: string) => void;
  readonly onProblem: (problem: unknown) => void;
}

/** Where nothing is to be shown outside of the window. */
export const silentNotifier: Notifier = { show: async () => false, withdraw: async () => undefined, close: async () => undefined };
