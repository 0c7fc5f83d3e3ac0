import { adminPath } from '../api/admin-api.ts';
import { sendJson } from '../api/send-request.ts';
import type { PatchStep } from './apply-patch.ts';

export interface DeniedParty {
  readonly kind: string;
  readonly account?: string;
  readonly id?: string;
  readonly name?: string;
}

export interface DenialSummary {
  readonly requestId: string;
  readonly time: string;
  readonly api: string;
  readonly operation: string;
  readonly status: number;
  readonly code?: string;
  readonly cause: string;
  readonly source: string;
  readonly method: string;
  readonly path: string;
  readonly principal: DeniedParty;
  readonly account?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly leftOut?: number;
}

export interface NamedPolicy {
  readonly id: string;
  readonly name: string;
  readonly language: string;
}

export interface StatementMatch {
  readonly index: number;
  readonly sid?: string;
  readonly effect: string;
  readonly match: 'full' | 'near';
  readonly failed?: string;
  readonly failedConditions?: readonly string[];
  readonly policy?: NamedPolicy;
}

export interface LayerStep {
  readonly layer: string;
  readonly verdict: 'allow' | 'deny' | 'silent';
  readonly reason: string;
  readonly statement?: { readonly index: number; readonly sid?: string; readonly policy?: NamedPolicy };
  readonly statements?: readonly StatementMatch[];
}

/** A kind of repair, and what fills it in: which members are there depends on the kind. */
export interface RepairSaying {
  readonly kind: string;
  readonly element?: string;
  readonly value?: string;
  readonly condition?: string;
  /** From 1. */
  readonly statement?: number;
  /** Absent: the bucket's. */
  readonly policy?: { readonly id: string; readonly name: string };
  readonly forEverybody?: boolean;
  readonly name?: string;
  readonly subject?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly who?: string;
  readonly list?: string;
  readonly permission?: string;
  readonly account?: string;
}

export interface Change {
  readonly kind: string;
  /** In English. */
  readonly sentence: string;
  readonly says?: RepairSaying;
  readonly target: {
    readonly what: string;
    readonly id?: string;
    readonly name?: string;
    readonly language?: string;
    readonly subject?: string;
    readonly account?: string;
    readonly bucket?: string;
    readonly key?: string;
  };
  readonly patch?: readonly PatchStep[];
  readonly document?: object;
  readonly grant?: { readonly permission: string; readonly account: string };
}

/** A policy on the screen that is asked about in place of the stored one. */
export interface PolicyDraft {
  /** Of the bucket. */
  readonly place: string;
  readonly policy: string;
  readonly onChange: (policy: string) => void;
}

export interface Explained {
  readonly cause?: string;
  readonly layers?: readonly LayerStep[];
  readonly smallestChange?: Change;
  readonly otherChanges?: readonly Change[];
  readonly changesTogether?: readonly Change[];
}

export interface Denial extends DenialSummary, Omit<Explained, 'cause'> {
  readonly action?: { readonly core: string; readonly name?: string };
  readonly credential?: { readonly cause: string; readonly advice: string };
  readonly allowedNow?: boolean;
  readonly candidates?: readonly { readonly code: string; readonly wording: string }[];
}

export interface DenialFilter {
  readonly principal: string;
  readonly bucket: string;
  readonly cause: string;
}

export interface DenialPage {
  readonly denials: readonly DenialSummary[];
  readonly next?: string;
}

export function listDenials(filter: DenialFilter, after: string | undefined): Promise<DenialPage> {
  const query = new URLSearchParams({ limit: '50' });
  for (const [name, value] of Object.entries(filter)) if (value.trim() !== '') query.set(name, value.trim());
  if (after !== undefined) query.set('after', after);
  return sendJson('GET', `${adminPath('denials')}?${query}`);
}

export async function readDenial(requestId: string): Promise<Denial> {
  return (await sendJson<{ denial: Denial }>('GET', adminPath('denials', requestId))).denial;
}
