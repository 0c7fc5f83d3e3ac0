/** Settings of the IBM Cloud dialect (build specification ibm-cos.md, 3.1 to 3.3). */
import type { IbmConfig } from './config.ts';
import { configurationLimits } from './limits.ts';
import { parseMatching, parseWholeNumber, splitList } from './parse-values.ts';
import { setting } from './setting.ts';
import { WrongValue } from './wrong-value.ts';

const CLIENT = /^([\w.-]{1,64}):([\x21-\x2b\x2d-\x7e]{8,128})$/;

/** `id:secret`, comma separated. */
function parseClients(text: string): IbmConfig['clients'] {
  return splitList(text).map((entry) => {
    const [, id, secret] = CLIENT.exec(entry) ?? [];
    if (id === undefined || secret === undefined) {
      throw new WrongValue('pairs id:secret with a secret of 8 to 128 characters, comma separated');
    }
    return { id, secret };
  });
}

export const ibmSettings = {
  iamIssuer: setting({
    name: 'GOTGAN_IAM_ISSUER',
    summary:
      'IBM Cloud: issuer in access tokens, a URL ending in `/identity`; tokens of another issuer are refused',
    fallbackShown: 'the control address and `/identity`',
    parse: (text) =>
      parseMatching(
        text,
        /^https?:\/\/[\w.:[\]-]+(?:\/[\w./-]*)?\/identity$/,
        'a URL that ends in /identity',
      ),
  }),
  iamAccessSeconds: setting({
    name: 'GOTGAN_IAM_ACCESS_TOKEN_SECONDS',
    summary: 'IBM Cloud: how long an access token holds; SDKs need more than 15 seconds',
    fallback: '3600',
    parse: (text) => parseWholeNumber(text, 1, configurationLimits.iamAccessSecondsMax),
  }),
  iamRefreshSeconds: setting({
    name: 'GOTGAN_IAM_REFRESH_TOKEN_SECONDS',
    summary: 'IBM Cloud: how long tokens can be renewed after a login, in seconds',
    fallback: '259200',
    parse: (text) => parseWholeNumber(text, 1, configurationLimits.iamRefreshSecondsMax),
  }),
  iamKeyRotationSeconds: setting({
    name: 'GOTGAN_IAM_KEY_ROTATION_SECONDS',
    summary: 'IBM Cloud: how long one key signs access tokens, in seconds',
    fallback: '2592000',
    parse: (text) => parseWholeNumber(text, 4, configurationLimits.iamKeyRotationSecondsMax),
  }),
  iamClients: setting({
    name: 'GOTGAN_IAM_CLIENTS',
    summary: 'IBM Cloud: further programs that may ask for tokens, as `id:secret`, comma separated',
    fallbackShown: '`bx` and `kube`, which everybody knows',
    isSecret: true,
    parse: parseClients,
  }),
};
