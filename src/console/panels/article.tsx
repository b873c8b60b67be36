import { useAct, usePlace, useRead } from '../data.ts';
import { addComment, articleQuery, rateContent } from '../documents/article.ts';
import { sending } from '../forms.ts';
import { hourOf } from '../words.ts';
import { Left } from './left.tsx';

const stars = [1, 2, 3, 4, 5];

/** A page, what people think of it, and what they say about it. */
export function Article({ contentId }: { contentId: string }) {
  const act = useAct();
  const { data, error, refused } = useRead(articleQuery, { contentId });
  const { hasLeft } = usePlace({ kind: 'CONTENT', id: contentId }, data?.content?.headCursor);
  if (hasLeft || refused) return <Left refused={hasLeft ? undefined : refused} />;
  const content = data?.content;
  if (!content) return <p className="empty">{error ?? 'Loading …'}</p>;
  const { average, count, mine } = content.rating;

  async function say(form: FormData) {
    const text = String(form.get('text')).trim();
    if (text) await act(addComment, { input: { contentId, text } }, { untilAnswered: true });
  }
  return (
    <article className="article">
      <div className="scroll">
        <h2>{content.title}</h2>
        <p className="body">{content.body}</p>
        <fieldset className="rating">
          <legend className="unseen">Your rating</legend>
          {stars.map((value) => (
            <button
              key={value}
              type="button"
              aria-pressed={mine === value}
              aria-label={`★ ${value} of 5`}
              data-lit={value <= (mine ?? 0)}
              onClick={() => void act(rateContent, { input: { contentId, value } })}
            >
              ★
            </button>
          ))}
          <span className="quiet">{average ? `${average.toFixed(1)} of ${count}` : 'Not rated yet'}</span>
        </fieldset>
        <ul className="comments">
          {content.comments.nodes.map(({ id, author, text, createdAt, replyTo }) => (
            <li key={id} data-reply={Boolean(replyTo)}>
              <b>{author.name}</b> <time dateTime={createdAt}>{hourOf(createdAt)}</time>
              <p>{text ?? <i className="quiet">deleted</i>}</p>
            </li>
          ))}
        </ul>
      </div>
      <form onSubmit={sending(say)} className="line">
        <input name="text" aria-label="Comment" placeholder="Say something about it" autoComplete="off" />
        <button type="submit">Comment</button>
      </form>
    </article>
  );
}
