import { lazy, Suspense, useState } from 'react';
import { Popup } from '../parts/dialogs.tsx';
import { Choice } from '../parts/field.tsx';
import { Loading } from '../parts/loading.tsx';
import { SettingCard } from '../parts/setting-card.tsx';
import { useSaving } from '../parts/stored-setting.tsx';
import { PolicyText, policyProblem } from '../policies/policy-text.tsx';
import type { BucketAddress } from '../s3/s3-address.ts';
import { writePolicy } from '../s3/s3-configuration.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';

const Simulator = lazy(async () => ({
  default: (await import('../denials/simulator.tsx')).Simulator,
}));

const text = defineText(
  {
    title: 'Bucket policy',
    hint: 'A document in the AWS policy language. Saving an empty text removes the policy.',
    begin: 'Begin with an example',
    choose: 'Choose …',
    publicRead: 'Everybody may read objects',
    account: 'An account may read and write',
    tls: 'Nobody without TLS',
    address: 'Only from these addresses',
    simulate: 'Simulate this draft',
    simulateTitle: 'Simulate calls with this draft',
  },
  {
    title: '버킷 정책',
    hint: 'AWS 정책 언어로 쓴 문서입니다. 빈 내용을 저장하면 정책이 삭제됩니다.',
    begin: '예제로 시작',
    choose: '선택…',
    publicRead: '누구나 오브젝트 읽기 가능',
    account: '한 계정에 읽기와 쓰기 허용',
    tls: 'TLS가 아니면 거부',
    address: '정해진 주소에서만 허용',
    simulate: '이 초안으로 시뮬레이션',
    simulateTitle: '이 초안으로 요청 시뮬레이션',
  },
);

type Example = 'publicRead' | 'account' | 'tls' | 'address';
const examples: readonly Example[] = ['publicRead', 'account', 'tls', 'address'];

function exampleOf(example: Example, bucket: string, account: string): string {
  const objects = `arn:aws:s3:::${bucket}/*`;
  const both = [`arn:aws:s3:::${bucket}`, objects];
  const statement = {
    publicRead: {
      Sid: 'PublicRead',
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: objects,
    },
    account: {
      Sid: 'OtherAccount',
      Effect: 'Allow',
      Principal: { AWS: account },
      Action: ['s3:ListBucket', 's3:GetObject', 's3:PutObject'],
      Resource: both,
    },
    tls: {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: both,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    address: {
      Sid: 'KnownAddressesOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: both,
      Condition: { NotIpAddress: { 'aws:SourceIp': ['127.0.0.1/32', '10.0.0.0/8'] } },
    },
  }[example];
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2);
}

interface BucketPolicyProps {
  readonly address: BucketAddress;
  readonly found: string;
}

export function BucketPolicy({ address, found }: BucketPolicyProps) {
  const words = useText(text);
  const { account } = useSession();
  const [policy, setPolicy] = useState(() => prettyJson(found));
  const [isSimulating, setSimulating] = useState(false);
  const action = useSaving(address, 'policy', () => writePolicy(address, policy));
  const isSound = policy.trim() === '' || policyProblem(policy) === undefined;
  return (
    <SettingCard
      title={words.title}
      hint={words.hint}
      action={action}
      isChanged={isSound && policy !== prettyJson(found)}
      buttons={
        <button type="button" disabled={!isSound} onClick={() => setSimulating(true)}>
          {words.simulate}
        </button>
      }
    >
      <Choice
        label={words.begin}
        value=""
        options={[['', words.choose], ...examples.map((name) => [name, words[name]] as const)]}
        onPick={(name) => {
          const example = examples.find((known) => known === name);
          if (example !== undefined) setPolicy(exampleOf(example, address.bucket, account.id));
        }}
      />
      <PolicyText label={words.title} value={policy} onChange={setPolicy} />
      <Popup
        isOpen={isSimulating}
        place="side"
        title={words.simulateTitle}
        onClose={() => setSimulating(false)}
      >
        <Suspense fallback={<Loading />}>
          <Simulator bucket={address.bucket} draft={{ place: address.place, policy, onChange: setPolicy }} />
        </Suspense>
      </Popup>
    </SettingCard>
  );
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
