import type { Services } from '../../graphql/context.ts';
import { newId } from '../../platform/ids.ts';
import type { Mail } from '../../platform/mail.ts';
import type { Pages } from '../../platform/pages.ts';
import type { ProbeAnswer } from '../../platform/probes.ts';
import { turnDigestOff } from '../attention/access.ts';
import { contextOf } from './compose.ts';
import { ownerOf, unsubscribePath } from './link.ts';
import { templates } from './templates.ts';

/** Where development shows the mail it captured. */
const mailPath = '/dev/mail';

/** The page that turns digests off without signing in, and in development the captured mail. */
export function digestPages(services: Services): Pages {
  return async ({ method, path, body }) => {
    if (path.startsWith(unsubscribePath)) {
      const token = path.slice(unsubscribePath.length);
      return method === 'GET' ? ask(services, token) : unsubscribe(services, token, await body());
    }
    const { captured } = services.mail;
    if (captured && method === 'GET' && services.config.mode !== 'production') return shown(captured, path);
    return undefined;
  };
}

const gone = 'This link does not work any more. Turn digests off in your settings, or use the link of a newer mail.';

/** Changes nothing: whatever follows links in mails, to look where they lead, turns nobody's digest off. */
async function ask({ database }: Services, token: string): Promise<ProbeAnswer> {
  if ((await ownerOf(database.db, token)) === null) return page(404, { sentence: gone, button: false });
  return page(200, { sentence: 'Do you want no more digests by e-mail?', button: true });
}

/**
 * RFC 8058: no sign-in, no further question. Mail programs and the page's own button post the same words.
 * Twice is the same as once.
 */
async function unsubscribe(services: Services, token: string, body: string): Promise<ProbeAnswer> {
  if (!body.includes('One-Click')) return page(400, { sentence: 'Use the button of the page.', button: false });
  const { db } = services.database;
  const userId = await ownerOf(db, token);
  if (userId === null) return page(404, { sentence: gone, button: false });
  const person = await db.user.findUniqueOrThrow({ where: { id: userId } });
  await turnDigestOff(contextOf(services, person, newId()));
  return page(200, {
    sentence: 'You get no more digests by e-mail. You can switch them on again in your settings.',
    button: false,
  });
}

function page(status: number, words: { sentence: string; button: boolean }): ProbeAnswer {
  return html(status, templates.render('unsubscribe.html.eta', words));
}

function shown(captured: readonly Mail[], path: string): ProbeAnswer | undefined {
  if (path === mailPath) {
    const mails = captured.map(({ to, subject }, index) => ({ to, subject, href: `${mailPath}/${index}` }));
    return html(200, templates.render('captured.html.eta', { mails }));
  }
  const [, index = '', raw] = /^\/dev\/mail\/(\d+)(\.eml)?$/.exec(path) ?? [];
  const mail = captured[index === '' ? -1 : Number(index)];
  if (!mail) return undefined;
  return raw
    ? { status: 200, contentType: 'text/plain; charset=utf-8', body: mail.raw.toString() }
    : html(200, mail.html);
}

function html(status: number, body: string): ProbeAnswer {
  return {
    status,
    contentType: 'text/html; charset=utf-8',
    body,
    headers: {
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
      // The address is a secret.
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    },
  };
}
