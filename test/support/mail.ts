// A mail server of the test's own, which takes mail as SMTP says, or refuses it as the test says.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly parsed: Email;
}

export interface MailServer extends AsyncDisposable {
  /** For SMTP_URL. */
  readonly url: string;
  /** What it has taken, the oldest first. */
  readonly mails: readonly ReceivedMail[];
  /** Asked of each mail once its text has come; what it throws is the answer. Absent: taken. */
  onMail: ((raw: string, session: { drop: () => void }) => void | Promise<void>) | undefined;
  /** Asked for each recipient; what it returns is the refusal. */
  onRecipient: ((address: string) => Error | undefined) | undefined;
}

/** What the server answers with, `451 Come again`. */
export function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** With `password` it takes mail only from whoever signs in as `belfry` with that. */
export async function startMailServer({ password }: { password?: string } = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: password === undefined,
    allowInsecureAuth: true,
    disabledCommands: password === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    onAuth: (given, _session, done) =>
      given.username === 'belfry' && given.password === password
        ? done(null, { user: given.username })
        : done(smtpError(535, 'Not you')),
    onRcptTo: ({ address }, _session, done) => done(mailServer.onRecipient?.(address)),
    onData(stream, { envelope, id }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks).toString();
        try {
          const drop = () => {
            for (const connection of server.connections) if (connection.session.id === id) connection._socket.destroy();
          };
          await mailServer.onMail?.(raw, { drop });
          mails.push({
            from: envelope.mailFrom ? envelope.mailFrom.address : '',
            to: envelope.rcptTo.map(({ address }) => address),
            raw,
            parsed: await PostalMime.parse(raw),
          });
          done();
        } catch (error) {
          done(error as Error);
        }
      });
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const mailServer: MailServer = {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    onMail: undefined,
    onRecipient: undefined,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mailServer;
}
