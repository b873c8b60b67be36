/** In the place of a panel whose place the person was taken out of; `refused`: what the API says to who asks for it. */
export function Left({ refused }: { refused?: string | undefined }) {
  return (
    <p className="empty" data-left>
      No longer theirs: {refused ?? 'since they were removed nothing of this place reaches them.'}
    </p>
  );
}
