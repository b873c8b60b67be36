/** Where a client keeps things beyond its life: `localStorage`, or anything like it. */
export interface PlaceStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The place of one stream that outlives the page. */
export interface KeptPlace {
  /** undefined: none was kept. */
  read(): string | readonly string[] | undefined;
  write(after: string | readonly string[] | undefined): void;
}

/** Under `belfry:place:<name>`. A storage that is full, or forbidden, keeps nothing and harms nothing. */
export function keptPlace(storage: PlaceStorage, name: string): KeptPlace {
  const key = `belfry:place:${name}`;
  return {
    read() {
      try {
        const kept: unknown = JSON.parse(storage.getItem(key) ?? 'null');
        return typeof kept === 'string' || Array.isArray(kept) ? kept : undefined;
      } catch {
        return undefined;
      }
    },
    write(after) {
      if (after === undefined) return;
      try {
        storage.setItem(key, JSON.stringify(after));
      } catch {
        // The next start begins with what there is.
      }
    },
  };
}

/** The id by which the server knows this device again, made and kept when there is none; undefined: it cannot be kept. */
export function keptDeviceId(storage: PlaceStorage): string | undefined {
  const key = 'belfry:device';
  try {
    const kept = storage.getItem(key);
    if (kept) return kept;
    const made = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
    storage.setItem(key, made);
    return made;
  } catch {
    return undefined;
  }
}
