/**
 * The error document (build specification scp.md, section 2.5): nine members in alphabetical order. A 401 has those of the gateway
 * that stands before the real services besides, so that clients of either kind can read it.
 */
import { type Language, textIn } from './choose-language.ts';
import type { RefusedAction, ScpError } from './scp-errors.ts';
import { texts } from './scp-texts.ts';

export interface ErrorContext {
  readonly requestId: string;
  readonly globalRequestId: string;
  readonly language: Language;
}

export function errorDocument(
  { code, status, detail, refused, versions }: ScpError,
  { requestId, globalRequestId, language }: ErrorContext,
): object {
  const shown = 'en' in detail ? textIn(language, detail) : detail.map((text) => textIn(language, text));
  const error = {
    code,
    detail: shown,
    global_request_id: globalRequestId,
    links: [],
    ...(versions === undefined ? {} : { max_version: versions.max, min_version: versions.min }),
    related_resources: [],
    request_id: requestId,
    response: refused === undefined ? null : responseOf(refused, language),
    status,
    title: code,
  };
  if (status !== 401) return { errors: [error] };
  return {
    status: 'UNAUTHORIZED',
    name: 'Request was rejected by gateway',
    message: typeof shown === 'string' ? shown : shown.join(' '),
    errors: [error],
  };
}

function responseOf({ accessLevel, actionName }: RefusedAction, language: Language): object {
  return {
    access_level: accessLevel,
    action_name: actionName,
    caused_auths: [],
    message: textIn(language, texts.forbidden),
  };
}
