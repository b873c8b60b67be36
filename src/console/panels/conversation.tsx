import { useEffect, useRef, useState } from 'react';
import { useAct, usePlace, useRead } from '../data.ts';
import { conversationQuery, markRead, sendMessage, toggleReaction } from '../documents/conversation.ts';
import { sending } from '../forms.ts';
import type { ConversationQuery } from '../generated/graphql.ts';
import { hourOf } from '../words.ts';
import { Left } from './left.tsx';
import { NewOffer, OfferCard } from './offer.tsx';
import { useTyping } from './typing.ts';

type Conversation = NonNullable<ConversationQuery['conversation']>;
type Message = Conversation['messages']['nodes'][number];

/** Messages with reactions and receipts, who types, and offers. */
export function Conversation({ conversationId, me }: { conversationId: string; me: { id: string } }) {
  const act = useAct();
  const { data, error, refused } = useRead(conversationQuery, { conversationId });
  const [read, setRead] = useState<ReadonlyMap<string, string>>(new Map());
  const { hasLeft } = usePlace(
    { kind: 'CONVERSATION', id: conversationId },
    data?.conversation?.headCursor,
    (event) => {
      if (event.__typename !== 'MessagesRead') return;
      const { positions } = event;
      setRead(
        (before) => new Map([...before, ...positions.map(({ userId, messageId }) => [userId, messageId] as const)]),
      );
    },
  );
  const typing = useTyping(conversationId, me.id);
  const conversation = data?.conversation;
  const messages = conversation?.messages.nodes ?? [];
  const newest = messages.at(-1);
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    if (newest) list.current?.scrollTo({ top: list.current.scrollHeight });
    // Read is what has been on the screen.
    if (newest && newest.author.id !== me.id && list.current?.checkVisibility())
      void act(markRead, { input: { conversationId, upTo: newest.id } });
  }, [newest?.id, newest?.author.id, act, conversationId, me.id, newest]);

  if (hasLeft || refused) return <Left refused={hasLeft ? undefined : refused} />;
  if (!conversation) return <p className="empty">{error ?? 'Loading …'}</p>;
  const seenBy = receiptsOf(conversation, read, me.id);

  async function send(form: FormData) {
    const content = String(form.get('content'));
    typing.stop();
    await act(sendMessage, { input: { conversationId, content } }, { untilAnswered: true });
  }
  return (
    <div className="conversation">
      <ol ref={list} className="messages scroll">
        {messages.map((message) => (
          <Bubble
            key={message.id}
            message={message}
            isMine={message.author.id === me.id}
            seenBy={seenBy.get(message.id)}
          />
        ))}
        {conversation.offers.nodes.map((offer) => (
          <OfferCard key={offer.id} offer={offer} />
        ))}
      </ol>
      <p className="quiet typing">{typing.names.length > 0 ? `${typing.names.join(', ')} types …` : ''}</p>
      <form onSubmit={sending(send)} className="line">
        <input
          name="content"
          aria-label="Message"
          placeholder="Message"
          autoComplete="off"
          onChange={({ target }) => (target.value ? typing.start() : typing.stop())}
        />
        <button type="submit">Send</button>
        <NewOffer
          conversationId={conversationId}
          people={conversation.participants?.nodes.map(({ user }) => user) ?? []}
          me={me}
        />
      </form>
    </div>
  );
}

const emoji = '👍';

function Bubble({ message, isMine, seenBy }: { message: Message; isMine: boolean; seenBy: string[] | undefined }) {
  const act = useAct();
  const { id, author, content, createdAt, reactions } = message;
  const mine = reactions.find((reaction) => reaction.emoji === emoji);
  const react = () => void act(toggleReaction, { input: { messageId: id, emoji, on: !mine?.viewerHas } });
  return (
    <li className="bubble" data-mine={isMine}>
      <p>{content ?? <i>deleted</i>}</p>
      <div className="quiet">
        {author.name} <time dateTime={createdAt}>{hourOf(createdAt)}</time>
        <button
          type="button"
          aria-pressed={mine?.viewerHas ?? false}
          aria-label={`${emoji} ${mine?.count || ''} thumbs up`}
          onClick={react}
        >
          {emoji} {mine?.count || ''}
        </button>
        {reactions
          .filter((reaction) => reaction.emoji !== emoji)
          .map((reaction) => (
            <span key={reaction.emoji}>
              {reaction.emoji} {reaction.count}
            </span>
          ))}
        {seenBy && <span className="receipt">seen by {seenBy.join(', ')}</span>}
      </div>
    </li>
  );
}

/** First names of who has read up to a message, by its id. */
function receiptsOf(conversation: Conversation, read: ReadonlyMap<string, string>, me: string): Map<string, string[]> {
  const seen = new Map<string, string[]>();
  for (const { user, lastReadMessage } of conversation.participants?.nodes ?? []) {
    const id = read.get(user.id) ?? lastReadMessage?.id;
    if (user.id !== me && id) seen.set(id, [...(seen.get(id) ?? []), user.name.split(' ')[0] ?? user.name]);
  }
  return seen;
}
