/** A statement as it stands in its policy now, where who looks may read it. */
import { useQuery } from '@tanstack/react-query';
import { adminPath } from '../api/admin-api.ts';
import { sendJson } from '../api/send-request.ts';
import { readPolicy } from '../s3/s3-configuration.ts';
import { useSession } from '../session/session-state.ts';
import type { DenialSummary, NamedPolicy } from './denial-records.ts';

/** Whose policies they are. `bucketPolicy`: in place of the stored one. */
export type StatementOwner = Pick<DenialSummary, 'bucket' | 'principal'> & { readonly bucketPolicy?: string };

interface StatementTextProps {
  readonly index: number;
  readonly policy: NamedPolicy | undefined;
  readonly layer: string;
  readonly denial: StatementOwner | undefined;
}

export function StatementText({ index, policy, layer, denial }: StatementTextProps) {
  const session = useSession();
  const bucket = layer === 'bucket-policy' && policy === undefined ? denial?.bucket : undefined;
  const account = denial?.principal.account;
  const query = useQuery({
    queryKey: ['statement', bucket, account, policy?.id, denial?.bucketPolicy],
    enabled: bucket !== undefined || (policy !== undefined && account !== undefined && session.isServerAdmin),
    retry: false,
    queryFn: async (): Promise<object> => {
      if (policy !== undefined) {
        const path = adminPath('accounts', account ?? '', 'policies', policy.id);
        return (await sendJson<{ policy: { document: object } }>('GET', path)).policy.document;
      }
      if (denial?.bucketPolicy !== undefined) return JSON.parse(denial.bucketPolicy) as object;
      const place = session.places[0]?.region ?? '';
      return JSON.parse(await readPolicy({ place, bucket: bucket ?? '' })) as object;
    },
  });
  const statement = query.data === undefined ? undefined : statementAt(query.data, index);
  return statement === undefined ? null : (
    <pre className="document">{JSON.stringify(statement, null, 2)}</pre>
  );
}

function statementAt(document: object, index: number): unknown {
  if (!('Statement' in document)) return index === 0 ? document : undefined;
  const list: readonly unknown[] = [document.Statement].flat();
  return list[index];
}
