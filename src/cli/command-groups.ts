/** Commands of two words: what the first word stands for. */
export const groupSummaries: Readonly<Record<string, string>> = {
  account: 'Accounts (tenants, projects)',
  user: 'Users of an account',
  key: 'Access-key pairs',
  keys: 'Master keys',
};
