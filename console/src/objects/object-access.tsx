import { CommandTwin } from '../parts/command-twin.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import { LoadedSetting, objectSettingName } from '../parts/stored-setting.tsx';
import { AclEditor } from '../policies/acl-editor.tsx';
import { readAcl } from '../s3/s3-acl.ts';
import { type ObjectAddress, objectPath } from '../s3/s3-address.ts';
import { useSession } from '../session/session-state.ts';

export function ObjectAccess({ address }: { readonly address: ObjectAddress }) {
  const session = useSession();
  const { place, bucket, key } = address;
  const path = objectPath(address, { acl: '' });
  const name = objectSettingName('acl', address);
  return (
    <>
      <LoadedSetting name={name} address={address} read={() => readAcl(path)}>
        {(found) => <AclEditor address={address} path={path} found={found} kind="object" name={name} />}
      </LoadedSetting>
      <CommandTwin
        commands={[awsCommand(session, place, 's3api', 'get-object-acl', '--bucket', bucket, '--key', key)]}
      />
    </>
  );
}
