import { isSecretId } from '../../plan/build-secrets.ts';
import { csvFields } from './csv-fields.ts';
import { usage } from './usage.ts';

/** Where the value of a secret is. `unsaid`: the variable named like the id when there is one, else the file of that name. */
type SecretPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'unsaid' };

export interface SecretSpec {
  readonly id: string;
  readonly place: SecretPlace;
}

const SYNTAX = 'write --secret id=ID,src=FILE or --secret id=ID,env=NAME';

/** Docker's `--secret` (docker/buildx, util/buildflags): `[type=file|env,]id=ID[,src=FILE|,source=FILE|,env=NAME]`. Throws USAGE. */
export function parseSecret(text: string): SecretSpec {
  const fields = fieldsOf(text);
  const id = fields.get('id') ?? '';
  if (!isSecretId(id))
    throw usage(`'${id}' in --secret is not an id`, 'an id holds letters, digits and . _ -');
  return { id, place: placeOf(fields, id) };
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const field of csvFields(text) ?? []) {
    const [, rawKey = '', value = ''] = /^([^=]*)=(.*)$/s.exec(field) ?? [];
    const key = rawKey.toLowerCase() === 'source' ? 'src' : rawKey.toLowerCase();
    if (!['type', 'id', 'src', 'env'].includes(key))
      throw usage(
        `'${rawKey === '' ? 'a part without =' : rawKey}' in --secret is not a field of a secret`,
        SYNTAX,
      );
    if (fields.has(key)) throw usage(`'${key}' stands twice in --secret`, SYNTAX);
    fields.set(key, value);
  }
  if (!fields.has('id')) throw usage('--secret has no id', SYNTAX);
  return fields;
}

function placeOf(fields: ReadonlyMap<string, string>, id: string): SecretPlace {
  const type = fields.get('type') ?? 'file';
  if (type !== 'file' && type !== 'env')
    throw usage(`'${type}' in --secret is not a type of secret`, 'it is file or env');
  const [path, name] = [fields.get('src'), fields.get('env')];
  if (path === '' || name === '') throw usage(`--secret '${id}' names nothing`, SYNTAX);
  if (path !== undefined && name !== undefined)
    throw usage(`--secret '${id}' names a file and a variable`, 'name one of them');
  // docker's rule: of type env, src is the name of the variable
  const variable = name ?? (type === 'env' ? path : undefined);
  if (variable !== undefined) return { kind: 'variable', name: variable };
  return path === undefined ? { kind: 'unsaid' } : { kind: 'file', path };
}
