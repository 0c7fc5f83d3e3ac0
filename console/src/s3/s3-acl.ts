import { childrenOf, childText, elementsOf, escapeXml, parseXml, textOf } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';

export type Grantee =
  | { readonly kind: 'account'; readonly id: string; readonly name: string }
  | { readonly kind: 'group'; readonly uri: string };

export const aclPermissions = ['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'] as const;

export interface AclGrant {
  readonly grantee: Grantee;
  readonly permission: string;
}

export interface Acl {
  readonly owner: string;
  readonly grants: readonly AclGrant[];
}

export const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
export const AUTHENTICATED_USERS = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** `path`: of the bucket's or object's `?acl`. */
export async function readAcl(path: string): Promise<Acl> {
  const document = parseXml(await (await sendRequest(path)).text());
  const [owner] = elementsOf(document, 'Owner');
  const grants = elementsOf(document, 'Grant').map((grant): AclGrant => {
    const [found] = childrenOf(grant, 'Grantee');
    const uri = found === undefined ? '' : childText(found, 'URI');
    const id = found === undefined ? '' : childText(found, 'ID');
    const name = found === undefined ? '' : childText(found, 'DisplayName');
    const grantee: Grantee = uri === '' ? { kind: 'account', id, name } : { kind: 'group', uri };
    return { grantee, permission: childText(grant, 'Permission') };
  });
  return { owner: owner === undefined ? textOf(document, 'ID') : childText(owner, 'ID'), grants };
}

export async function writeAcl(path: string, { owner, grants }: Acl): Promise<void> {
  const rows = grants.map(({ grantee, permission }) => {
    const [type, content] =
      grantee.kind === 'group'
        ? ['Group', `<URI>${escapeXml(grantee.uri)}</URI>`]
        : ['CanonicalUser', `<ID>${escapeXml(grantee.id)}</ID>`];
    return `<Grant><Grantee xmlns:xsi="${XSI}" xsi:type="${type}">${content}</Grantee><Permission>${escapeXml(permission)}</Permission></Grant>`;
  });
  const body = `<AccessControlPolicy><Owner><ID>${escapeXml(owner)}</ID></Owner><AccessControlList>${rows.join('')}</AccessControlList></AccessControlPolicy>`;
  await sendRequest(path, { method: 'PUT', body, headers: { 'content-type': 'application/xml' } });
}
