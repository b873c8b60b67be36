/** In the place of a panel whose place the person was taken out of. */
export function Left() {
  return (
    <p className="empty" data-left>
      No longer theirs: since they were removed nothing of this place reaches them.
    </p>
  );
}
