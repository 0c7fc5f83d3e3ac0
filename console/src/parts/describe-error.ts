/** An API's error as a sentence in the page's language, with the API's own words beside it: those are what one looks up. */
import { ApiError } from '../api/api-error.ts';
import { defineText, textNow } from '../text/define-text.ts';

const sentences = defineText<Record<string, string>>(
  {
    AccessDenied: 'You may not do this.',
    BucketAlreadyExists: 'This name is taken by somebody else.',
    BucketAlreadyOwnedByYou: 'You already have a bucket of this name.',
    BucketNotEmpty: 'The bucket is not empty.',
    CsrfTokenWrong: 'This page is out of date: reload it.',
    EntityTooLarge: 'The file is too large.',
    InsufficientStorage: 'The disk of the server is full.',
    InvalidBucketName: 'This is not a name a bucket can have.',
    LoginRefused: 'This user does not exist, or the secret is wrong.',
    InvalidPolicy: 'The policy is not valid.',
    MalformedPolicy: 'The policy is not valid.',
    NoSuchBucket: 'There is no such bucket.',
    NoSuchKey: 'There is no such object.',
    NotFound: 'There is no such thing.',
    NotImplemented: 'The server cannot do this.',
    PreconditionFailed: 'Somebody else has changed it in the meantime.',
    ServerGone: 'The server does not answer.',
    SessionExpired: 'Your session has ended.',
    NotLoggedIn: 'You are not logged in.',
    TooManyAttempts: 'Too many attempts. Wait a minute and try again.',
    Unavailable: 'The server cannot answer this now.',
    ServiceUnavailable: 'The server cannot answer this now.',
    NoSuchUpload: 'This upload has been ended.',
  },
  {
    AccessDenied: '이 작업을 할 권한이 없습니다.',
    BucketAlreadyExists: '다른 사용자가 이미 사용 중인 이름입니다.',
    BucketAlreadyOwnedByYou: '같은 이름의 버킷이 이미 있습니다.',
    BucketNotEmpty: '버킷이 비어 있지 않습니다.',
    CsrfTokenWrong: '페이지가 오래되었습니다. 새로 고침하세요.',
    EntityTooLarge: '파일이 너무 큽니다.',
    InsufficientStorage: '서버의 디스크가 가득 찼습니다.',
    InvalidBucketName: '버킷에 사용할 수 없는 이름입니다.',
    LoginRefused: '사용자가 없거나 비밀번호(비밀 키)가 틀립니다.',
    InvalidPolicy: '정책이 올바르지 않습니다.',
    MalformedPolicy: '정책이 올바르지 않습니다.',
    NoSuchBucket: '버킷이 없습니다.',
    NoSuchKey: '오브젝트가 없습니다.',
    NotFound: '찾을 수 없습니다.',
    NotImplemented: '서버가 지원하지 않는 기능입니다.',
    PreconditionFailed: '그 사이에 다른 사용자가 변경했습니다.',
    ServerGone: '서버가 응답하지 않습니다.',
    SessionExpired: '세션이 만료되었습니다.',
    NotLoggedIn: '로그인하지 않았습니다.',
    TooManyAttempts: '시도 횟수가 너무 많습니다. 1분 후에 다시 시도하세요.',
    Unavailable: '서버가 지금은 응답할 수 없습니다.',
    ServiceUnavailable: '서버가 지금은 응답할 수 없습니다.',
    NoSuchUpload: '이미 끝난 업로드입니다.',
  },
);

const other = defineText({ title: 'That did not work.' }, { title: '작업하지 못했습니다.' });

export interface DescribedError {
  readonly title: string;
  /** Code, the server's sentence, request id. */
  readonly detail: string;
}

export function describeError(error: unknown): DescribedError {
  if (!(error instanceof ApiError)) {
    return { title: textNow(other).title, detail: error instanceof Error ? error.message : String(error) };
  }
  const detail = [error.status === 0 ? '' : error.code, error.message, error.requestId ?? '']
    .filter((part) => part !== '')
    .join(' · ');
  return { title: textNow(sentences)[error.code] ?? textNow(other).title, detail };
}
