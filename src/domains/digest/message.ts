import addressparser from 'nodemailer/lib/addressparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Config } from '../../platform/config.ts';
import type { Mail } from '../../platform/mail.ts';
import { type DigestContent, oneLine } from './content.ts';
import { unsubscribeUrl } from './link.ts';
import { templates } from './templates.ts';

/** A digest, ready to be handed over. */
export interface DigestMessage {
  readonly text: string;
  readonly mail: Mail;
}

/** Where development's mail comes from. */
const defaultSender = 'Belfry <belfry@localhost>';

/**
 * A digest as text and HTML, and as the mail of both. The same content makes the same mail, but for its id and date.
 */
export async function messageOf(
  content: DigestContent,
  {
    to,
    token,
    id,
    slot,
    now,
    config,
  }: {
    to: { readonly name: string; readonly address: string };
    /** Of the link that turns digests off. */
    token: string;
    /** Unique to the mail. */
    id: string;
    slot: Date;
    now: Date;
    config: Pick<Config, 'mailFrom' | 'publicUrl'>;
  },
): Promise<DigestMessage> {
  const [from = { name: '', address: '' }] = addressparser(config.mailFrom ?? defaultSender, { flatten: true });
  const link = unsubscribeUrl(config, token);
  const words = {
    ...content,
    greeting: `${oneLine(to.name)}, you have ${content.summary}.`,
    moreInWords: `${content.more} more ${content.more === 1 ? 'is' : 'are'} in your inbox.`,
    footer: 'You get this because a digest by e-mail is switched on for you.',
    unsubscribeUrl: link,
  };
  const html = templates.render('digest.html.eta', words);
  const text = templates.render('digest.text.eta', words);
  const subject = content.summary;
  const raw = await new MailComposer({
    from,
    to: { name: oneLine(to.name), address: to.address },
    subject,
    text,
    html,
    date: now,
    messageId: `<${id}@${from.address.slice(from.address.indexOf('@') + 1)}>`,
    baseBoundary: String(slot.getTime()),
    newline: 'windows',
    headers: [
      // RFC 8058: the mail program's own button posts to the link.
      { key: 'List-Unsubscribe', value: { prepared: true, value: `<${link}>` } },
      { key: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
      // RFC 3834: no answers from those who are away.
      { key: 'Auto-Submitted', value: 'auto-generated' },
    ],
  })
    .compile()
    .build();
  return { text, mail: { from: from.address, to: to.address, raw, subject, html } };
}
