/**
 * The CORSConfiguration document (Amazon S3 API Reference, "PutBucketCors"): 1 to 100 rules, 64 KB. What rules mean stands in
 * `kernel/cors.ts`.
 */
import { element, optionalElement, parent } from '../../lib/xml-writer.ts';
import type { CorsRule } from '../kernel/cors.ts';
import { many, optional, readXml, xmlInteger, xmlObject, xmlToken } from './parse-xml.ts';
import { S3Error } from './s3-errors.ts';

export const CORS_BODY_BYTES_MAX = 64 * 1024;

const RULES_MAX = 100;
const ID_UNITS_MAX = 255;
const METHODS: readonly string[] = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];

const corsConfiguration = xmlObject({
  CORSRule: many(
    xmlObject({
      ID: optional(xmlToken),
      AllowedHeader: many(xmlToken),
      AllowedMethod: many(xmlToken),
      AllowedOrigin: many(xmlToken),
      ExposeHeader: many(xmlToken),
      MaxAgeSeconds: optional(xmlInteger),
    }),
  ),
});

/** Throws MissingRequestBodyError, MalformedXML and InvalidRequest. */
export function readCorsDocument(body: Buffer): readonly CorsRule[] {
  if (body.length === 0) throw new S3Error('MissingRequestBodyError');
  const { CORSRule: rules } = readXml(body, 'CORSConfiguration', corsConfiguration);
  if (rules.length === 0) throw new S3Error('MalformedXML');
  if (rules.length > RULES_MAX) {
    throw new S3Error(
      'InvalidRequest',
      {},
      `The number of CORS rules should not exceed allowed limit of ${RULES_MAX} rules.`,
    );
  }
  return rules.map(({ ID: id, MaxAgeSeconds: maxAgeSeconds, ...rest }) => {
    const rule: CorsRule = {
      ...(id !== undefined && { id }),
      origins: rest.AllowedOrigin,
      methods: rest.AllowedMethod,
      headers: rest.AllowedHeader,
      exposedHeaders: rest.ExposeHeader,
      ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
    };
    checkRule(rule);
    return rule;
  });
}

function checkRule({
  id = '',
  origins,
  methods,
  headers,
  exposedHeaders,
  maxAgeSeconds = 0,
}: CorsRule): void {
  if (origins.length === 0 || methods.length === 0 || maxAgeSeconds < 0) throw new S3Error('MalformedXML');
  if (id.length > ID_UNITS_MAX) {
    throw new S3Error('InvalidArgument', {}, `ID length should not exceed allowed limit of ${ID_UNITS_MAX}`);
  }
  const wrong = methods.find((method) => !METHODS.includes(method));
  if (wrong !== undefined) {
    throw invalid(`Found unsupported HTTP method in CORS config. Unsupported method is ${wrong}`);
  }
  refuseSecondStar('AllowedOrigin', origins);
  refuseSecondStar('AllowedHeader', headers);
  const starred = exposedHeaders.find((header) => header.includes('*'));
  if (starred !== undefined) {
    throw invalid(
      `ExposeHeader "${starred}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
    );
  }
}

function refuseSecondStar(name: string, patterns: readonly string[]): void {
  const wrong = patterns.find((pattern) => pattern.indexOf('*') !== pattern.lastIndexOf('*'));
  if (wrong !== undefined) throw invalid(`${name} "${wrong}" can not have more than one wildcard.`);
}

function invalid(message: string): S3Error {
  return new S3Error('InvalidRequest', {}, message);
}

/** The content of the document. */
export function corsXml(rules: readonly CorsRule[]): string {
  const all = (name: string, values: readonly string[]) =>
    values.map((value) => element(name, value)).join('');
  return rules
    .map(({ id, origins, methods, headers, exposedHeaders, maxAgeSeconds }) =>
      parent(
        'CORSRule',
        optionalElement('ID', id) +
          all('AllowedMethod', methods) +
          all('AllowedOrigin', origins) +
          all('AllowedHeader', headers) +
          all('ExposeHeader', exposedHeaders) +
          optionalElement('MaxAgeSeconds', maxAgeSeconds === undefined ? undefined : `${maxAgeSeconds}`),
      ),
    )
    .join('');
}
