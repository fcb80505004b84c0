import { BLOCKS, TEMPLATE_VALUES } from './template-vocabulary.ts';

/** The README.md of a folder of templates, in Markdown. */
export function templatesReadme(): string {
  return `${[
    '# Templates of caisson',
    'Pass this folder with `--templates` to `generate`, `build-image` or `run`. A file replaces the template of the same name. Keep those that ' +
      'you change and delete the others: what is not here comes from caisson, and gets better with it.',
    'Templates are written in Handlebars. They are yours and are trusted: what they say is done. The values put into them are not trusted: each ' +
      'is one line and quoted already for its place, so write `{{baseImage}}` and never quotes around it.',
    '## Blocks',
    'To add something, replace no template: a file `blocks/<block>.hbs` fills a place that both Dockerfiles have. It holds instructions of a Dockerfile ' +
      'and may name the values of a Dockerfile. `{{> @partial-block}}` stands for what caisson would have there. `USER 0` makes the next steps run as root; ' +
      'go back with `USER {{user}}`.',
    list(BLOCKS),
    '## Values',
    'A name that is not listed is an error. Use lists with `{{#each}}` and `{{this}}`, and what is true or false with `{{#if}}`.',
    ...sections(),
  ].join('\n\n')}\n`;
}

/** Templates that share their values share a section. */
function sections(): readonly string[] {
  const values = [...new Set(Object.values(TEMPLATE_VALUES))];
  return values.flatMap((value) => {
    const names = Object.keys(TEMPLATE_VALUES).filter((name) => TEMPLATE_VALUES[name] === value);
    return [`### ${names.map((name) => `${name}.hbs`).join(', ')}`, list(value)];
  });
}

const list = (items: Readonly<Record<string, string>>): string =>
  Object.entries(items)
    .map(([name, meaning]) => `- \`${name}\`: ${meaning}`)
    .join('\n');
