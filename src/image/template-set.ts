/** The text of every template by name (`Dockerfile.buildkit`, `partials/server`, `requirements.txt`, `dockerignore`) and the runtime package. */
export interface TemplateSet {
  readonly templates: Readonly<Record<string, string>>;
  /** Files of templates/runtime that belong into the image, by path relative to it. */
  readonly runtime: Readonly<Record<string, string>>;
  /** Files of templates/installer, which works in the build, by path relative to it. */
  readonly installer: Readonly<Record<string, string>>;
  /** Those of the templates that are the user's; present exactly when the plan has their digest. */
  readonly own?: OwnTemplates;
  /** The templates as Handlebars compiles them; absent where that was not done beforehand. */
  readonly compiled?: CompiledTemplates;
}

/** By name: specifications of Handlebars, opaque to everyone else. */
export interface CompiledTemplates {
  readonly templates: Readonly<Record<string, object>>;
  readonly partials: Readonly<Record<string, object>>;
}

/** Templates that the user wrote. They are trusted; the values put into them are quoted as ever. */
export interface OwnTemplates {
  /** As the user named it. */
  readonly folder: string;
  /** Text by name: a template of caisson's (`Dockerfile.buildkit`, `partials/serve`), which it replaces, or `blocks/<block>`. */
  readonly files: Readonly<Record<string, string>>;
}
