import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type MailServer, smtpError, startMailServer } from '../../test/support/mail.ts';
import { createMailer, type Handover } from './mail.ts';

const password = 'p@ss:word/';
const mail = {
  from: 'belfry@example.com',
  to: 'ada@example.com',
  raw: Buffer.from('Subject: Hello\r\n\r\n.A line that begins with a dot\r\n'),
  subject: 'Hello',
  html: '',
};

/** Hands the mail to a server whose URL is changed so. */
async function handOver(server: MailServer, change: (url: string) => string = (url) => url): Promise<Handover> {
  return createMailer({ smtpUrl: change(server.url), mailTimeoutMs: 500 }).handOver(mail);
}

const forEver = (_after?: unknown) => new Promise<never>(() => {});

const signedIn = (secret: string) => (url: string) => url.replace('://', `://belfry:${encodeURIComponent(secret)}@`);

test('whoever signs in with the name and password of SMTP_URL is let in; others may come back when that is mended', async () => {
  await using server = await startMailServer({ password });
  expect(await handOver(server, signedIn(password))).toEqual({ result: 'TAKEN' });
  expect(server.mails).toMatchObject([{ from: mail.from, to: [mail.to], raw: mail.raw.toString() }]);
  expect(await handOver(server, signedIn('wrong'))).toMatchObject({ result: 'REFUSED', forGood: false });
  expect(await handOver(server)).toMatchObject({ result: 'REFUSED', forGood: false });
  expect(server.mails).toHaveLength(1);
});

test.each<[string, Partial<Pick<MailServer, 'onMail' | 'onRecipient'>>, object]>([
  [
    'refuses the recipient for good',
    { onRecipient: () => smtpError(550, 'No such box') },
    { result: 'REFUSED', forGood: true },
  ],
  [
    'refuses the recipient for now',
    { onRecipient: () => smtpError(450, 'Busy') },
    { result: 'REFUSED', forGood: false },
  ],
  [
    'refuses the text for good',
    { onMail: () => Promise.reject(smtpError(554, 'Spam')) },
    { result: 'REFUSED', forGood: true },
  ],
  [
    'refuses the text for now',
    { onMail: () => Promise.reject(smtpError(451, 'Later')) },
    { result: 'REFUSED', forGood: false },
  ],
  ['breaks off after the text', { onMail: (_raw, { drop }) => forEver(drop()) }, { result: 'UNKNOWN' }],
  ['never answers the text', { onMail: () => forEver() }, { result: 'UNKNOWN', why: 'no answer in 500 ms' }],
])('a server that %s', async (_what, behaviour, outcome) => {
  await using server = await startMailServer();
  Object.assign(server, behaviour);
  expect(await handOver(server)).toMatchObject(outcome);
  expect(server.mails).toEqual([]);
});

test('a server that is not there, and one that says nothing, may be asked again', async () => {
  const server = await startMailServer();
  await server[Symbol.asyncDispose]();
  expect(await handOver(server)).toMatchObject({ result: 'REFUSED', forGood: false });

  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const smtpUrl = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const mailer = createMailer({ smtpUrl, mailTimeoutMs: 200 });
  expect(await mailer.handOver(mail)).toMatchObject({ result: 'REFUSED', forGood: false });
  silent.close();
});
