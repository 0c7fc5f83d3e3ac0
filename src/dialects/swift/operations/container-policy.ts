/** The policy document of a container (nhn-openstack.md, section 22). */
import type { Bucket } from '../../../core/model.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { decodePolicy, type PolicyChange, policyOf } from '../container-policy.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { changeContainer } from './container.ts';

/** Five times what the longest document of its kind has. Ours. */
const POLICY_BYTES_MAX = 256 * 1024;

export const getContainerPolicy = defineOperation<SwiftCall, SwiftServices, string, object>({
  name: 'GetContainerPolicy',
  summary: 'Shows lifecycle, lists, CORS and lock of a container as JSON; `policy={key}` one of them.',
  route: { method: 'GET', resource: 'container', query: ['policy'] },
  permissions: [
    { action: 'bucket:read-acl', on: 'bucket' },
    { action: 'bucket:read-lifecycle', on: 'bucket' },
    { action: 'bucket:read-cors', on: 'bucket' },
  ],
  body: { kind: 'none' },
  mutates: false,
  decode: ({ query }) => query.get('policy') ?? '',
  run: (_services, key, { bucket }) => Promise.resolve(policyOf(bucket, key)),
  encode: (policy) => ({
    status: 200,
    headers: ['Content-Type', 'application/json; charset=utf-8'],
    body: JSON.stringify(policy),
  }),
});

export const updateContainerPolicy = defineOperation<
  SwiftCall,
  SwiftServices,
  PolicyChange | undefined,
  Bucket
>({
  name: 'UpdateContainerPolicy',
  summary: 'Replaces the keys of the policy that the JSON document has, besides what headers set.',
  route: { method: 'POST', resource: 'policy' },
  permissions: [{ action: 'bucket:write-metadata', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: POLICY_BYTES_MAX },
  mutates: true,
  decode: () => undefined,
  decodeBody: decodePolicy,
  run: ({ store }, policy, call) => changeContainer(store, call.bucket, call, policy),
  encode: () => ({ status: 204, headers: [], body: null }),
});
