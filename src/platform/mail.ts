import { Readable } from 'node:stream';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Config } from './config.ts';

/** A mail as it is handed over: the envelope, and everything else in `raw` (RFC 5322). */
export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly raw: Buffer;
  /** As in `raw`, for showing it where it is captured. */
  readonly subject: string;
  readonly html: string;
}

/** What is known after a mail was offered to the mail server. */
export type Handover =
  | { readonly result: 'TAKEN' }
  /** It was not taken, and never will be where `forGood`. */
  | { readonly result: 'REFUSED'; readonly forGood: boolean; readonly why: string }
  /** It was on its way when the answer was lost: it may have been taken. */
  | { readonly result: 'UNKNOWN'; readonly why: string };

/** Hands mail over. Never rejects, and answers within MAIL_TIMEOUT_MS. */
export interface Mailer {
  handOver(mail: Mail): Promise<Handover>;
  /** What was handed over, the newest first, where there is no mail server; undefined where there is one. */
  readonly captured: readonly Mail[] | undefined;
}

/** Whether mail goes anywhere: in production only with SMTP_URL; otherwise it is captured, and shown. */
export function sendsMail({ smtpUrl, mode }: Pick<Config, 'smtpUrl' | 'mode'>): boolean {
  return smtpUrl !== undefined || mode !== 'production';
}

/** Captured mails that are kept. */
const mostCaptured = 50;

/** The mail server of SMTP_URL, or a mailer that keeps what it is given. */
export function createMailer({ smtpUrl, mailTimeoutMs }: Pick<Config, 'smtpUrl' | 'mailTimeoutMs'>): Mailer {
  if (smtpUrl !== undefined) {
    return { captured: undefined, handOver: (mail) => handOverTo(smtpUrl, mail, mailTimeoutMs) };
  }
  const captured: Mail[] = [];
  return {
    captured,
    async handOver(mail) {
      captured.unshift(mail);
      captured.length = Math.min(captured.length, mostCaptured);
      return { result: 'TAKEN' };
    },
  };
}

/** An error of the connection: what the server answered, and to which command. */
interface MailError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/** A connection for each mail: who sends thousands has a mail server beside, and it knows of queues. */
function handOverTo(smtpUrl: string, { from, to, raw }: Mail, timeoutMs: number): Promise<Handover> {
  const { auth, ...address } = parseConnectionUrl(smtpUrl);
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const connection = new SMTPConnection({ ...address, ...timeouts });
  let offered = false;
  // Its first read comes with the server's leave to send it: until then nothing can have been taken.
  const body = new Readable({
    read() {
      offered = true;
      this.push(raw);
      this.push(null);
    },
  });

  const { promise, resolve } = Promise.withResolvers<Handover>();
  const failed = (error: MailError) => resolve(outcomeOf(error, offered));
  const timer = setTimeout(() => failed(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  const send = () => {
    connection.send({ from, to: [to] }, body, (error) => (error ? failed(error) : resolve({ result: 'TAKEN' })));
  };
  connection.on('error', failed);
  connection.on('end', () => failed(new Error('the connection ended')));
  connection.connect((error) => {
    if (error) failed(error);
    else if (auth && connection.allowsAuth)
      connection.login({ credentials: { user: auth.user, pass: auth.pass } }, (refused) =>
        refused ? failed(refused) : send(),
      );
    else send();
  });
  return promise.finally(() => {
    clearTimeout(timer);
    connection.close();
  });
}

function outcomeOf({ message, code, command, responseCode }: MailError, offered: boolean): Handover {
  if (responseCode === undefined && offered) return { result: 'UNKNOWN', why: message };
  // Of the sender, of the connection and of who we are, somebody can mend; of the recipient and the mail itself, not.
  const isAboutThis = command === 'RCPT TO' || command === 'DATA' || (code === 'EENVELOPE' && command === 'API');
  const forGood = isAboutThis && (responseCode === undefined || responseCode >= 500);
  return { result: 'REFUSED', forGood, why: message };
}
