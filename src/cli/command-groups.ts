/** Commands of two words: what the first word stands for. */
export const groupSummaries: Readonly<Record<string, string>> = {
  account: 'Accounts (tenants, projects)',
  user: 'Users of an account',
  key: 'Access-key pairs',
  'api-key': 'API keys of users and services',
  service: 'Service identities of an account',
  group: 'Groups of users and services',
  role: 'Roles that somebody assumes for a while',
  policy: 'Policies of users, services, groups and roles',
  quota: 'Limits of what accounts and buckets hold',
  product: 'Products of the catalogue that Samsung Cloud clients see',
  'product-category': 'Categories of that catalogue',
  keys: 'Master keys',
};
