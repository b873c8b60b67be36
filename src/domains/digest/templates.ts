import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';

/** The files of `templates/`; whatever `<%=` puts in is escaped for HTML, `<%~` is for text. */
export const templates = new Eta({ views: fileURLToPath(new URL('templates', import.meta.url)), cache: true });
