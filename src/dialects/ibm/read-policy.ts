/**
 * Policies as clients send them, in both forms of the API, to the one form in which they are stored (ibm-cos.md, 6.1). What grants
 * nothing is taken all the same, as IBM takes it; what could be read in two ways is refused.
 */

import type { IbmOperator } from '../../identity/ibm-operators.ts';
import { ibmOperators, isReadableValue } from '../../identity/ibm-operators.ts';
import type {
  IbmAttribute,
  IbmGrantedRole,
  IbmPolicyDocument,
  IbmRule,
  IbmValue,
} from '../../identity/ibm-policies.ts';
import { invalid } from './ibm-errors.ts';
import {
  isObject,
  type JsonObject,
  memberOf,
  objectIn,
  objectsIn,
  optionalObjectIn,
  optionalTextIn,
  textIn,
} from './read-json.ts';

const ATTRIBUTES_MAX = 20;
const ROLES_MAX = 20;
const VALUE_LENGTH_MAX = 1000;
const DESCRIPTION_LENGTH_MAX = 300;
/** Of IBM. */
const CONDITIONS_MAX = 10;
const RULE_DEPTH_MAX = 2;

export type PolicyFormat = 'v1' | 'v2';

/** Roles as they were sent; they have to be looked up before they are stored. Throws IbmError. */
export function readPolicy(body: JsonObject, format: PolicyFormat): IbmPolicyDocument {
  const type = textIn(body, 'type');
  if (type !== 'access' && type !== 'authorization') throw invalid('"type" must be access or authorization.');
  const description = optionalTextIn(body, 'description', DESCRIPTION_LENGTH_MAX);
  const parts = format === 'v1' ? readV1(body) : readV2(body);
  return { type, ...(description === undefined ? {} : { description }), ...parts };
}

type Parts = Omit<IbmPolicyDocument, 'type' | 'description'>;

function readV1(body: JsonObject): Parts {
  const subject = onlyOne(body, 'subjects');
  const resource = onlyOne(body, 'resources');
  return {
    subject: readAttributes(subject, 'attributes', 'name'),
    resource: readAttributes(resource, 'attributes', 'name'),
    tags: readAttributes(resource, 'tags', 'name'),
    roles: readRoles(body),
  };
}

function onlyOne(body: JsonObject, name: string): JsonObject {
  const [first, ...more] = objectsIn(body, name, ROLES_MAX);
  if (first === undefined || more.length > 0) throw invalid(`"${name}" must be a list of one.`);
  return first;
}

function readV2(body: JsonObject): Parts {
  const resource = objectIn(body, 'resource');
  const control = objectIn(objectIn(body, 'control'), 'grant');
  const pattern = optionalTextIn(body, 'pattern');
  const rule = optionalObjectIn(body, 'rule');
  return {
    subject: readAttributes(objectIn(body, 'subject'), 'attributes', 'key'),
    resource: readAttributes(resource, 'attributes', 'key'),
    tags: readAttributes(resource, 'tags', 'key'),
    roles: readRoles(control),
    ...(pattern === undefined ? {} : { pattern }),
    ...(rule === undefined ? {} : { rule: readWholeRule(rule) }),
  };
}

function readRoles(object: JsonObject): readonly IbmGrantedRole[] {
  const roles = objectsIn(object, 'roles', ROLES_MAX).map((role) => ({ role_id: textIn(role, 'role_id') }));
  if (roles.length === 0) throw invalid('"roles" must name at least one role.');
  return roles;
}

function readAttributes(object: JsonObject, list: string, key: 'name' | 'key'): readonly IbmAttribute[] {
  return objectsIn(object, list, ATTRIBUTES_MAX).map((attribute) => readAttribute(attribute, key));
}

function readAttribute(attribute: JsonObject, name: 'name' | 'key'): IbmAttribute {
  const key = textIn(attribute, name, VALUE_LENGTH_MAX);
  const operator = optionalTextIn(attribute, 'operator') ?? 'stringEquals';
  if (!isOperator(operator)) throw invalid(`"operator" of "${key}" is not known: ${operator.slice(0, 40)}.`);
  const value = readValue(memberOf(attribute, 'value'), key);
  if (!isReadableValue(operator, value)) {
    throw invalid(`"value" of "${key}" is none that ${operator} can be asked with.`);
  }
  return { key, operator, value };
}

function isOperator(text: string): text is IbmOperator {
  return ibmOperators.has(text);
}

function readValue(value: unknown, key: string): IbmValue {
  if (typeof value === 'boolean') return value;
  const isText = (item: unknown): item is string =>
    typeof item === 'string' && item.length <= VALUE_LENGTH_MAX;
  if (isText(value)) return value;
  if (Array.isArray(value) && value.every(isText)) return value;
  throw invalid(
    `"value" of "${key}" must be text of at most ${VALUE_LENGTH_MAX} characters, or a list of it.`,
  );
}

function readWholeRule(rule: JsonObject): IbmRule {
  let left = CONDITIONS_MAX;
  const read = (value: JsonObject, depth: number): IbmRule => {
    if (!Object.hasOwn(value, 'conditions')) {
      left -= 1;
      if (left < 0) throw invalid(`"rule" may have at most ${CONDITIONS_MAX} conditions.`);
      const condition = readAttribute(value, 'key');
      if (!CONDITION_KEY.test(condition.key)) {
        throw invalid(`"key" of a condition must look like {{resource.attributes.path}}.`);
      }
      return condition;
    }
    if (depth >= RULE_DEPTH_MAX) throw invalid(`"rule" may be ${RULE_DEPTH_MAX} levels deep.`);
    const operator = textIn(value, 'operator');
    if (operator !== 'and' && operator !== 'or') throw invalid('"operator" of a rule must be and or or.');
    const conditions = objectsIn(value, 'conditions', CONDITIONS_MAX);
    if (conditions.length === 0) throw invalid('"conditions" of a rule must not be empty.');
    return { operator, conditions: conditions.map((condition) => read(condition, depth + 1)) };
  };
  if (!isObject(rule)) throw invalid('"rule" must be an object.');
  return read(rule, 0);
}

const CONDITION_KEY = /^\{\{(?:resource|environment|subject)\.attributes\.\w{1,64}\}\}$/;
