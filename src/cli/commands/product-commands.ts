/** The catalogue that the Product API of Samsung Cloud Platform shows. */
import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import {
  type ArgumentDeclaration,
  CliError,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
  type OptionDeclaration,
} from '../command-declaration.ts';
import { printRemoval } from '../print-removal.ts';
import { type Column, printFields, printRows } from '../print-table.ts';

const productColumns: readonly Column[] = [
  { title: 'PRODUCT', member: 'id' },
  { title: 'CATEGORY', member: 'categoryId' },
  { title: 'NAME', member: 'displayName' },
  { title: 'KOREAN NAME', member: 'displayNameKo' },
  { title: 'KIND', member: 'kind' },
];
const categoryColumns: readonly Column[] = [
  { title: 'CATEGORY', member: 'id' },
  { title: 'PLACE', member: 'seq' },
  { title: 'NAME', member: 'displayName' },
  { title: 'KOREAN NAME', member: 'displayNameKo' },
  { title: 'IN MENU', member: 'isExposedMenu' },
  { title: 'COLOUR', member: 'colorId' },
];

const names: readonly OptionDeclaration[] = [
  { flag: '--name', value: 'TEXT', summary: 'Name in English' },
  { flag: '--name-ko', value: 'TEXT', summary: 'Name in Korean (default for a new one: the English name)' },
];
const productOptions: readonly OptionDeclaration[] = [
  ...names,
  { flag: '--category', value: 'CATEGORY', summary: 'Id of the category' },
  { flag: '--kind', value: 'KIND', summary: 'Kind of product (default for a new one: PRODUCT)' },
];
const categoryOptions: readonly OptionDeclaration[] = [
  ...names,
  { flag: '--place', value: 'NUMBER', summary: 'Place in the menu (default for a new one: the last)' },
  { flag: '--in-menu', value: 'YES_OR_NO', summary: 'Whether the menu shows it, yes or no' },
  { flag: '--color', value: 'RRGGBB', summary: 'Colour, six hexadecimal digits' },
];

const product: ArgumentDeclaration = { name: 'PRODUCT', summary: 'Id of the product' };
const category: ArgumentDeclaration = { name: 'CATEGORY', summary: 'Id of the category' };

function productChanges(input: CommandInput): object {
  return defined({
    displayName: input.option('--name'),
    displayNameKo: input.option('--name-ko'),
    categoryId: input.option('--category'),
    kind: input.option('--kind'),
  });
}

function categoryChanges(input: CommandInput): object {
  const [place, inMenu] = [input.option('--place'), input.option('--in-menu')];
  if (inMenu !== undefined && inMenu !== 'yes' && inMenu !== 'no') {
    throw new CliError('--in-menu takes yes or no.', cliExitCodes.usage);
  }
  if (place !== undefined && !/^\d{1,9}$/.test(place)) {
    throw new CliError('--place takes a number.', cliExitCodes.usage);
  }
  return defined({
    displayName: input.option('--name'),
    displayNameKo: input.option('--name-ko'),
    seq: place === undefined ? undefined : Number(place),
    isExposedMenu: inMenu === undefined ? undefined : inMenu === 'yes',
    colorId: input.option('--color'),
  });
}

function defined(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

interface Kind {
  readonly group: 'product' | 'product-category';
  readonly noun: 'product' | 'category';
  readonly path: 'products' | 'product-categories';
  readonly list: 'products' | 'categories';
  readonly columns: readonly Column[];
  readonly options: readonly OptionDeclaration[];
  readonly argument: ArgumentDeclaration;
  changes(input: CommandInput): object;
}

function commandsOf({
  group,
  noun,
  path,
  list,
  columns,
  options,
  argument,
  changes,
}: Kind): CommandDeclaration[] {
  const pathOf = (input: CommandInput) => adminPath`/${path}/${input.arguments[0] ?? ''}`;
  return [
    {
      words: [group, 'list'],
      summary:
        noun === 'product' ? 'List the products of the catalogue' : 'List the categories of the catalogue',
      arguments: [],
      options: clientOptions,
      async run(input, context) {
        const answer = await connectAdmin(input, context).get(adminPath`/${path}`);
        const rows = answer[list];
        printRows(Array.isArray(rows) ? rows : [], columns, input, context);
        return cliExitCodes.ok;
      },
    },
    {
      words: [group, 'add'],
      summary: `Add a ${noun} to the catalogue`,
      arguments: [argument],
      options: [...options, ...clientOptions],
      async run(input, context) {
        const sent = { id: input.arguments[0] ?? '', ...changes(input) };
        const answer = await connectAdmin(input, context).post(adminPath`/${path}`, sent);
        printFields(recordIn(answer, noun), columns, input, context);
        return cliExitCodes.ok;
      },
    },
    {
      words: [group, 'update'],
      summary: `Change a ${noun} of the catalogue`,
      arguments: [argument],
      options: [...options, ...clientOptions],
      async run(input, context) {
        const answer = await connectAdmin(input, context).patch(pathOf(input), changes(input));
        printFields(recordIn(answer, noun), columns, input, context);
        return cliExitCodes.ok;
      },
    },
    {
      words: [group, 'remove'],
      summary: noun === 'product' ? 'Remove a product' : 'Remove a category that has no products',
      arguments: [argument],
      options: clientOptions,
      async run(input, context) {
        await connectAdmin(input, context).delete(pathOf(input));
        printRemoval(noun, input, context);
        return cliExitCodes.ok;
      },
    },
  ];
}

export const productCommands: readonly CommandDeclaration[] = [
  ...commandsOf({
    group: 'product',
    noun: 'product',
    path: 'products',
    list: 'products',
    columns: productColumns,
    options: productOptions,
    argument: product,
    changes: productChanges,
  }),
  ...commandsOf({
    group: 'product-category',
    noun: 'category',
    path: 'product-categories',
    list: 'categories',
    columns: categoryColumns,
    options: categoryOptions,
    argument: category,
    changes: categoryChanges,
  }),
];
