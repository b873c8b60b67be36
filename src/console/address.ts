/** What is looked at stands in the page's address, so that a page that is loaded again, or a link, shows the same. */
export function inAddress(name: string): string | undefined {
  return new URLSearchParams(location.search).get(name) ?? undefined;
}

/** Writes it there; `forget` are the names of what was only meant with what stood there before. */
export function putInAddress(name: string, value: string, forget: (name: string) => boolean = () => false): void {
  const all = [...new URLSearchParams(location.search)].filter(([other]) => other !== name && !forget(other));
  history.replaceState(null, '', `?${new URLSearchParams([...all, [name, value]])}`);
}
