/** Metadata cannot be changed, only written anew: the object is copied onto itself. Tags can. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CommandTwin } from '../parts/command-twin.tsx';
import { Field } from '../parts/field.tsx';
import { notify } from '../parts/notices.tsx';
import { PairEditor, type Pairs } from '../parts/pair-editor.tsx';
import { SettingCard } from '../parts/setting-card.tsx';
import { awsCommand } from '../parts/shell-words.ts';
import { LoadedSetting, objectSettingName, settingKey, useSaving } from '../parts/stored-setting.tsx';
import { useAction } from '../parts/use-action.ts';
import type { ObjectAddress } from '../s3/s3-address.ts';
import { objectTagsPath, readTags, writeTags } from '../s3/s3-configuration.ts';
import { type ObjectHead, replaceMetadata } from '../s3/s3-objects.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  {
    title: 'Metadata',
    hint: 'Saving writes the object anew, as its newest version. Its access control list becomes private again.',
    type: 'Content type',
    own: 'Metadata of your own (x-amz-meta-…)',
    saved: 'Saved',
    tags: 'Tags',
    tagsHint: 'Names and values of your own, up to 10.',
  },
  {
    title: '메타데이터',
    hint: '저장하면 오브젝트가 새 버전으로 다시 기록되고, ACL은 비공개로 돌아갑니다.',
    type: '콘텐츠 형식(Content-Type)',
    own: '사용자 메타데이터(x-amz-meta-…)',
    saved: '저장했습니다',
    tags: '태그',
    tagsHint: '직접 정하는 이름과 값입니다. 최대 10개.',
  },
);

interface ObjectMetadataProps {
  readonly address: ObjectAddress;
  readonly head: ObjectHead;
}

export function ObjectMetadata({ address, head }: ObjectMetadataProps) {
  const session = useSession();
  const { place, bucket, key } = address;
  const name = objectSettingName('tags', address);
  return (
    <>
      <MetadataForm address={address} head={head} />
      <LoadedSetting name={name} address={address} read={() => readTags(objectTagsPath(address))}>
        {(found) => <TagsForm address={address} found={found} name={name} />}
      </LoadedSetting>
      <CommandTwin
        commands={['head-object', 'get-object-tagging'].map((command) =>
          awsCommand(session, place, 's3api', command, '--bucket', bucket, '--key', key),
        )}
      />
    </>
  );
}

function MetadataForm({ address, head }: ObjectMetadataProps) {
  const words = useText(text);
  const queries = useQueryClient();
  const [contentType, setContentType] = useState(head.contentType);
  const [pairs, setPairs] = useState<Pairs>(head.metadata);
  const action = useAction(async () => {
    await replaceMetadata(address, head, contentType, pairs);
    const queryKey = settingKey(address, objectSettingName('head', address));
    await queries.refetchQueries({ queryKey }, { throwOnError: true });
    notify(words.saved);
  });
  return (
    <SettingCard title={words.title} hint={words.hint} action={action}>
      <Field
        label={words.type}
        value={contentType}
        onChange={(event) => setContentType(event.target.value)}
        spellCheck={false}
      />
      <h3>{words.own}</h3>
      <PairEditor pairs={pairs} onChange={setPairs} />
    </SettingCard>
  );
}

interface TagsFormProps {
  readonly address: ObjectAddress;
  readonly found: Pairs;
  readonly name: string;
}

function TagsForm({ address, found, name }: TagsFormProps) {
  const words = useText(text);
  const [pairs, setPairs] = useState(found);
  const action = useSaving(address, name, () => writeTags(objectTagsPath(address), pairs));
  return (
    <SettingCard title={words.tags} hint={words.tagsHint} action={action}>
      <PairEditor pairs={pairs} onChange={setPairs} />
    </SettingCard>
  );
}
