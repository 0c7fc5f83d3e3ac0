/** The catalogue that the Product API of Samsung Cloud Platform shows. */
import {
  CliError,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
  type OptionDeclaration,
} from '../command-declaration.ts';
import {
  firstOf,
  listCommand,
  placesIn,
  type RecordKind,
  recordCommand,
  removeCommand,
  server,
} from '../record-commands.ts';

const products: RecordKind = {
  word: 'product',
  member: 'product',
  listMember: 'products',
  ...placesIn(server, 'products', { name: 'PRODUCT', summary: 'Id of the product' }),
  columns: [
    { title: 'PRODUCT', member: 'id' },
    { title: 'CATEGORY', member: 'categoryId' },
    { title: 'NAME', member: 'displayName' },
    { title: 'KOREAN NAME', member: 'displayNameKo' },
    { title: 'KIND', member: 'kind' },
  ],
};
const categories: RecordKind = {
  word: 'product-category',
  noun: 'category',
  member: 'category',
  listMember: 'categories',
  ...placesIn(server, 'product-categories', { name: 'CATEGORY', summary: 'Id of the category' }),
  columns: [
    { title: 'CATEGORY', member: 'id' },
    { title: 'PLACE', member: 'seq' },
    { title: 'NAME', member: 'displayName' },
    { title: 'KOREAN NAME', member: 'displayNameKo' },
    { title: 'IN MENU', member: 'isExposedMenu' },
    { title: 'COLOUR', member: 'colorId' },
  ],
};

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

function productChanges(input: CommandInput): object {
  return {
    displayName: input.option('--name'),
    displayNameKo: input.option('--name-ko'),
    categoryId: input.option('--category'),
    kind: input.option('--kind'),
  };
}

function categoryChanges(input: CommandInput): object {
  const [place, inMenu] = [input.option('--place'), input.option('--in-menu')];
  if (inMenu !== undefined && inMenu !== 'yes' && inMenu !== 'no') {
    throw new CliError('--in-menu takes yes or no.', cliExitCodes.usage);
  }
  if (place !== undefined && !/^\d{1,9}$/.test(place)) {
    throw new CliError('--place takes a number.', cliExitCodes.usage);
  }
  return {
    displayName: input.option('--name'),
    displayNameKo: input.option('--name-ko'),
    seq: place === undefined ? undefined : Number(place),
    isExposedMenu: inMenu === undefined ? undefined : inMenu === 'yes',
    colorId: input.option('--color'),
  };
}

/** Making and changing one takes the same options. */
function saving(
  kind: RecordKind,
  options: readonly OptionDeclaration[],
  changes: (input: CommandInput) => object,
): CommandDeclaration[] {
  const noun = kind.noun ?? kind.word;
  return [
    recordCommand(
      kind,
      kind.all,
      { word: 'add', summary: `Add a ${noun} to the catalogue`, arguments: kind.one.arguments, options },
      (client, path, input) => client.post(path, { id: firstOf(input), ...changes(input) }),
    ),
    recordCommand(
      kind,
      kind.one,
      { word: 'update', summary: `Change a ${noun} of the catalogue`, options },
      (client, path, input) => client.patch(path, changes(input)),
    ),
  ];
}

export const productCommands: readonly CommandDeclaration[] = [
  listCommand(products, { word: 'list', summary: 'List the products of the catalogue' }),
  ...saving(products, productOptions, productChanges),
  removeCommand(products, { word: 'remove', summary: 'Remove a product' }),
  listCommand(categories, { word: 'list', summary: 'List the categories of the catalogue' }),
  ...saving(categories, categoryOptions, categoryChanges),
  removeCommand(categories, { word: 'remove', summary: 'Remove a category that has no products' }),
];
