import { AppError } from '../platform/errors.ts';
import { isId } from '../platform/ids.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';

/** The row of an object that the viewer may read. */
type Load = (context: Context, id: string) => Promise<object | null>;

const loaders = new Map<string, Load>();

/** What `node(id)` returns; object types name it in `interfaces` and register their loader. */
export const nodeRef = builder.interfaceRef<{ id: string }>('Node').implement({
  description: 'Anything that can be looked up by its id with `node`.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'Id, the same for everybody and for good.' }) }),
  resolveType: (row) => models.get(row),
});

// A row does not say of which model it is.
const models = new WeakMap<object, string>();

/**
 * Lets `node(id)` find the rows of a model, whose GraphQL type has the same name. `load` asks for access as a query
 * for that object does: null, NOT_FOUND and FORBIDDEN all become null.
 */
export function registerNode(model: string, load: Load): void {
  loaders.set(model, load);
}

builder.queryField('node', (t) =>
  t.field({
    type: nodeRef,
    nullable: true,
    description: 'The object with this id; null when there is none, or no access to it.',
    authScopes: { authenticated: true },
    args: { id: t.arg.id({ required: true, description: 'Id of any object that is a Node.' }) },
    resolve: (_root, { id }, context) => loadNode(context, id),
  }),
);

async function loadNode(context: Context, id: string): Promise<{ id: string } | null> {
  if (!isId(id)) return null;
  // Ids do not tell their kind: one statement finds the table, the model's own loader decides about access.
  const tables = [...loaders.keys()].map((model) => `SELECT '${model}' AS model FROM "${model}" WHERE id = $1::uuid`);
  const [found] = await context.services.database.query<{ model: string }>(tables.join(' UNION ALL '), [id]);
  const load = found && loaders.get(found.model);
  if (!load) return null;
  try {
    const row = await load(context, id);
    if (row === null) return null;
    models.set(row, found.model);
    return row as { id: string };
  } catch (error) {
    if (error instanceof AppError && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN')) return null;
    throw error;
  }
}
