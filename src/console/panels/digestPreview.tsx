import { useRef, useState } from 'react';
import { useRead } from '../data.ts';
import { previewQuery } from '../documents/attention.ts';

/** The mail that would go out now. */
export function DigestPreview() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [asked, setAsked] = useState(false);
  const { data, refresh } = useRead(previewQuery, {}, !asked);
  const preview = data?.previewDigest;
  function show() {
    if (asked) refresh();
    setAsked(true);
    dialog.current?.showModal();
  }
  return (
    <>
      <button type="button" onClick={show}>
        Digest
      </button>
      <dialog ref={dialog} aria-label="Digest preview">
        <form method="dialog">
          <h2>{preview?.subject ?? 'Digest'}</h2>
          <button type="submit">Close</button>
        </form>
        {preview ? (
          // A mail is a document of its own, and may do nothing here.
          <iframe className="mail" title="Digest preview" sandbox="" srcDoc={preview.html} />
        ) : (
          <p className="empty">There is nothing to send.</p>
        )}
      </dialog>
    </>
  );
}
